"""Infections, recorded and by PCR."""
