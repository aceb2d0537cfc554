"""Named conventions: the choices that make two programs print different numbers from the same data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dayzero.study.protocol import ConventionsSection


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
        Preset("dayzero", "log-log", "aalen", "Kalbfleisch and Prentice 2002, 1.4.1; Aalen 1978"),
        Preset("R survival", "log", "delta", "R survival: survfit, conf.type = 'log'"),
        Preset("cmprsk", "log-log", "aalen", "R cmprsk: cuminc; interval as in R tidycmprsk"),
        Preset("SAS", "log-log", "aalen", "SAS PROC LIFETEST: CONFTYPE=LOGLOG, ERROR=AALEN"),
        Preset("EZR", "log-log", "delta", "EZR 1.68: survfit with conf.type = 'log-log', also for incidence"),
    )
}


@dataclass(frozen=True)
class Choices:
    """The conventions of one run, preset and deviations resolved."""

    name: str
    conf_type: str
    variance: str
    conf_level: float


def resolve(section: ConventionsSection) -> Choices:
    """Return what a study's ``[conventions]`` amount to; the name tells every deviation from the preset."""
    preset = PRESETS[section.preset]
    conf_type = section.conf_type or preset.conf_type
    variance = section.variance or preset.variance
    changes = [f"conf_type {conf_type}"] if conf_type != preset.conf_type else []
    changes += [f"variance {variance}"] if variance != preset.variance else []
    return Choices(", ".join([preset.name, *changes]), conf_type, variance, section.conf_level)
