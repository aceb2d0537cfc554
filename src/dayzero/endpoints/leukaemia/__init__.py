"""The leukaemia: MRD, relapse, what was given against it."""
