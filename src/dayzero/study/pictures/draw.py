"""One figure of the study file that is no panel of curves: made, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dayzero.errors import RefusalError
from dayzero.study.clock import from_days, tick_step, to_days
from dayzero.study.pictures.courses import is_count, make_course
from dayzero.study.pictures.mrd import make_mrd
from dayzero.study.pictures.patient import make_timeline
from dayzero.study.pictures.stacks import make_stacks
from dayzero.study.pictures.states import make_states
from dayzero.study.pictures.swimmer import make_swimmer
from dayzero.study.results import Figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.study.pictures.material import Material
    from dayzero.study.protocol import FigureSection
    from dayzero.study.results import Picture

_MAKERS: Final[dict[str, Callable[[str, FigureSection, Material], Picture]]] = {
    "swimmer": make_swimmer,
    "stacked": make_stacks,
    "states": make_states,
    "course": make_course,
    "mrd": make_mrd,
    "timeline": make_timeline,
}
_TITLES: Final = {
    "swimmer": "Course of each patient",
    "stacked": "Stacked incidence",
    "states": "Where the patients are",
    "mrd": "Minimal residual disease before transplant",
}
#: What shows single patients, and is withheld where the report may not.
_OF_PATIENTS: Final = ("swimmer", "mrd", "timeline")


def draw_picture(name: str, section: FigureSection, material: Material) -> Figure:
    """Return a figure with its picture, or with the reason why there is none."""
    material = in_unit(material, unit_of(section, material.unit))
    title = section.title or _title(section)
    if section.kind in _OF_PATIENTS and not material.study.protocol.report.patients:
        refused = "This figure shows single patients; the study file says that its report does not."
        return _figure(name, title, section, material, None, refused)
    try:
        picture = _MAKERS[section.kind](name, section, material)
    except RefusalError as error:
        refused = f"{error.what[:1].upper()}{error.what[1:]}".rstrip(".")
        return _figure(name, title, section, material, None, f"{refused}. Instead: {error.instead}.")
    return _figure(name, title, section, material, picture)


def unit_of(section: FigureSection, usual: str) -> str:
    """Return the unit of a figure's times: days for blood counts, else the study's, unless it says."""
    if section.unit is not None:
        return section.unit
    return "days" if section.kind == "course" and is_count(section.analyte) else usual


def in_unit(material: Material, unit: str) -> Material:
    """Return the material with another unit of time."""
    if unit == material.unit:
        return material
    limit = from_days(to_days(material.limit, material.unit), unit)
    step = tick_step(limit, unit)
    ticks = tuple(i * step for i in range(int(limit // step) + 1))
    return replace(material, unit=unit, limit=limit, ticks=ticks)


def _title(section: FigureSection) -> str:
    if section.kind == "course":
        return f"Course of {section.analyte}" + (f" in {section.specimen}" if section.specimen else "")
    return _TITLES.get(section.kind) or f"Patient {section.patient}"


def _figure(
    name: str,
    title: str,
    section: FigureSection,
    material: Material,
    picture: Picture | None,
    refused: str = "",
) -> Figure:
    limit = material.limit if picture is None else getattr(picture, "limit", material.limit)
    return Figure(name, title, (), material.unit, limit, kind=section.kind, picture=picture, refused=refused)
