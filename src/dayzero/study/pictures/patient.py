"""The timeline of one patient: treatments and events, with strips of laboratory results below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.errors import BadInputError
from dayzero.study.clock import to_days
from dayzero.study.pictures.lanes import make_lanes
from dayzero.study.pictures.material import choose_patients
from dayzero.study.pictures.swimmer import axis_end, axis_start, kinds_of
from dayzero.study.pictures.values import LOG_FLOOR, NO_SPECIMEN, points_of, specimens_of, value_axis
from dayzero.study.results import Strip, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.study.pictures.material import Material
    from dayzero.study.pictures.values import Point
    from dayzero.study.protocol import FigureSection

#: Shown when the study file names none, where there are results.
_USUAL: Final = ("ANC", "platelets", "chimerism", "MRD", "CMV DNA")


def make_timeline(name: str, section: FigureSection, material: Material) -> Timeline:
    """Return the timeline of ``patient``.

    Raises
    ------
    BadInputError
        The cohort has no transplanted patient of this id.
    """
    chosen = choose_patients(name, section, material)
    if section.patient not in chosen.ids:
        raise BadInputError.unknown_name(
            kind="patient",
            found=section.patient,
            allowed=chosen.ids,
            where=material.study.at("figures", name, "patient"),
        )
    alone = replace(chosen, courses=chosen.courses.filter(pl.col("patient_id") == section.patient))
    made = make_lanes(alone, material, section.show)
    lane = made.lanes[0]
    start, _ = axis_start([lane], section, material)
    limit, ticks = axis_end([lane], section, material, start)
    first, last = to_days(start, material.unit), to_days(limit, material.unit)
    strips, notes = [], list(made.notes)
    for analyte in section.analytes or _USUAL:
        found = points_of(material, analyte, [section.patient])
        points = [point for point in found.points if first <= point.day <= last]
        notes += [f"{analyte}: {note}" for note in found.notes]
        several = specimens_of(points, analyte)
        for specimen in several if len(several) > 1 else ("",):
            own = [p for p in points if not specimen or (p.specimen or NO_SPECIMEN) == specimen]
            if own:
                strips.append(_strip(analyte, specimen, own, found.unit, material))
    return Timeline(
        lane, tuple(strips), start, limit, ticks, kinds_of([lane], start, limit), notes=tuple(notes)
    )


def _strip(analyte: str, specimen: str, points: Sequence[Point], unit: str, material: Material) -> Strip:
    log = analyte in LOG_FLOOR
    lowest, highest = value_axis(points, analyte, log=log, levels=())
    return Strip(
        analyte=f"{analyte}, {specimen}" if specimen else analyte,
        unit=unit,
        log=log,
        time=tuple(material.time(point.day) for point in points),
        value=tuple(point.value for point in points),
        sign=tuple(point.sign for point in points),
        lowest=lowest,
        highest=highest,
    )
