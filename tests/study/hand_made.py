"""Endpoints and groups made by hand, for tests whose numbers follow by hand."""

from __future__ import annotations

import polars as pl

from dayzero.endpoints.definition import Definition, DerivedEndpoint, Variable
from dayzero.records.vocabulary import SEX
from dayzero.study.cohort import Facts
from dayzero.study.conventions import Choices
from dayzero.study.fit import Fit
from dayzero.study.grouping import Grouping
from dayzero.study.loading import Study, parse_study
from dayzero.study.results import GroupInfo
from dayzero.study.sample import Sample, grouped_sample, whole_sample

DAYZERO = Choices("dayzero", "log-log", "aalen", 0.95)
COMPETING = {"survival": (), "incidence": ("death",), "proportion": ()}


def derived(kind: str, *rows: tuple[float, int], name: str = "E") -> DerivedEndpoint:
    """Return an endpoint of patients p01, p02, ... with these (day, cause)."""
    definition = Definition(name, name, kind, "day 0", "event", COMPETING[kind], "", "", "")
    frame = pl.DataFrame(
        {
            "patient_id": [f"p{i:02}" for i in range(1, len(rows) + 1)],
            "time": [float(day) for day, _ in rows],
            "cause": [cause for _, cause in rows],
            "why": ["" for _ in rows],
            "flags": ["" for _ in rows],
        },
        schema={
            "patient_id": pl.String,
            "time": pl.Float64,
            "cause": pl.Int64,
            "why": pl.String,
            "flags": pl.String,
        },
    )
    nobody = pl.DataFrame(schema={"patient_id": pl.String, "reason": pl.String})
    return DerivedEndpoint(definition, frame, ("event", *COMPETING[kind]), nobody)


def grouping(letters: str, late: tuple[str, ...] = ()) -> Grouping:
    """Return a grouping called ``g``: one letter a patient, in order; a dot is in no level."""
    levels = tuple(sorted(set(letters) - {"."}))
    ids = [f"p{i:02}" for i, letter in enumerate(letters, 1) if letter != "."]
    assigned = pl.DataFrame({"patient_id": ids, "group": [letter for letter in letters if letter != "."]})
    counts = tuple(letters.count(level) for level in levels)
    return Grouping(GroupInfo("g", "G", levels, counts, letters.count(".")), assigned, late, ())


def whole(kind: str, *rows: tuple[float, int]) -> Sample:
    return whole_sample(derived(kind, *rows))


def by_letter(kind: str, letters: str, *rows: tuple[float, int]) -> Sample:
    return grouped_sample(derived(kind, *rows), grouping(letters))


def fit(sample: Sample, choices: Choices = DAYZERO) -> Fit:
    return Fit(sample, choices)


def facts(**columns: list[object]) -> Facts:
    """Return the facts of patients p01, p02, ...: strings are categories, booleans yes/no, the rest numbers.

    A column whose name starts with ``late_`` became known only after day 0.
    """
    height = len(next(iter(columns.values())))
    frame = pl.DataFrame({"patient_id": [f"p{i:02}" for i in range(1, height + 1)], **columns})
    kinds = {pl.String: "category", pl.Boolean: "yes/no"}
    notes = {
        name: Variable(
            name,
            name.capitalize(),
            kinds.get(type(frame.schema[name]), "number"),  # type: ignore[arg-type]
            "after day 0" if name.startswith("late_") else "day 0",
            "years" if name == "age" else "",
        )
        for name in columns
    }
    return Facts(frame, notes, {"sex": SEX})


def study_of(*sections: str) -> Study:
    """Return a study whose file is the smallest one and these sections."""
    return parse_study("\n".join(['[study]\ntitle = "T"\n[data]\nsource = "x"', *sections]))
