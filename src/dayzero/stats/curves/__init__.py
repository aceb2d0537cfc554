"""Curves and what is read from them: estimators, variances, intervals, areas, follow-up."""
