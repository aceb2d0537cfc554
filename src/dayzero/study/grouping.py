"""Groups: levels by rules or by the values of a variable; each patient in one level at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError
from dayzero.study import guardrails
from dayzero.study.binding import NOT_KNOWN
from dayzero.study.cohort import Facts, ask, known_late, misspelt_values
from dayzero.study.missing_levels import missing_as_value
from dayzero.study.results import GroupInfo
from dayzero.study.words import patients

if TYPE_CHECKING:
    from dayzero.records.findings import Finding
    from dayzero.study.loading import Study
    from dayzero.study.protocol import GroupSection

_MOST_LEVELS = 12


@dataclass(frozen=True)
class Grouping:
    """A grouping of the cohort.

    Attributes
    ----------
    info : GroupInfo
    assigned : polars.DataFrame
        ``patient_id``, ``group`` for the patients that a level takes.
    known_late : tuple of str
        Variables behind it that became known only after day 0: no curve from day 0 by this grouping.
    findings : tuple of Finding
    onset : polars.DataFrame or None
        Of a grouping by an event: ``patient_id``, ``time``, ``cause`` of that event's endpoint.
    known_by : float or None
        The day by which the study file says that its values were known.
    """

    info: GroupInfo
    assigned: pl.DataFrame
    known_late: tuple[str, ...]
    findings: tuple[Finding, ...]
    onset: pl.DataFrame | None = None
    known_by: float | None = None


def make_grouping(study: Study, name: str, facts: Facts) -> Grouping:
    """Put the cohort's patients into the levels of ``[groups.NAME]``.

    Parameters
    ----------
    study : Study
    name : str
        Name of the grouping.
    facts : Facts
        Of the cohort's patients.

    Raises
    ------
    BadInputError
        Levels that overlap, a level without a patient, or a rule that names what does not exist.
    """
    section = study.protocol.groups[name]
    late: list[str] = []
    findings: list[Finding] = []
    eligible = facts
    unknown_among = 0
    if section.among:
        where = study.at("groups", name, "among")
        condition, answer = ask(section.among, facts, where)
        late += known_late(condition, facts.notes)
        findings += misspelt_values(condition, facts, where)
        unknown_among = answer.null_count()
        eligible = facts.only(answer)
        if eligible.frame.is_empty():
            what = f'no patient of the cohort meets the restriction "{section.among}"'
            raise BadInputError(what, where=where, allowed="at least one patient")
    answers, more_late, more = _levels(study, name, section, eligible)
    _refuse_empty(study, name, section, answers, facts)
    _refuse_overlap(study, name, answers)
    assigned = _assigned(eligible.frame, answers)
    findings += [*more, *_unclassified(name, eligible.frame.height, assigned.height, unknown_among)]
    info = GroupInfo(
        name=name,
        label=section.label or name,
        levels=tuple(answers),
        counts=tuple(int((assigned["group"] == level).sum()) for level in answers),
        unclassified=eligible.frame.height - assigned.height,
        among=section.among,
        among_label=(section.among_label or section.among) if section.among else "",
        colours=tuple(section.colours.get(level, "") for level in answers),
    )
    behind = tuple(dict.fromkeys([*late, *more_late]))
    return Grouping(info, assigned, behind, tuple(findings), known_by=section.known_by)


def _levels(
    study: Study, name: str, section: GroupSection, facts: Facts
) -> tuple[dict[str, pl.Series], list[str], list[Finding]]:
    """Return level to answer (true, false, not known), in the printed order."""
    if section.variable:
        return _levels_of_variable(study, name, section, facts)
    answers: dict[str, pl.Series] = {}
    late: list[str] = []
    findings: list[Finding] = []
    for level, rule in section.levels.items():
        where = study.at("groups", name, "levels", level)
        condition, answers[level] = ask(rule, facts, where)
        late += known_late(condition, facts.notes)
        findings += misspelt_values(condition, facts, where)
        findings += missing_as_value(level, condition, answers[level], facts, where)
    return answers, late, findings


def _levels_of_variable(
    study: Study, name: str, section: GroupSection, facts: Facts
) -> tuple[dict[str, pl.Series], list[str], list[Finding]]:
    variable = section.variable
    where = study.at("groups", name, "variable")
    if variable not in facts.notes:
        raise BadInputError.unknown_name(
            kind="variable", found=variable, allowed=sorted(facts.notes), where=where
        )
    note = facts.notes[variable]
    column = _as_text(facts.frame[variable])
    levels = section.order or tuple(column.drop_nulls().unique().sort().to_list())
    if note.kind == "number" and len(levels) > _MOST_LEVELS:
        what = f"'{variable}' is a number with {len(levels)} different values"
        hint = "make levels by rules: levels = { 'young' = 'age < 10', ... }"
        raise BadInputError(what, where=where, allowed=f"at most {_MOST_LEVELS} levels", hint=hint)
    late = [] if note.known == "day 0" else [variable]
    return {level: column == level for level in levels}, late, []


def _as_text(column: pl.Series) -> pl.Series:
    """Return the values as level names; what is not known is null."""
    if column.dtype == pl.Boolean:
        return column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    if column.dtype.is_numeric():
        return pl.Series(column.name, [None if v is None else f"{v:g}" for v in column.to_list()], pl.String)
    return column.set(column.is_in(NOT_KNOWN).fill_null(value=False), None)


def _refuse_empty(
    study: Study, name: str, section: GroupSection, answers: dict[str, pl.Series], facts: Facts
) -> None:
    """Refuse a level that no patient of the cohort has."""
    for level, answer in answers.items():
        if answer.sum():
            continue
        rule = section.levels.get(level, "")
        where = study.at("groups", name, "levels", level) if rule else study.at("groups", name, "order")
        what = f"the group '{level}' of '{name}' has no patient" + (f' (rule "{rule}")' if rule else "")
        unknown = answer.null_count()
        hint = (
            f"for {patients(unknown)} the answer is not known"
            if unknown
            else "remove the level, or see its rule"
        )
        allowed: str | list[str] = "levels with at least one patient of the cohort"
        if not rule:
            allowed = _as_text(facts.frame[section.variable]).drop_nulls().unique().sort().to_list()
        raise BadInputError(what, where=where, allowed=allowed, hint=hint)


def _refuse_overlap(study: Study, name: str, answers: dict[str, pl.Series]) -> None:
    levels = list(answers)
    for i, first in enumerate(levels):
        for second in levels[i + 1 :]:
            both = int((answers[first].fill_null(value=False) & answers[second].fill_null(value=False)).sum())
            if both:
                what = f"the levels '{first}' and '{second}' of '{name}' overlap: {patients(both)} in both"
                where = study.at("groups", name, "levels", second)
                raise BadInputError(
                    what, where=where, allowed="each patient in one level", hint="narrow a rule"
                )


def _assigned(frame: pl.DataFrame, answers: dict[str, pl.Series]) -> pl.DataFrame:
    parts = [
        frame.select("patient_id").filter(answer.fill_null(value=False)).with_columns(group=pl.lit(level))
        for level, answer in answers.items()
    ]
    return pl.concat(parts).sort("patient_id")


def _unclassified(name: str, eligible: int, assigned: int, unknown_among: int) -> list[Finding]:
    findings = []
    if unknown_among:
        what = (
            f"For {patients(unknown_among)} it is not known whether the restriction of '{name}' holds; "
            "in no level."
        )
        findings.append(guardrails.UNCLASSIFIED.finding(what, item=name))
    if eligible > assigned:
        what = f"{eligible - assigned} of {patients(eligible)} in no level of '{name}'."
        findings.append(guardrails.UNCLASSIFIED.finding(what, item=name))
    return findings
