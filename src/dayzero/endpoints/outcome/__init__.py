"""Survival, relapse and death, and what is composed of them."""
