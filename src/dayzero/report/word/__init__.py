"""The report as a Word file that a co-author can edit."""
