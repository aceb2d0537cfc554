"""Why a patient counts as what: the whole timeline, and every decision of a study about one patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw
import polars as pl

from dayzero.errors import BadInputError, RefusalError
from dayzero.records.findings import worst_first
from dayzero.study.asking import asked, derive, general
from dayzero.study.cohort import ask, select_cohort
from dayzero.study.entering import entered, entry_days
from dayzero.study.happening import grouping_of
from dayzero.study.inputs import gather, mapping_of, read_data, refuse_repeated, restricted
from dayzero.study.outcomes import long_form
from dayzero.study.timeline import Fact, timeline
from dayzero.study.words import patients

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.study.cohort import Cohort, Facts
    from dayzero.study.inputs import Inputs
    from dayzero.study.loading import Study

Answer = Literal["yes", "no", "not known", "not asked"]
NOT_KNOWN: Final = "not known"


@dataclass(frozen=True)
class Step:
    """One box of the cohort's flow, asked of one patient.

    Attributes
    ----------
    label, rule : str
        As in the study file; ``rule`` is empty for the boxes that every study has.
    stays : {"yes", "no", "not known", "not asked"}
        Whether the patient stays; a rule whose answer is not known takes the patient out, and one after the
        box that took the patient out is not asked.
    """

    label: str
    rule: str
    stays: Answer


@dataclass(frozen=True)
class Value:
    """A variable of the patient: what it is, and when it became known."""

    name: str
    label: str
    value: str
    known: str


@dataclass(frozen=True)
class Membership:
    """The level of a grouping that takes the patient, or why none does."""

    name: str
    label: str
    level: str | None
    why: str = ""


@dataclass(frozen=True)
class Decision:
    """One endpoint of the study, decided for the patient.

    Attributes
    ----------
    name, label : str
    time : float or None
        Days from the endpoint's origin; None when the patient is not counted, or no time is recorded.
    outcome : str
        ``censored``, or the word for what happened; empty when the patient is not counted.
    why : str
        The fact and rule that decided, or why the patient is not counted.
    origin, flags : str
    """

    name: str
    label: str
    time: float | None
    outcome: str
    why: str
    origin: str
    flags: str = ""


@dataclass(frozen=True)
class Explanation:
    """Everything a study knows and decided about one patient.

    Attributes
    ----------
    patient_id : str
        Pseudonymous id.
    study, source : str
        Names of the study file and of its data.
    facts : tuple of Fact
        In order of day; those without a day last.
    in_cohort : bool
    steps : tuple of Step
    variables : tuple of Value
        Empty when the data cut-off leaves the patient out.
    groups : tuple of Membership
        Of a patient of the cohort; else empty.
    decisions : tuple of Decision
        Of a patient outside the cohort: what they would be. They count in no result.
    findings : tuple of Finding
        What reading, checking and deriving found about this patient.
    """

    patient_id: str
    study: str
    source: str
    facts: tuple[Fact, ...]
    in_cohort: bool
    steps: tuple[Step, ...]
    variables: tuple[Value, ...]
    groups: tuple[Membership, ...]
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]


def why(study: Study, patient_id: str, *, records: Records | None = None) -> Explanation:
    """Explain what a study makes of one patient, with the decisions that its run makes.

    Parameters
    ----------
    study : Study
    patient_id : str
        Pseudonymous id, as typed in the records.
    records : Records, optional
        Records already read, in place of the data that the study file names.

    Returns
    -------
    Explanation

    Raises
    ------
    BadInputError
        When there is no such patient (the message names no other one), or the study cannot be run.
    """
    read = records if records is not None else read_data(study, mapping_of(study))
    own_raw = restricted(read, [patient_id])
    _refuse_unknown(read, own_raw)
    inputs = gather(study, read)
    cohort = select_cohort(study, inputs.facts, inputs.people)
    members = cohort.facts.frame["patient_id"].to_list()
    refuse_repeated(members, read.source.name)
    inside = patient_id in members
    own = inputs.facts.only(inputs.facts.frame["patient_id"] == patient_id)
    counted = restricted(inputs.records, members if inside else [patient_id])
    decisions, derived = _decide(study, counted, inputs.facts, patient_id)
    found = [*inputs.findings, *(finding for each in derived for finding in each.findings)]
    return Explanation(
        patient_id=patient_id,
        study=study.name,
        source=read.source.name,
        facts=timeline(own_raw, restricted(inputs.records, [patient_id])),
        in_cohort=inside,
        steps=_steps(study, inputs, patient_id),
        variables=_variables(own.frame, own.notes),
        groups=tuple(_group(study, name, cohort, counted, patient_id) for name in study.protocol.groups)
        if inside
        else (),
        decisions=decisions,
        findings=worst_first([finding for finding in found if finding.where.patient_id == patient_id]),
    )


def _refuse_unknown(read: Records, own: Records) -> None:
    if _height(own.tables["patients"]):
        return
    what = f"there is no patient of that id; the data hold {patients(_height(read.tables['patients']))}"
    raise BadInputError(
        what,
        where=read.source.name,
        hint="an id is text, as it stands in the records: leading zeros and letter case count",
    )


def _height(frame: Any) -> int:
    rows: int = nw.from_native(frame).lazy().select("patient_id").collect("polars").shape[0]
    return rows


def _steps(study: Study, inputs: Inputs, patient_id: str) -> tuple[Step, ...]:
    """Ask the rules of the cohort of one patient, in the order in which the cohort is selected."""
    people = inputs.people
    asked = [("First allogeneic transplant", "", patient_id in people.transplanted)]
    if people.seen is not None:
        asked.append(("Transplanted by the data cut-off", "", patient_id in people.seen))
    steps: list[Step] = []
    out = False
    for label, rule, stays in asked:
        steps.append(Step(label, rule, "not asked" if out else _said(stays)))
        out = out or not stays
    own = inputs.facts.only(inputs.facts.frame["patient_id"] == patient_id)
    for kind in ("include", "exclude"):
        for index, wanted in enumerate(getattr(study.protocol.cohort, kind)):
            answer: bool | None = None
            if not out:
                _, answers = ask(wanted.rule, own, study.at("cohort", kind, index, "rule"))
                answer = answers.item() if kind == "include" else (~answers).item()
            rule = wanted.rule if kind == "include" else f"not ({wanted.rule})"
            steps.append(Step(wanted.label or wanted.rule, rule, "not asked" if out else _said(answer)))
            out = out or answer is not True
    return tuple(steps)


def _said(answer: bool | None) -> Answer:
    if answer is None:
        return NOT_KNOWN
    return "yes" if answer else "no"


def _variables(frame: pl.DataFrame, notes: Any) -> tuple[Value, ...]:
    if frame.is_empty():
        return ()
    row = frame.row(0, named=True)
    return tuple(
        Value(name, note.label, printed(row[name], note.unit), note.known) for name, note in notes.items()
    )


def printed(value: Any, unit: str = "") -> str:
    """Return a value of a variable in words; what is not known says so."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}" if unit else text


def _group(study: Study, name: str, cohort: Cohort, counted: Records, patient_id: str) -> Membership:
    grouping = grouping_of(study, name, cohort.facts, counted)
    taken = grouping.assigned.filter(pl.col("patient_id") == patient_id)["group"].to_list()
    if taken:
        return Membership(name, grouping.info.label, taken[0])
    section = study.protocol.groups[name]
    if section.among:
        own = cohort.facts.only(cohort.facts.frame["patient_id"] == patient_id)
        answer = ask(section.among, own, study.at("groups", name, "among"))[1].item()
        if answer is not True:
            reason = "does not hold" if answer is False else "is not known"
            return Membership(name, grouping.info.label, None, f'its restriction "{section.among}" {reason}')
    return Membership(name, grouping.info.label, None, "no level takes the patient: a value is not known")


def _decide(
    study: Study, counted: Records, facts: Facts, patient_id: str
) -> tuple[tuple[Decision, ...], list[DerivedEndpoint]]:
    """Derive every endpoint of the study, each once, and pick the patient's row."""
    protocol = study.protocol
    questions = [asked(outcome, protocol) for outcome in protocol.outcome]
    questions.append(general(protocol.conventions.follow_up_endpoint, protocol))
    entry = entry_days(study, facts)
    decisions: list[Decision] = []
    derived: list[DerivedEndpoint] = []
    for name, question in {question.name: question for question in questions}.items():
        definition = question.definition
        try:
            one = entered(derive(question, counted), entry, question.landmark or 0.0)
        except RefusalError as error:
            reason = f"the endpoint is refused: {error.what}"
            decisions.append(Decision(name, definition.label, None, "", reason, definition.origin))
            continue
        derived.append(one)
        decisions.append(_decision(one, patient_id))
    return tuple(decisions), derived


def _decision(one: DerivedEndpoint, patient_id: str) -> Decision:
    definition = one.definition
    own = long_form(one).filter(pl.col("patient_id") == patient_id)
    if own.height:
        row = own.row(0, named=True)
        return Decision(
            definition.name,
            definition.label,
            row["time"],
            row["cause_label"],
            row["why"],
            definition.origin,
            row["flags"] or "",
        )
    left_out = one.not_eligible.filter(pl.col("patient_id") == patient_id)
    reason = "the patient is not among the eligible"
    if left_out.height:
        said = left_out.row(0, named=True)
        reason = said["reason"] + (f" ({said['fact']})" if said.get("fact") else "")
    return Decision(definition.name, definition.label, None, "", f"not counted: {reason}", definition.origin)
