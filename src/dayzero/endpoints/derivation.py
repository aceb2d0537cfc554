"""Derive an endpoint of the catalogue for every patient of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import lookup, worded_for
from dayzero.endpoints.complication.complications import COMPLICATIONS
from dayzero.endpoints.graft.chimerism import ASKED, derive_chimerism
from dayzero.endpoints.graft.engraftment import LIMITS, derive_engraftment
from dayzero.endpoints.graft.engraftment_syndrome import CRITERIA, derive_engraftment_syndrome
from dayzero.endpoints.graft.graft_failure import derive_primary_failure
from dayzero.endpoints.graft.graft_loss import derive_secondary_failure
from dayzero.endpoints.graft.poor_function import derive_poor_function
from dayzero.endpoints.incidence import RULES, derive_incidence
from dayzero.endpoints.leukaemia.measures import derive_measured
from dayzero.endpoints.leukaemia.mrd_response import derive_response
from dayzero.endpoints.leukaemia.relapse_kinds import BY_SITE, derive_by_site, derive_molecular
from dayzero.endpoints.occurrence import OCCURRENCES, derive_occurrence
from dayzero.endpoints.options import STANDARD, Options
from dayzero.endpoints.outcome.after_salvage import derive_after_salvage
from dayzero.endpoints.outcome.composite import VARIANTS, derive_composite, derive_event_free
from dayzero.endpoints.outcome.ending import end_observation, refuse_choice
from dayzero.endpoints.outcome.failure import FAILURES, derive_failure
from dayzero.endpoints.outcome.survival import derive_after_relapse, derive_alive, derive_survival

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.records.model import Records

    Derivation = Callable[[Definition, Records, Options], DerivedEndpoint]

_DERIVATIONS: dict[str, Derivation] = {
    "OS": derive_survival,
    "survival_after_relapse": derive_after_relapse,
    "survival_after_salvage": derive_after_salvage,
    "alive": derive_alive,
    **dict.fromkeys(FAILURES, derive_failure),
    **dict.fromkeys(RULES, derive_incidence),
    **dict.fromkeys(LIMITS, derive_engraftment),
    "EFS": derive_event_free,
    **dict.fromkeys(VARIANTS, derive_composite),
    **dict.fromkeys(CRITERIA, derive_engraftment_syndrome),
    **dict.fromkeys(BY_SITE, derive_by_site),
    "molecular_relapse": derive_molecular,
    "blinatumomab_mrd_response": derive_response,
    "primary_graft_failure": derive_primary_failure,
    "secondary_graft_failure": derive_secondary_failure,
    "poor_graft_function": derive_poor_function,
    **dict.fromkeys(OCCURRENCES, derive_occurrence),
    **dict.fromkeys(ASKED, derive_chimerism),
    "mrd_negative_before_transplant": derive_measured,
    **COMPLICATIONS,
}


def derive(name: str, records: Records, options: Options = STANDARD) -> DerivedEndpoint:
    """Derive one endpoint: for each patient its time, cause, and why.

    Parameters
    ----------
    name : str
        A name or alias of the catalogue.
    records : Records
        Tables on any engine that narwhals understands.
    options : Options
        What a centre may define differently; the definition that comes back says what applied.

    Returns
    -------
    DerivedEndpoint
        Sorted by ``patient_id``; the patients who cannot be counted, with the reason, in ``not_eligible``.

    Raises
    ------
    BadInputError
        When there is no such endpoint.
    RefusalError
        When what is recorded would give a biased answer; the message says for how many patients, and what to
        ask instead.
    """
    definition = worded_for(lookup(name), options)
    refuse_choice(definition, options)
    derived = _DERIVATIONS[definition.name](definition, records, options)
    return end_observation(derived, records, options)
