"""Bootstrap and pseudo-observations."""
