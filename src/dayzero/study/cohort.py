"""Who is studied: the rules of ``[cohort]`` applied one after the other, each counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError
from dayzero.study import guardrails
from dayzero.study.binding import check_names, evaluate, values_nobody_has
from dayzero.study.condition import variables
from dayzero.study.results import CohortStep
from dayzero.study.rules import parse_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from dayzero.endpoints.definition import Variable, Variables
    from dayzero.records.findings import Finding
    from dayzero.records.schema import Code
    from dayzero.study.condition import Condition
    from dayzero.study.loading import Study


@dataclass(frozen=True)
class Facts:
    """What rules can be asked about: one row a patient, and what each variable is.

    Attributes
    ----------
    frame : polars.DataFrame
        ``patient_id`` and one column a variable.
    notes : mapping of str to Variable
    codes : mapping of str to tuple of Code
        Allowed values of variables that have a closed list of them.
    """

    frame: pl.DataFrame
    notes: Mapping[str, Variable]
    codes: Mapping[str, tuple[Code, ...]]

    def only(self, keep: pl.Series) -> Facts:
        """Return the facts of the patients for whom ``keep`` is true."""
        return Facts(self.frame.filter(keep.fill_null(value=False)), self.notes, self.codes)


@dataclass(frozen=True)
class People:
    """Who is in the data at all, before any rule.

    Attributes
    ----------
    total : int
        Patients in the data.
    transplanted : frozenset of str
        Ids of those with a first allogeneic transplant: the origin of every clock.
    seen : frozenset of str or None
        Ids of those transplanted by the data cut-off; None when there is no cut-off.
    """

    total: int
    transplanted: frozenset[str]
    seen: frozenset[str] | None = None


@dataclass(frozen=True)
class Cohort:
    """The patients studied.

    Attributes
    ----------
    facts : Facts
        Of the cohort's patients only.
    steps : tuple of CohortStep
        The flow, from all patients of the data to the cohort.
    known_late : tuple of str
        Variables of the rules that became known only after day 0.
    findings : tuple of Finding
    excluded : mapping of str to tuple of str
        By id of a step: the patients that it left out, or whose answer is not known.
    """

    facts: Facts
    steps: tuple[CohortStep, ...]
    known_late: tuple[str, ...]
    findings: tuple[Finding, ...]
    excluded: Mapping[str, tuple[str, ...]]

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.facts.frame.height


def gather_facts(variables_: Variables, extra_codes: Mapping[str, tuple[Code, ...]]) -> Facts:
    """Join derived variables with the closed code lists of the schema that bear the same name."""
    from dayzero.records.tables import PATIENTS, TRANSPLANTS

    codes: dict[str, tuple[Code, ...]] = {}
    for table in (PATIENTS, TRANSPLANTS):
        for column in table.columns:
            note = variables_.notes.get(column.name)
            if column.codes and not column.open_codes and note is not None and note.kind == "category":
                codes[column.name] = column.codes
    return Facts(variables_.frame, variables_.notes, {**codes, **extra_codes})


def ask(rule: str, facts: Facts, where: str) -> tuple[Condition, pl.Series]:
    """Parse, check and evaluate a rule; the answer is null where it is not known.

    Raises
    ------
    BadInputError
        When the rule cannot be parsed, or names what does not exist.
    """
    condition = parse_rule(rule, where)
    check_names(rule, condition, facts.notes, facts.codes, where)
    return condition, evaluate(condition, facts.frame)


def known_late(condition: Condition, notes: Mapping[str, Variable]) -> tuple[str, ...]:
    """Return the variables of a rule that became known only after day 0."""
    return tuple(name for name in variables(condition) if notes[name].known != "day 0")


def misspelt_values(condition: Condition, facts: Facts, where: str) -> tuple[Finding, ...]:
    """Name values that a rule compares with and that no patient of the data has."""
    found = []
    for name, value in values_nobody_has(condition, facts.frame):
        column = facts.frame[name].drop_nulls().unique().sort().to_list()
        what = f"No patient has {name} = '{value}' ({where})."
        hint = f"values in the data: {', '.join(map(str, column[:20]))}"
        found.append(guardrails.VALUE_NOBODY_HAS.finding(what, item=name, hint=hint))
    return tuple(found)


def select_cohort(study: Study, facts: Facts, people: People) -> Cohort:
    """Apply the cohort's rules in order.

    Parameters
    ----------
    study : Study
    facts : Facts
        Of the patients in the data, as seen at the data cut-off.
    people : People

    Returns
    -------
    Cohort

    Raises
    ------
    BadInputError
        When no patient is left.
    """
    steps, current, gone = _transplanted(facts, people)
    findings: list[Finding] = []
    late: list[str] = []
    for kind in ("include", "exclude"):
        for index, wanted in enumerate(getattr(study.protocol.cohort, kind)):
            where = study.at("cohort", kind, index, "rule")
            condition, answer = ask(wanted.rule, current, where)
            findings += misspelt_values(condition, facts, where)
            late += known_late(condition, facts.notes)
            stays = answer if kind == "include" else ~answer
            before, unknown = current.frame.height, answer.null_count()
            name = f"{kind}.{index + 1}"
            gone[_step_id(name)] = _ids(current.frame.filter(~stays.fill_null(value=False)))
            current = current.only(stays)
            remaining = current.frame.height
            label = wanted.label or wanted.rule
            excluded = before - unknown - remaining
            steps.append(_step(name, label, wanted.rule, excluded, unknown, remaining))
    if current.frame.is_empty():
        raise _nobody_left(study, steps)
    return Cohort(current, tuple(steps), tuple(dict.fromkeys(late)), tuple(findings), gone)


def _transplanted(facts: Facts, people: People) -> tuple[list[CohortStep], Facts, dict[str, tuple[str, ...]]]:
    """Return the first boxes of the flow, the facts of those who have a day 0, and whom each box left out."""
    everyone = facts.frame
    has_day_0 = everyone["patient_id"].is_in(sorted(people.transplanted))
    gone = {_step_id("transplanted"): _ids(everyone.filter(~has_day_0))}
    steps = [_step("all", "Patients in the data", "", 0, 0, people.total)]
    without = people.total - len(people.transplanted)
    steps.append(
        _step("transplanted", "First allogeneic transplant", "", without, 0, len(people.transplanted))
    )
    kept = people.transplanted
    if people.seen is not None:
        later = sorted(kept - people.seen)
        kept = kept & people.seen
        if later:
            steps.append(_step("cutoff", "Transplanted by the data cut-off", "", len(later), 0, len(kept)))
            gone[_step_id("cutoff")] = tuple(later)
    return steps, facts.only(everyone["patient_id"].is_in(sorted(kept))), gone


def _ids(frame: pl.DataFrame) -> tuple[str, ...]:
    return tuple(frame["patient_id"].to_list())


def _step_id(name: str) -> str:
    return f"cohort.{name}"


def _step(name: str, label: str, rule: str, excluded: int, unknown: int, remaining: int) -> CohortStep:
    return CohortStep(_step_id(name), label, rule, excluded, unknown, remaining)


def _nobody_left(study: Study, steps: list[CohortStep]) -> BadInputError:
    flow = "; ".join(
        f"{step.label}: {step.remaining}" + (f" ({step.unknown} not known)" if step.unknown else "")
        for step in steps
    )
    emptied = next(step for step in steps if step.remaining == 0)
    if emptied.rule:
        what = f'no patient is left after the rule "{emptied.rule}"'
        hint = f"patients left after each step: {flow}"
    else:
        what = "no patient is left" if steps[0].remaining else "the data hold no patient"
        hint = f"patients left after each step: {flow}; see `dayzero check`"
    return BadInputError(what, where=study.at("cohort"), allowed="at least one patient", hint=hint)
