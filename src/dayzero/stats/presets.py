"""The defaults of other programs, by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from dayzero.errors import BadInputError


@dataclass(frozen=True)
class Preset:
    """What another program does when nothing is asked for.

    Attributes
    ----------
    name : str
        The program.
    kaplan_meier, cumulative_incidence : dict
        Keyword arguments of the functions of these names.
    beyond_follow_up : str
        The ``beyond`` argument of :meth:`Curve.at`.
    source : str
        Where the defaults are written down.
    """

    name: str
    kaplan_meier: dict[str, str] = field(default_factory=dict)
    cumulative_incidence: dict[str, str] = field(default_factory=dict)
    beyond_follow_up: str = "carry"
    source: str = ""

    def __str__(self) -> str:
        """Return one line for the foot of a table."""
        km, cif = self.kaplan_meier["conf_type"], self.cumulative_incidence
        return (
            f"{self.name} defaults: Kaplan-Meier {km} intervals; cumulative incidence {cif['conf_type']} "
            f"intervals with {cif['variance']} variance; source: {self.source}"
        )


_PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "dayzero",
            {"conf_type": "log-log"},
            {"variance": "aalen", "conf_type": "log-log"},
            source="this package",
        ),
        Preset(
            "R survival",
            {"conf_type": "log"},
            {"variance": "delta", "conf_type": "log"},
            source='survival::survfit, conf.type = "log" and the infinitesimal jackknife',
        ),
        Preset(
            "cmprsk",
            {"conf_type": "log"},
            {"variance": "aalen", "conf_type": "log-log"},
            source="cmprsk::cuminc variance; intervals of Pintilie 2006; Kaplan-Meier as R survival",
        ),
        Preset(
            "SAS",
            {"conf_type": "log-log"},
            {"variance": "sas", "conf_type": "log-log"},
            beyond_follow_up="missing",
            source="PROC LIFETEST: CONFTYPE=LOGLOG, ERROR=AALEN",
        ),
        Preset(
            "EZR",
            {"conf_type": "log-log"},
            {"variance": "delta", "conf_type": "log-log"},
            source='EZR: survfit with conf.type = "log-log" for both; Gray\'s test from cmprsk',
        ),
    )
}


def convention_preset(name: str) -> Preset:
    """Return the defaults of a program: "dayzero", "R survival", "cmprsk", "SAS" or "EZR".

    Examples
    --------
    >>> from dayzero import stats
    >>> sas = stats.convention_preset("SAS")
    >>> curve = stats.kaplan_meier([5, 6, 8, 9], [1, 0, 1, 1], **sas.kaplan_meier)
    >>> curve.convention.conf_type
    'log-log'

    Raises
    ------
    BadInputError
        Any other name.
    """
    if name not in _PRESETS:
        raise BadInputError.unknown_name(kind="convention", found=str(name), allowed=_PRESETS)
    return _PRESETS[name]
