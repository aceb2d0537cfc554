"""Cohorts of one row a patient, made for a model: a day, what happened first, and covariates."""

from __future__ import annotations

import csv
from pathlib import Path  # noqa: TC003 - used at run time by pytest's fixtures too
from typing import TYPE_CHECKING, Any

from dayzero.study import run

if TYPE_CHECKING:
    from dayzero.study.results import Model, ModelFit, Results

HEAD = """
[study]
title = "T"
[data]
source = "cohort.csv"
layout = "one row per patient"
id = { column = "id" }
[data.patients]
age = { column = "age" }
sex = { column = "sex" }
centre = { column = "centre" }
[data.variables.risk]
column = "risk"
type = "category"
[data.variables.late]
column = "late"
type = "yes/no"
known = "after day 0"
[data.variables.registration_day]
column = "registered"
unit = "days"
type = "number"
[[data.given]]
name = "first failure"
time = { column = "day", unit = "days" }
outcome = { column = "status", codes = { 0 = "censored", 1 = "relapse", 2 = "death" } }
[time]
unit = "days"
horizons = [100]
[conventions]
follow_up_endpoint = "DFS"
"""
DEFAULTS = {"age": 10, "sex": "male", "centre": "A", "risk": "low", "late": "no", "registered": 0}


def results(folder: Path, rows: list[dict[str, Any]], study: str) -> Results:
    """Write rows (``day``, ``status`` and covariates) and a study file, and run it."""
    full = [{"id": f"p{i:03}", **DEFAULTS, **row} for i, row in enumerate(rows, 1)]
    with (folder / "cohort.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(full[0]))
        writer.writeheader()
        writer.writerows(full)
    path = folder / "study.toml"
    path.write_text(HEAD + study, encoding="utf-8")
    return run(path).results


def fit(model: Model, name: str) -> ModelFit:
    """Return a fit by the end of its id; an empty name is all covariates together."""
    return next(each for each in model.fits if each.id == model.id + name)


def ids(found: Results) -> set[str]:
    """Return the rules that found something."""
    return {finding.id for finding in found.findings}
