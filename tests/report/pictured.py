"""A study of the constructed cohort that has a figure of every kind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dayzero.examples import study_path
from dayzero.study.loading import parse_study
from dayzero.study.runner import run

if TYPE_CHECKING:
    from dayzero.study.results import Results

FIGURES = """
[figures.relapsed]
kind = "swimmer"
title = "Patients who relapsed"
with_event = "CIR"

[figures.all]
kind = "swimmer"
title = "All patients"
by = "remission"

[figures.stacked]
kind = "stacked"
by = "remission"
horizons = [12, 24, 48]

[figures.states]
kind = "states"
by = "remission"

[figures.whole]
kind = "states"

[figures.chimerism]
kind = "course"
analyte = "chimerism"
by = "remission"

[figures.course_mrd]
kind = "course"
analyte = "MRD"
from = -6
limit = 3
times = [-3, -1]

[figures.missing]
kind = "course"
analyte = "ferritin"

[figures.before_and_after]
kind = "mrd"
by = "remission"

[figures.one]
kind = "timeline"
patient = "A006"
"""


@cache
def pictured() -> Results:
    """Return the results of the constructed cohort with a figure of every kind."""
    source = study_path("algeri2025")
    text = source.read_text(encoding="utf-8")
    return run(parse_study(text + FIGURES, folder=source.parent)).results
