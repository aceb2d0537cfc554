"""Variables of a patient: what can make a group, a rule or a line of a table, and when it became known."""

from __future__ import annotations

from dayzero.endpoints.variables.derivation import derive_variables

__all__ = ["derive_variables"]
