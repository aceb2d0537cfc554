"""Who the constructed patients are: the counts that Algeri et al. 2025 print, dealt out to 78 courses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from algeri2025.search import Course

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from algeri2025.draw import Draw

Purpose = Literal["refractory", "MRD clearance", "consolidation"]
Timing = Literal["", "very early", "early", "late"]

#: Very-high-risk features beside a very early relapse; the words are those of the column ``cytogenetics``,
#: except the last two, which are told by a measurement and by the day of the first remission.
IKZF1_POOR = "IKZF1plus with poor MRD response"
LATE_REMISSION = "no CR at day +33"


@dataclass(frozen=True)
class Profile:
    """One constructed patient without days.

    Attributes
    ----------
    course : Course
        What happens after transplant.
    remission : int
        1, 2 or 3.
    purpose : str
        Why blinatumomab was given; the paper's three words.
    features : tuple of str
        Very-high-risk features.
    timing : str
        Of the first relapse before transplant.
    mrd_negative : bool
        MRD below 1e-4 in the 30 days before transplant.
    donor : str
    salvage : str
        After a relapse that followed the transplant; empty when none.
    immunophenotype, last_therapy : str
        Differ from B-ALL and blinatumomab in the six records that the cohort's rules exclude.
    """

    course: Course
    remission: int
    purpose: Purpose = "consolidation"
    features: tuple[str, ...] = ()
    timing: Timing = ""
    mrd_negative: bool = True
    donor: str = ""
    salvage: str = ""
    immunophenotype: str = "B-ALL"
    last_therapy: str = "blinatumomab"

    @property
    def inotuzumab(self) -> bool:
        """Return whether inotuzumab was part of re-induction."""
        return self.course.arm == "Inotuzumab"


def profiles(courses: Sequence[Course], draw: Draw) -> list[Profile]:
    """Return the 78 profiles and, after them, the six that the cohort's rules exclude."""
    people = [Profile(course, 1 if course.arm == "CR1" else 2) for course in draw.shuffled(courses)]
    people = _third_remissions(people, draw)
    people = _purposes(people, draw)
    people = _risk(people, draw)
    people = _donors(people, draw)
    return _salvage(people) + _excluded(draw)


def _deal(
    people: list[Profile],
    draw: Draw,
    n: int,
    who: Callable[[Profile], bool],
    change: Callable[[Profile], Profile],
) -> list[Profile]:
    """Change ``n`` patients taken at random from those for whom ``who`` holds."""
    chosen = set(draw.shuffled([i for i, person in enumerate(people) if who(person)])[:n])
    if len(chosen) < n:
        msg = f"only {len(chosen)} patients for a count of {n}"
        raise ValueError(msg)
    return [change(person) if i in chosen else person for i, person in enumerate(people)]


def _third_remissions(people: list[Profile], draw: Draw) -> list[Profile]:
    for inotuzumab, n in ((True, 2), (False, 3)):
        people = _deal(
            people,
            draw,
            n,
            lambda p, ino=inotuzumab: p.remission == 2 and p.inotuzumab is ino,  # type: ignore[misc]
            lambda p: replace(p, remission=3),
        )
    return people


def _purposes(people: list[Profile], draw: Draw) -> list[Profile]:
    """3 refractory (all CR2), 23 for MRD clearance; 6 of these 26 are not MRD negative afterwards."""
    steps: tuple[tuple[int, Callable[[Profile], bool], Callable[[Profile], Profile]], ...] = (
        (3, lambda p: p.remission == 2, lambda p: replace(p, purpose="refractory")),
        (7, lambda p: p.remission == 1, lambda p: replace(p, purpose="MRD clearance")),
        (
            16,
            lambda p: p.remission > 1 and p.purpose == "consolidation",
            lambda p: replace(p, purpose="MRD clearance"),
        ),
        (1, lambda p: p.purpose == "refractory", lambda p: replace(p, mrd_negative=False)),
        (5, lambda p: p.purpose == "MRD clearance", lambda p: replace(p, mrd_negative=False)),
    )
    for n, who, change in steps:
        people = _deal(people, draw, n, who, change)
    return people


def _risk(people: list[Profile], draw: Draw) -> list[Profile]:
    """31 with a very-high-risk feature: 12 in CR1; in CR2, 14 by a very early relapse and 5 otherwise."""
    first: tuple[tuple[int, tuple[str, ...]], ...] = (
        (3, ("hypodiploidy",)),
        (2, ("TCF3::HLF",)),
        (2, ("KMT2A::AFF1",)),
        (2, (IKZF1_POOR,)),
        (1, (IKZF1_POOR, LATE_REMISSION)),
        (2, (LATE_REMISSION,)),
    )
    second: tuple[tuple[int, tuple[str, ...]], ...] = (
        (2, ("hypodiploidy",)),
        (1, ("KMT2A::AFF1",)),
        (2, (IKZF1_POOR,)),
    )
    for remission, plan in ((1, first), (2, second)):
        for n, features in plan:
            people = _deal(
                people,
                draw,
                n,
                lambda p, r=remission: p.remission == r and not p.features,  # type: ignore[misc]
                lambda p, f=features: replace(p, features=f),  # type: ignore[misc]
            )
    people = [_timed(person, "early" if person.remission > 1 else "") for person in people]
    relapsed_once = 59 - 5  # CR2 without another feature
    people = _deal(
        people, draw, 14, lambda p: p.remission == 2 and not p.features, lambda p: _timed(p, "very early")
    )
    late = (relapsed_once - 14) // 2
    return _deal(
        people, draw, late, lambda p: p.timing == "early" and p.remission == 2, lambda p: _timed(p, "late")
    )


def _timed(person: Profile, timing: Timing) -> Profile:
    return replace(person, timing=timing)


def _donors(people: list[Profile], draw: Draw) -> list[Profile]:
    donors = [
        *["matched sibling"] * 12,
        "other matched related",
        *["matched unrelated"] * 27,
        *["mismatched unrelated"] * 6,
        *["haploidentical"] * 32,
    ]
    return [replace(person, donor=donor) for person, donor in zip(people, draw.shuffled(donors), strict=True)]


def _salvage(people: list[Profile]) -> list[Profile]:
    """10 CAR T, 2 inotuzumab, 2 chemotherapy, 2 nothing: who survived longest after relapse had CAR T."""
    relapsed = sorted(
        (i for i, p in enumerate(people) if p.course.cause == 1),
        key=lambda i: people[i].course.last - people[i].course.first,
    )
    given = ["", "", "chemotherapy", "chemotherapy", "inotuzumab", "inotuzumab", *["CAR T"] * 10]
    out = list(people)
    for i, agent in zip(relapsed, given, strict=True):
        out[i] = replace(out[i], salvage=agent)
    return out


def _excluded(draw: Draw) -> list[Profile]:
    """Return six records that are no part of the cohort, so that the rules have something to leave out."""

    def alive(remission: int, immunophenotype: str, last_therapy: str) -> Profile:
        day = draw.between(200, 1500)
        course = Course("CR1" if remission == 1 else "No inotuzumab", day, 0, day, died=False)
        donor = draw.choice(("matched sibling", "matched unrelated", "haploidentical"))
        timing: Timing = "" if remission == 1 else "early"
        return Profile(
            course,
            remission,
            timing=timing,
            donor=donor,
            immunophenotype=immunophenotype,
            last_therapy=last_therapy,
        )

    return [
        alive(1, "T-ALL", "chemotherapy"),
        alive(2, "T-ALL", "chemotherapy"),
        alive(1, "B-ALL", "chemotherapy"),
        alive(2, "B-ALL", "chemotherapy"),
        alive(2, "B-ALL", "chemotherapy"),
        alive(2, "B-ALL", "inotuzumab"),
    ]
