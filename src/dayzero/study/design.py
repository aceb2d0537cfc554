"""What a report must say about the making of a study: its centres, years, follow-up and software."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import dayzero
from dayzero.study.condition import variables
from dayzero.study.manifest import installed
from dayzero.study.results.design import Design, Software
from dayzero.study.rules import parse_rule

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint
    from dayzero.study.cohort import Facts
    from dayzero.study.loading import Study
    from dayzero.study.protocol import GroupSection

#: Acute GVHD, the first chimerism results and the first milestone of registries are read by this day.
SHORT_DAYS = 100
#: Programs named in a methods section: those that compute.
_COMPUTING = ("numpy", "scipy", "polars")
#: What somebody decided for a patient: groups by these were not drawn by lot.
TREATMENTS = frozenset(
    {
        "blinatumomab",
        "blinatumomab_cycles",
        "blinatumomab_indication",
        "conditioning",
        "donor",
        "donor_group",
        "graft",
        "gvhd_prophylaxis",
        "hla_match",
        "inotuzumab",
        "last_therapy",
        "manipulation",
        "serotherapy",
        "tbi",
        "tbi_gy",
    }
)


def design_of(study: Study, facts: Facts, followed: DerivedEndpoint | None) -> Design:
    """Return how a study was made.

    Parameters
    ----------
    study : Study
    facts : Facts
        Of the cohort's patients.
    followed : DerivedEndpoint or None
        The endpoint whose censoring ends follow-up; None where it could not be derived.
    """
    heading = study.protocol.study
    years, centres = _known(facts, "year"), _known(facts, "centre")
    free = [] if followed is None else followed.frame.filter(followed.frame["cause"] == 0)["time"].to_list()
    return Design(
        design=heading.design,
        centres=len(set(centres)) if len(centres) == facts.frame.height else heading.centres,
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        followed=len(free),
        short_days=SHORT_DAYS,
        short_follow_up=sum(days < SHORT_DAYS for days in free),
        treatment_groups=tuple(
            name for name, section in study.protocol.groups.items() if _names(section) & TREATMENTS
        ),
        software=(
            Software("dayzero", dayzero.__version__),
            Software("Python", platform.python_version()),
            *(Software(name, installed(name)) for name in _COMPUTING),
        ),
    )


def _known(facts: Facts, name: str) -> list[Any]:
    return facts.frame[name].drop_nulls().to_list() if name in facts.frame.columns else []


def _names(section: GroupSection) -> set[str]:
    """Return the variables that decide about a patient's level."""
    if section.variable:
        return {section.variable}
    return {name for rule in section.levels.values() for name in variables(parse_rule(rule, ""))}
