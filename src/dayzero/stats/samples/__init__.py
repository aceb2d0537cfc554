"""Proportions, and comparisons of values between groups."""
