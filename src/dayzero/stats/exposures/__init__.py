"""What changes after the clock starts: landmarks and time-dependent exposure."""
