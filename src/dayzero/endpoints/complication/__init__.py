"""Complications from signs and laboratory values: VOD, TMA, cytokine release, neurotoxicity."""
