"""Death by cause: every class competes with all the others."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import DAY_0, TRANSPLANTED
from dayzero.endpoints.definition import Definition
from dayzero.endpoints.outcome.death_causes import PRIORITY, UNKNOWN, WORDS

SOURCE = (
    "competing risks: EBMT Handbook 2024, chapter 6; hierarchy: Copelan et al., Biol Blood Marrow "
    "Transplant 2007 (abstract: relapse first, graft failure and GVHD before infection); the rest of the "
    "order and the words of each class are choices of this project"
)
_HIERARCHY = (
    "; of several causes the first of relapse, graft failure, GVHD, infection, second malignancy, organ "
    "toxicity, haemorrhage, another stated cause (an option changes the order); death after a relapse "
    "after transplant is of relapse, whatever is recorded (a relapse without a day counts, unless detail "
    "says before transplant)"
)


def _death(name: str) -> Definition:
    event = f"death of {WORDS[name]}" + _HIERARCHY
    if name == UNKNOWN:
        event = (
            "death without a cause, with a cause recorded as unknown, or in words that no class knows, and "
            "no relapse before it; never counted among the others"
        )
    return Definition(
        name=f"death_{name.lower().replace(' ', '_')}",
        label=f"Death of {WORDS[name]}",
        kind="incidence",
        origin=DAY_0,
        event=event,
        competing=("death of another cause",),
        censoring="last date known alive; never at a second transplant",
        eligible=TRANSPLANTED,
        source=SOURCE,
    )


DEFINITIONS = tuple(_death(name) for name in (*PRIORITY, UNKNOWN))
