"""How a study was made, as the methods and the limitations of its report say it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Software:
    """A program whose version can change a number."""

    name: str
    version: str


@dataclass(frozen=True)
class Design:
    """How a study was made, as far as its records and its study file say.

    Attributes
    ----------
    design : {"retrospective", "prospective", ""}
        As the study file says; empty where it does not.
    centres : int or None
        Different centres recorded or, where none is, as the study file says.
    first_year, last_year : int or None
        Years of transplant.
    followed : int
        Patients who had not had the event that ends follow-up (usually death).
    short_days, short_follow_up : int
        How many of them were followed for fewer than ``short_days`` days.
    treatment_groups : tuple of str
        Groupings whose levels are treatments, which were chosen for a reason.
    """

    design: str = ""
    centres: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    followed: int = 0
    short_days: int = 100
    short_follow_up: int = 0
    treatment_groups: tuple[str, ...] = ()
    software: tuple[Software, ...] = ()
