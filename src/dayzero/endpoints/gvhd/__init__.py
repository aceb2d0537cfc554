"""Graft-versus-host disease."""
