"""The same found twice is said once; nothing else is dropped."""

from __future__ import annotations

from dayzero.records.findings import Finding, Severity, Where
from dayzero.study.said_once import said_once


def found(rule: str, severity: Severity, patient: str | None = "p1", what: str = "") -> Finding:
    return Finding(rule, severity, what, Where(patient_id=patient))


def test_the_data_check_is_kept_of_two_alike() -> None:
    pair = [found("endpoints.short", "warning"), found("records.short", "warning")]
    assert said_once(pair) == (pair[1],)


def test_the_more_severe_of_the_severities_is_kept() -> None:
    pair = [found("endpoints.short", "warning"), found("records.short", "note")]
    assert said_once(pair) == (found("records.short", "warning"),)


def test_everything_else_stays() -> None:
    others = [
        found("records.short", "warning"),
        found("endpoints.short", "warning", "p2"),
        found("endpoints.long", "warning"),
        found("endpoints.count", "note", None),
        found("records.count", "note", None),
        found("records.short", "warning", what="in another row"),
    ]
    assert set(said_once(others)) == set(others)
