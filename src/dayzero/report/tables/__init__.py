"""Tables of a report: a small frozen model, one module a table, and writers that know only the model."""
