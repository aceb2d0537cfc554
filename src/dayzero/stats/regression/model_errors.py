"""Refusals of a regression: no finite answer, no unique answer, or no answer reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.errors import BadInputError, RefusalError

if TYPE_CHECKING:
    from collections.abc import Sequence


class CollinearityError(BadInputError):
    """A covariate that the others determine, or that is constant among those at risk.

    Attributes
    ----------
    terms : tuple of str
        The columns without information of their own.
    """

    def __init__(self, aliased: dict[str, tuple[str, ...]], context: str = "") -> None:
        self.terms = tuple(aliased)
        parts = [
            f"'{term}' is a combination of {', '.join(map(repr, others))}"
            if others
            else f"'{term}' is constant"
            for term, others in aliased.items()
        ]
        super().__init__(
            "covariates without information of their own: " + "; ".join(parts),
            where=f"{context}, " * bool(context) + "among the rows at risk at event times, within strata",
            allowed="columns that vary and that the other columns do not determine",
            hint="leave out " + ", ".join(map(repr, aliased)),
        )


class SeparationError(RefusalError):
    """A likelihood that keeps rising as a coefficient grows: there is no finite estimate.

    Attributes
    ----------
    terms : tuple of str
        The columns whose coefficients diverge.
    """

    def __init__(self, directions: dict[str, int], *, penalty: bool = True, context: str = "") -> None:
        self.terms = tuple(directions)
        grows = ", ".join(f"'{t}' to {'+' if sign > 0 else '-'}infinity" for t, sign in directions.items())
        instead = (
            "the same model with penalty='firth', whose estimate and profile-likelihood interval are finite"
            if penalty
            else "a model without these terms, or with their levels merged"
        )
        super().__init__(
            f"{context}: "
            * bool(context)
            + f"the likelihood has no maximum (separation): the coefficient of {grows}, "
            "as when a group has no event",
            instead=instead,
            source="Heinze and Schemper, Biometrics 2001;57:114-119",
        )


class ConvergenceError(RefusalError):
    """A maximum that was not reached."""

    def __init__(self, what: str, terms: Sequence[str]) -> None:
        self.terms = tuple(terms)
        super().__init__(
            what, instead="a smaller model, or covariates on a milder scale (log, years, decades)"
        )
