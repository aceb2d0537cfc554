"""The page of validation: docs/validation.md, from stored references alone."""
