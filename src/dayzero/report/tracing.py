"""Where each number comes from: its estimator, its convention, its patients, and the decision about each.

Only the page for screens has it: paper cannot be clicked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero.report import format as fmt
from dayzero.report.tracing_sources import Source, joined, model_sources, source_of
from dayzero.report.wording import endpoint_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dayzero.report.numbers import Numbers
    from dayzero.study.results import Balance, Characteristic, EndpointInfo, Model, Results
    from dayzero.study.tracing import Decided, Trace


_NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class Person:
    """A patient behind a number: the anchor of the decision about them, and their own number, if any."""

    patient_id: str
    anchor: str = ""
    value: str = ""


@dataclass(frozen=True)
class People:
    """Patients of whom the same is said, such as ``relapse``."""

    label: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Behind:
    """Numbers that rest on the same patients."""

    title: str
    about: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    people: tuple[People, ...]


@dataclass(frozen=True)
class DecisionRow:
    """The decision about one patient."""

    anchor: str
    patient_id: str
    time: str
    outcome: str
    why: str
    flags: str


@dataclass(frozen=True)
class Chapter:
    """Everything about one endpoint, or about one part of the report; ``decisions`` may be empty."""

    title: str
    parts: tuple[Behind, ...]
    decisions: tuple[DecisionRow, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Tracing:
    """The last section of the page.

    Attributes
    ----------
    why_not : str
        Why single patients are not shown; empty when they are.
    chapters : tuple of Chapter
    targets : mapping of str to str
        By id of a result: the anchor to which its numbers lead.
    """

    why_not: str
    chapters: tuple[Chapter, ...]
    targets: Mapping[str, str]


def anchor(*parts: str) -> str:
    """Return the HTML id of something named by texts: no space, and no two names alike."""
    return "-".join("_".join(part.split()) for part in parts)


def trace_of(results: Results, numbers: Numbers, trace: Trace) -> Tracing:
    """Return where each number comes from.

    Parameters
    ----------
    results : Results
    numbers : Numbers
        Prints the values exactly as the tables do.
    trace : Trace
        The patients, as far as the study lets them be shown.
    """
    chapters = (
        *_flow(results, trace),
        _study(results, numbers),
        *_characteristics(results, numbers, trace),
        *_follow_up(results, numbers, trace),
        *(_endpoint(results, numbers, trace, endpoint) for endpoint in results.endpoints),
        *(_model(model, numbers) for model in results.models),
    )
    targets = {
        source.ref: source_anchor(source.ref)
        for chapter in chapters
        for part in chapter.parts
        for source in part.sources
    }
    return Tracing(trace.why_not, tuple(chapter for chapter in chapters if chapter.parts), targets)


def source_anchor(ref: str) -> str:
    """Return the HTML id at which a number is explained."""
    return anchor("from", ref)


def _flow(results: Results, trace: Trace) -> Iterator[Chapter]:
    parts = []
    for step in results.cohort:
        gone = tuple(Person(patient) for patient in trace.excluded.get(step.id, ()))
        value = (
            f"{fmt.integer(step.remaining)} of {fmt.integer(step.remaining + step.excluded + step.unknown)}"
        )
        rule = f"rule: {step.rule}" if step.rule else "asked of every study"
        source = Source(step.id, "Remain", value, rule)
        parts.append(Behind(step.label, (), (source,), (People("Left out", gone),) if gone else ()))
    yield Chapter("Flow of patients", tuple(parts))


def _study(results: Results, numbers: Numbers) -> Chapter:
    """Return the numbers of the running text that are in no table: sizes of groups, patients seen briefly."""
    made = results.design
    sources = [Source("study", "Patients studied", numbers.text("study", "n"), "the last step of the flow")]
    if made.followed:
        value = f"{numbers.text('design', 'short_follow_up')} of {numbers.text('design', 'followed')}"
        how = (
            f"of those without the event that ends follow-up, followed for fewer than {made.short_days} days"
        )
        sources.append(Source("design", "Followed briefly", value, how))
    for group in results.groups:
        sizes = [f"{level}: {fmt.integer(n)}" for level, n in zip(group.levels, group.counts, strict=True)]
        among = f"among {group.among_label or group.among}" if group.among else "of all patients"
        sources.append(Source(f"group.{group.name}", group.label, "; ".join(sizes), among))
    return Chapter("The study and its groups", (Behind("Patients", (), tuple(sources), ()),))


def _characteristics(results: Results, numbers: Numbers, trace: Trace) -> Iterator[Chapter]:
    variables: dict[str, list[Characteristic]] = {}
    for row in results.characteristics:
        variables.setdefault(row.variable, []).append(row)
    parts = []
    for name, rows in variables.items():
        sources = tuple(
            Source(row.id, _described(row), numbers.text(row.id, "value"), _of_how_many(row)) for row in rows
        )
        sources += tuple(_apart(row, numbers) for row in results.balance if row.variable == name)
        about = (("Variable", name), ("Rule", trace.sources.get(name, "")))
        parts.append(
            Behind(
                rows[0].label,
                tuple((term, text) for term, text in about if text),
                sources,
                _by_value(trace.values.get(name, {}), numeric=rows[0].kind == "number"),
            )
        )
    yield Chapter("Characteristics", tuple(parts))


def _apart(row: Balance, numbers: Numbers) -> Source:
    printed = [f"standardised difference {numbers.text(row.id, 'difference')}"]
    if row.method:
        printed.append(f"p value {numbers.text(row.id, 'p_value')}")
    how = joined(row.method, row.note, f"{fmt.plural(row.total, 'patient')} with a value and a group")
    return Source(row.id, f"Between groups ({row.group_by})", "; ".join(printed), how)


def _described(row: Characteristic) -> str:
    return ", ".join(part for part in (row.group or "All patients", row.level) if part)


def _of_how_many(row: Characteristic) -> str:
    kind = "median (range)" if row.kind == "number" else "number (%)"
    missing = f", not known in {fmt.integer(row.missing)}" if row.missing else ""
    return f"{kind} of {fmt.plural(row.total, 'patient')} with a value{missing}"


def _by_value(values: Mapping[str, str | None], *, numeric: bool) -> tuple[People, ...]:
    groups: dict[str, list[Person]] = {}
    for patient, value in values.items():
        label = _NOT_KNOWN if value is None else "Values" if numeric else value
        groups.setdefault(label, []).append(Person(patient, value=value if numeric and value else ""))
    if numeric:
        groups = {label: sorted(people, key=_size) for label, people in groups.items()}
    in_order = sorted(groups, key=lambda label: (label == _NOT_KNOWN, label))
    return tuple(People(label, tuple(groups[label])) for label in in_order)


def _size(person: Person) -> float:
    return float(person.value.replace(",", "")) if person.value else 0.0


def _follow_up(results: Results, numbers: Numbers, trace: Trace) -> Iterator[Chapter]:
    parts = []
    for row in results.follow_up:
        of = f"{row.group_by} {row.group}" if row.group else "All patients"
        source = Source(row.id, f"Median, {row.unit}", numbers.text(row.id, "median"), row.method)
        members = _members(trace, row.group_by, row.group)
        people = (People("Patients", tuple(Person(patient) for patient in members)),) if members else ()
        parts.append(Behind(f"{of}: {row.method}, n = {fmt.integer(row.n)}", (), (source,), people))
    yield Chapter("Follow-up", tuple(parts))


def _members(trace: Trace, group_by: str | None, group: str | None) -> tuple[str, ...]:
    """Return the patients of a level (all classified ones without a level), in the order of the records."""
    if group_by is None:
        return trace.patients
    levels = trace.groups.get(group_by, {})
    return tuple(
        patient for patient in trace.patients if patient in levels and group in (None, levels[patient])
    )


def _endpoint(results: Results, numbers: Numbers, trace: Trace, endpoint: EndpointInfo) -> Chapter:
    name = endpoint.name
    decided = trace.decisions.get(name, ())
    samples: dict[tuple[str | None, str | None], list[Any]] = {(None, None): []}
    for found in (results.estimates, results.quantiles, results.onsets):
        for one in found:
            if one.endpoint == name:
                samples.setdefault((one.group_by, one.group), []).append(one)
    for test in results.tests:
        if test.endpoint == name:
            samples.setdefault((test.group_by, None), []).append(test)
    parts = [
        Behind(
            _sample_title(results, group_by, group),
            (),
            tuple(_sources(numbers, endpoint, found, whole=group_by is None)),
            _by_outcome(endpoint, decided, frozenset(_members(trace, group_by, group))),
        )
        for (group_by, group), found in samples.items()
    ]
    return Chapter(
        endpoint_title(endpoint),
        tuple(parts),
        tuple(_row(decision_anchor(name, number), one) for number, one in enumerate(decided)),
        trace.left_out.get(name, ()),
    )


def _sample_title(results: Results, group_by: str | None, group: str | None) -> str:
    if group_by is None:
        return "All patients"
    label = next((info.label for info in results.groups if info.name == group_by), group_by)
    return f"{label}: {group}" if group is not None else f"{label}: comparison"


def _sources(
    numbers: Numbers, endpoint: EndpointInfo, found: Iterable[Any], *, whole: bool
) -> Iterator[Source]:
    if whole:
        counts = zip(endpoint.causes, endpoint.counts, strict=False)
        counted = [f"{cause}: {fmt.integer(count)}" for cause, count in counts]
        how = f"{endpoint.event}; {'; '.join(counted)}. Source: {endpoint.source}"
        yield Source(endpoint.name, "Patients counted", fmt.integer(endpoint.n), how)
    for result in found:
        yield source_of(numbers, result)


def _model(model: Model, numbers: Numbers) -> Chapter:
    """Return the fits of a model; its patients are those of its endpoint in whom every covariate is known."""
    parts = []
    for fit in model.fits:
        title = f"{fmt.sentence(fit.cause_label)}: {fit.hazard}, {fit.alone or 'all covariates'}"
        about = (
            ("Patients", f"{fmt.integer(fit.n)} in whom every covariate is known"),
            ("Method", fit.convention),
        )
        sources = tuple(model_sources(numbers, model, fit))
        parts.append(Behind(title, tuple((name, text) for name, text in about if text), sources, ()))
    return Chapter(f"Model of {model.label}", tuple(part for part in parts if part.sources))


def _by_outcome(
    endpoint: EndpointInfo, decided: tuple[Decided, ...], members: frozenset[str]
) -> tuple[People, ...]:
    groups: dict[str, list[Person]] = {}
    for number, one in enumerate(decided):
        if one.patient_id in members:
            person = Person(one.patient_id, decision_anchor(endpoint.name, number))
            groups.setdefault(one.outcome, []).append(person)
    order = [*endpoint.causes, *sorted(set(groups) - set(endpoint.causes))]
    return tuple(People(outcome, tuple(groups[outcome])) for outcome in order if outcome in groups)


def decision_anchor(endpoint: str, number: int) -> str:
    """Return the HTML id of the decision about a patient, by their number in the list."""
    return anchor("why", endpoint, str(number))


def _row(anchored: str, one: Decided) -> DecisionRow:
    time = "" if one.time is None else f"{one.time:,.10g}"
    return DecisionRow(anchored, one.patient_id, time, one.outcome, one.why, one.flags)
