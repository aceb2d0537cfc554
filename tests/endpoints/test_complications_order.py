"""The order of rows changes nothing in complications, infections and causes of death; no engine differs."""

from __future__ import annotations

import random

import polars as pl

from dayzero.endpoints import derive, derive_variables
from endpoints.facts import alive, happened, measured, on_duckdb, records, treated

NAMES = (
    "VOD_paediatric_EBMT2018",
    "VOD_adult_EBMT2023",
    "TMA_harmonised2023",
    "csCMVi",
    "cmv_dnaemia",
    "bacterial_infection",
    "death_infection",
    "aGVHD_steroid_refractory",
    "cGVHD_severe",
)
PEOPLE = [f"p{n:02}" for n in range(25)]


def facts(seed: int):
    """Return random facts of complications, each with its own row number."""
    pick = random.Random(seed)  # noqa: S311
    events, results, given = [], [], []
    for who in PEOPLE:
        for _ in range(pick.randint(0, 9)):
            event, more = pick.choice(
                [
                    ("ascites", {"grade": pick.choice(["minimal", "moderate"])}),
                    ("hepatomegaly", {"grade": pick.choice(["painful", ""])}),
                    ("schistocytes", {}),
                    ("hypertension", {}),
                    ("infection", {"cause": pick.choice(["CMV", "E. coli", "Candida"])}),
                    ("aGVHD", {"grade": pick.choice(["I", "II", "III", "0"])}),
                    ("cGVHD", {"grade": pick.choice(["mild", "severe"])}),
                ]
            )
            events.append(happened(who, pick.randint(0, 60), event, **more))
        if pick.random() < 0.3:
            events.append(happened(who, 70, "death", cause=pick.choice(["sepsis", "GVHD", "relapse", None])))
        for day in range(0, 60, pick.randint(2, 7)):
            results.append(measured(who, day, "bilirubin", pick.choice([0.5, 1.0, 2.0, 4.0])))
            results.append(measured(who, day, "weight", pick.choice([20.0, 20.9, 21.1])))
            results.append(measured(who, day, "LDH", pick.choice([0.8, 1.5, 2.5]), unit="xULN"))
            results.append(measured(who, day, "sC5b-9", pick.choice([0.8, 1.5]), unit="xULN"))
            results.append(measured(who, day, "urine protein/creatinine", pick.choice([0.5, 2.0])))
            results.append(
                measured(who, day, "CMV DNA", pick.choice([0.0, 500.0, 9000.0]), specimen="plasma")
            )
        if pick.random() < 0.6:
            given.append(treated(who, pick.randint(5, 40), "ganciclovir", stop_day=55))
            given.append(treated(who, pick.randint(5, 30), "corticosteroids", dose=2.0, unit="mg/kg"))
    tables = {"events": events, "measurements": results, "treatments": given}
    return {name: [{"row": n, **row} for n, row in enumerate(rows, start=2)] for name, rows in tables.items()}


def test_order_and_engine_change_nothing():
    seed = 1
    rows = facts(seed)
    turned = {name: random.Random(seed).sample(each, len(each)) for name, each in rows.items()}  # noqa: S311
    follow_up = alive(60, *PEOPLE)
    one = records(PEOPLE, follow_up=follow_up, **rows)
    other = on_duckdb(records(PEOPLE, follow_up=follow_up, **turned))
    had_it = 0
    for name in NAMES:
        first, second = derive(name, one), derive(name, other)
        assert first.frame.equals(second.frame), name
        assert first.not_eligible.equals(second.not_eligible), name
        assert first.findings == second.findings, name
        had_it += first.frame.filter(pl.col("cause") == 1).height
    assert had_it > len(NAMES)
    assert derive_variables(one).frame.equals(derive_variables(other).frame)
