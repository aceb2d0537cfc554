"""Multi-state models: histories, occupation, transitions, time in state."""
