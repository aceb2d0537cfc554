"""The report as a tagged PDF, set by typst."""
