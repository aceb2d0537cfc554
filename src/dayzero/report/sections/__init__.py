"""The sections of a report, one module each: from results to blocks."""
