"""What two states of the records make of one study: endpoints that changed and results that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from dayzero.study.runner import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dayzero.records.model import Records
    from dayzero.study.loading import Study
    from dayzero.study.runner import StudyRun

#: The lists of results that hold numbers, and their numbers.
_NUMBERS: Final = {
    "cohort": ("remaining",),
    "estimates": ("estimate", "lower", "upper", "std_err", "n", "events", "at_risk"),
    "tests": ("statistic", "p_value", "n"),
    "quantiles": ("estimate", "lower", "upper"),
    "follow_up": ("median", "lower", "upper", "minimum", "maximum", "n"),
}
#: The numbers of one line of a regression.
_OF_TERMS: Final = ("n", "events", "ratio", "lower", "upper", "p_value")


@dataclass(frozen=True)
class EndpointChange:
    """An endpoint of one patient that is not the same.

    Attributes
    ----------
    endpoint, patient_id : str
    change : {"added", "removed", "changed"}
        Added: counted in the new state only.
    old, new : str
        Outcome and day, such as ``relapse, day 200``; empty where the patient is not counted.
    old_why, new_why : str
    """

    endpoint: str
    patient_id: str
    change: Literal["added", "removed", "changed"]
    old: str
    new: str
    old_why: str
    new_why: str


@dataclass(frozen=True)
class Moved:
    """A number of the results that is not the same.

    Attributes
    ----------
    part : str
        The list of the results: ``cohort``, ``estimates``, ``tests``, ``quantiles``, ``follow_up`` or
        ``models``.
    id : str
        As in ``results.json``.
    quantity : str
        Such as ``estimate``, ``p_value``.
    old, new : float or None
        None where the number does not exist.
    difference : float or None
        New minus old.
    """

    part: str
    id: str
    quantity: str
    old: float | None
    new: float | None
    difference: float | None


@dataclass(frozen=True)
class StudyDiff:
    """What changed in a study; ``refused`` and ``no_longer_refused`` are ids of refusals."""

    endpoints: tuple[EndpointChange, ...]
    moved: tuple[Moved, ...]
    compared: int
    refused: tuple[str, ...]
    no_longer_refused: tuple[str, ...]


def compare_study(study: Study, old: Records, new: Records) -> StudyDiff:
    """Run a study on two states of the records and compare everything it finds.

    Parameters
    ----------
    study : Study
    old, new : Records

    Returns
    -------
    StudyDiff
        Numbers are compared exactly; ``compared`` counts them.

    Raises
    ------
    BadInputError
        When the study cannot be run on one of them.
    """
    before, after = run(study, records=old), run(study, records=new)
    was, now = _numbers(before), _numbers(after)
    keys = list(dict.fromkeys([*was, *now]))
    moved = [_moved(key, was.get(key), now.get(key)) for key in keys if was.get(key) != now.get(key)]
    refused, again = ({each.id for each in done.results.refusals} for done in (before, after))
    return StudyDiff(
        tuple(_endpoints(before, after)),
        tuple(moved),
        len(keys),
        tuple(sorted(again - refused)),
        tuple(sorted(refused - again)),
    )


Key = tuple[str, str, str]


def _numbers(done: StudyRun) -> dict[Key, float | None]:
    found = {
        (part, item.id, quantity): getattr(item, quantity)
        for part, quantities in _NUMBERS.items()
        for item in getattr(done.results, part)
        for quantity in quantities
    }
    terms = (term for model in done.results.models for fit in model.fits for term in fit.terms)
    return found | {("models", t.id, quantity): getattr(t, quantity) for t in terms for quantity in _OF_TERMS}


def _moved(key: Key, old: float | None, new: float | None) -> Moved:
    return Moved(*key, old, new, None if old is None or new is None else new - old)


def _endpoints(before: StudyRun, after: StudyRun) -> Iterator[EndpointChange]:
    was, now = (
        {(row["endpoint"], row["patient_id"]): row for row in _rows(each)} for each in (before, after)
    )
    for key in sorted({*was, *now}):
        old, new = was.get(key), now.get(key)
        if old is None and new is not None:
            yield EndpointChange(*key, "added", "", _outcome(new), "", new["why"])
        elif new is None and old is not None:
            yield EndpointChange(*key, "removed", _outcome(old), "", old["why"], "")
        elif old is not None and new is not None and _decided(old) != _decided(new):
            yield EndpointChange(*key, "changed", _outcome(old), _outcome(new), old["why"], new["why"])


def _rows(done: StudyRun) -> list[dict[str, Any]]:
    return list(done.endpoints.iter_rows(named=True))


def _decided(row: dict[str, Any]) -> tuple[object, ...]:
    return row["time"], row["cause_label"]


def _outcome(row: dict[str, Any]) -> str:
    return str(row["cause_label"]) + ("" if row["time"] is None else f", day {row['time']:.10g}")
