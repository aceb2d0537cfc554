"""Engraftment, graft failure, graft function and chimerism."""
