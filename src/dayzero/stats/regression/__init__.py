"""Regression models: Cox, cause-specific, Fine-Gray, Firth, and curves adjusted by them."""
