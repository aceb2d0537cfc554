"""Groupings of a study file, those by an event that happened after day 0 among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.errors import BadInputError, RefusalError
from dayzero.study.asking import derive, general
from dayzero.study.grouping import Grouping, make_grouping
from dayzero.study.landmarks import classified
from dayzero.study.results import GroupInfo
from dayzero.study.words import inside

if TYPE_CHECKING:
    from dayzero.records.model import Records
    from dayzero.study.cohort import Facts
    from dayzero.study.loading import Study


def happened_grouping(study: Study, name: str, facts: Facts, records: Records) -> Grouping:
    """Return ``[groups.NAME] happened = ENDPOINT``: with and without the event, ever.

    At a landmark its levels become those of that day; without one it is known only after day 0.

    Parameters
    ----------
    study : Study
    name : str
    facts : Facts
        Of the cohort's patients.
    records : Records
        Of the cohort's patients.

    Raises
    ------
    BadInputError
        When the endpoint cannot be derived without guessing.
    """
    section = study.protocol.groups[name]
    try:
        derived = derive(general(section.happened, study.protocol), records)
    except RefusalError as error:
        place = study.at("groups", name, "happened")
        raise BadInputError(error.what, where=place, hint=error.instead) from None
    label = section.label or derived.definition.label
    levels = (f"No {inside(label)}", label[:1].upper() + label[1:])
    info = GroupInfo(name=name, label=label, levels=levels, counts=(0, 0), unclassified=0)
    ids = facts.frame.select("patient_id")
    whole = Grouping(info, ids, (derived.definition.name,), (), derived.frame)
    return classified(whole, ids, pl.col("cause") == 1, pl.lit(value=True))


def grouping_of(study: Study, name: str, facts: Facts, records: Records) -> Grouping:
    """Return ``[groups.NAME]``: by rules, by a variable, or by an event."""
    if study.protocol.groups[name].happened:
        return happened_grouping(study, name, facts, records)
    return make_grouping(study, name, facts)
