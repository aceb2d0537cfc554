"""Named conventions: the choices that make two programs print different numbers from the same data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """What another program does when nothing is asked of it.

    Attributes
    ----------
    name : str
    conf_type : str
        Scale of the interval of a survival probability and of a cumulative incidence.
    variance : str
        ``aalen`` or ``delta``, of a cumulative incidence.
    source : str
        Where that is written down.
    """

    name: str
    conf_type: str
    variance: str
    source: str


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("dayzero", "log-log", "aalen", "Kalbfleisch and Prentice 2002, 1.4.1; Gray 1988"),
        Preset("R survival", "log", "delta", "R survival: survfit, conf.type = 'log'"),
        Preset("cmprsk", "log-log", "aalen", "R cmprsk: cuminc; interval as in R tidycmprsk"),
        Preset("SAS", "log-log", "aalen", "SAS PROC LIFETEST: CONFTYPE=LOGLOG, ERROR=AALEN"),
        Preset("EZR", "log-log", "delta", "EZR 1.68: survfit with conf.type = 'log-log', also for incidence"),
    )
}

CONF_TYPES = ("log-log", "log", "plain", "logit", "arcsin", "beta")
VARIANCES = ("aalen", "delta")
