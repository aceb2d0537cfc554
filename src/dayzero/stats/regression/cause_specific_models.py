"""Cause-specific Cox models of every cause in one call, and the incidences that they imply together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero.errors import BadInputError
from dayzero.stats.arrays import checked_causes
from dayzero.stats.regression.cox_regression import cox

if TYPE_CHECKING:
    import polars as pl

    from dayzero.stats.convention import Convention
    from dayzero.stats.regression.cox_model import CoxModel
    from dayzero.stats.regression.predicted_curves import PredictedCurves


@dataclass(frozen=True, eq=False)
class CauseSpecificModels:
    """One Cox model a cause, other causes counted as censoring.

    Attributes
    ----------
    models : dict of int to CoxModel
        In the order of the causes.
    """

    models: dict[int, CoxModel]

    @property
    def causes(self) -> tuple[int, ...]:
        """The causes."""
        return tuple(self.models)

    @property
    def convention(self) -> Convention:
        """What exactly was done; the same for every cause."""
        return next(iter(self.models.values())).convention

    def __getitem__(self, cause: int) -> CoxModel:
        """Return the model of one cause."""
        if cause not in self.models:
            raise BadInputError.unknown_name(
                kind="cause", found=str(cause), allowed=[str(c) for c in self.causes]
            )
        return self.models[cause]

    def summary(self, conf_level: float = 0.95) -> pl.DataFrame:
        """Return one row a cause and term: cause, then the columns of :meth:`CoxModel.summary`."""
        import polars as pl

        tables = [
            model.summary(conf_level).insert_column(0, pl.Series("cause", [cause] * len(model.terms)))
            for cause, model in self.models.items()
        ]
        return pl.concat(tables)

    def predict(
        self,
        covariates: Any,
        stratum: Any = None,
        conf_type: str = "log-log",
        conf_level: float = 0.95,
    ) -> PredictedCurves:
        """Predict survival (cause None) and the incidence of every cause for each row of ``covariates``.

        Survival and incidences add up to one. Standard errors are by influence functions; see
        :mod:`~dayzero.stats.regression.standardised`.
        """
        from dayzero.stats.regression.adjusted import predict_by_influence

        return predict_by_influence(self, covariates, stratum, conf_type, conf_level)


def cause_specific(
    time: Any,
    cause: Any,
    covariates: Any,
    entry: Any = None,
    stratum: Any = None,
    weight: Any = None,
    cluster: Any = None,
    ties: str = "efron",
    *,
    penalty: str | None = None,
    variance: str | None = None,
) -> CauseSpecificModels:
    """Fit a Cox model to the hazard of every cause.

    Parameters
    ----------
    time, covariates, entry, stratum, weight, cluster, ties, penalty, variance
        As in :func:`~dayzero.stats.regression.cox_regression.cox`.
    cause : array-like of int, shape (n,)
        0 censored, else the cause of the event at ``time``; every cause that happens gets a model.

    Returns
    -------
    CauseSpecificModels

    Raises
    ------
    BadInputError, CollinearityError, SeparationError
        As ``cox``; the message names the cause.

    Notes
    -----
    Prentice et al., Biometrics 1978;34:541-554; Putter, Fiocco and Geskus, Stat Med 2007;26:2389-2430.
    """
    codes, _ = checked_causes(cause)
    found = [int(c) for c in np.unique(codes) if c > 0]
    if not found:
        what = "no cause ever happens"
        raise BadInputError(what, allowed="at least one event", hint="check the coding of cause")
    models = {
        c: cox(
            time,
            codes == c,
            covariates,
            entry,
            stratum,
            weight,
            cluster,
            ties,
            penalty=penalty,
            variance=variance,
            context=f"cause {c}",
        )
        for c in found
    }
    return CauseSpecificModels(models)
