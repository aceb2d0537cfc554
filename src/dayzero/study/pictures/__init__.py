"""Figures other than curves: from facts, derived endpoints and fits to what is drawn."""
