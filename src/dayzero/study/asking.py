"""What each outcome of a study asks for: an endpoint of the catalogue under the definitions of the study.

An outcome with definitions of its own is a sensitivity analysis: it has a name and a label that say so, and
stands beside the primary one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dayzero import endpoints
from dayzero.endpoints.catalogue import lookup
from dayzero.endpoints.choices import SECOND, applied, choice_in_words, in_words, possible
from dayzero.endpoints.options import STANDARD, Options
from dayzero.study.landmarks import landmarked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.records.model import Records
    from dayzero.study.protocol import DefinitionsSection, OutcomeSection, Protocol

#: How a choice is said in the label of a sensitivity analysis.
_SAID = {
    ("second_transplant", "ignore"): "second transplant ignored",
    ("second_transplant", "censor"): "censored at second transplant",
    ("second_transplant", "compete"): "second transplant competing",
    ("donor_lymphocytes", "ignore"): "donor lymphocytes ignored",
    ("donor_lymphocytes", "censor"): "censored at donor lymphocytes",
}


@dataclass(frozen=True)
class Asked:
    """An endpoint as asked for.

    Attributes
    ----------
    definition : Definition
        Of the catalogue, with the name and label of the sensitivity analysis where it is one.
    base : str
        Its name in the catalogue.
    options : Options
    choices : tuple of str
        What applied, in words.
    landmark : float or None
        Day on which the clock starts, in place of the endpoint's own origin.
    """

    definition: Definition
    base: str
    options: Options
    landmark: float | None = None

    @property
    def name(self) -> str:
        """Name in results: that of the catalogue, with what was chosen for a sensitivity analysis."""
        return self.definition.name

    @property
    def choices(self) -> tuple[str, ...]:
        """What applied, in words."""
        return in_words(self.base, self.options)


def options_of(section: DefinitionsSection, start: Options = STANDARD) -> Options:
    """Return the options that a section sets, the others as in ``start``."""
    return replace(start, **chosen(section))


def chosen(section: DefinitionsSection) -> dict[str, Any]:
    """Return the keys that a section sets, in the order of the model."""
    return {key: value for key, value in section.model_dump().items() if value is not None}


def asked(outcome: OutcomeSection, protocol: Protocol) -> Asked:
    """Return what an outcome asks for.

    Parameters
    ----------
    outcome : OutcomeSection
    protocol : Protocol
    """
    definition = lookup(outcome.endpoint)
    name, own = definition.name, chosen(outcome.definition)
    options = options_of(outcome.definition, possible(name, options_of(protocol.definitions)))
    if own:
        said = "; ".join(
            _SAID.get((key, str(value))) or choice_in_words(name, key, options) for key, value in own.items()
        )
        suffix = "_".join(f"{key}_{_part(value)}" for key, value in own.items())
        definition = replace(
            definition, name=f"{definition.name}_{suffix}", label=f"{definition.label} ({said})"
        )
    return at_day(Asked(definition, name, options), outcome.landmark)


def at_day(question: Asked, landmark: float | None) -> Asked:
    """Return the question asked from a landmark day on, under a name and a label that say so."""
    if landmark is None:
        return question
    day = f"{landmark:g}"
    definition = replace(
        question.definition,
        name=f"{question.name}_from_day_{day.replace('.', '_')}",
        label=f"{question.definition.label} from day {day}",
    )
    return replace(question, definition=definition, landmark=landmark)


def _part(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}".replace(".", "_")


def general(name: str, protocol: Protocol) -> Asked:
    """Return an endpoint of the catalogue under those definitions of the whole study that it can have."""
    definition = lookup(name)
    return Asked(definition, definition.name, possible(definition.name, options_of(protocol.definitions)))


def derive(question: Asked, records: Records) -> DerivedEndpoint:
    """Derive what was asked for, under its own name.

    Raises
    ------
    RefusalError
        When the endpoint cannot be derived without guessing.
    """
    derived = endpoints.derive(question.base, records, question.options)
    named = replace(derived.definition, name=question.name, label=question.definition.label)
    own = replace(derived, definition=named)
    if question.landmark is None:
        return own
    return landmarked(own, question.landmark)


def check_identities(questions: Iterable[Asked], derived: Mapping[str, DerivedEndpoint]) -> None:
    """Check the identities among the endpoints for which a second transplant means the same.

    Raises
    ------
    IdentityError
        Naming the endpoints that contradict each other.
    """
    done = [q for q in questions if q.name in derived and q.landmark is None]
    meanings = {question.name: applied(question.base, question.options, SECOND) for question in done}
    for meaning in sorted({value for value in meanings.values() if value} | {""}):
        alike = [q for q in done if meanings[q.name] in (meaning, None)]
        endpoints.check_identities({q.base: derived[q.name] for q in alike})
