"""An endpoint definition is data; deriving it gives one row per patient: time, cause and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

    from dayzero.records.findings import Finding

#: ``survival``: death is part of the event, Kaplan-Meier. ``incidence``: something death can prevent,
#: Aalen-Johansen with its competing events. ``proportion``: happened or not, no time; exact interval.
Kind = Literal["survival", "incidence", "proportion"]


@dataclass(frozen=True)
class Definition:
    """One endpoint as published.

    Attributes
    ----------
    name : str
        Name in a study file, such as ``CIR``.
    label : str
        As printed, such as ``Cumulative incidence of relapse``.
    kind : {"survival", "incidence", "proportion"}
    origin : str
        Where its clock starts.
    event : str
        What counts as the event (cause 1).
    competing : tuple of str
        What can prevent it, in the order of causes 2, 3...
    censoring : str
        When observation ends without either.
    eligible : str
        Who can be counted.
    source : str
        Where the definition is published.
    family : str
        Of the catalogue, such as ``gvhd``; filled in there.
    horizons : tuple of int
        Days at which the field reports it; used by a study in days that names no horizons.
    """

    name: str
    label: str
    kind: Kind
    origin: str
    event: str
    competing: tuple[str, ...]
    censoring: str
    eligible: str
    source: str
    family: str = ""
    horizons: tuple[int, ...] = ()


@dataclass(frozen=True)
class DerivedEndpoint:
    """An endpoint derived for a set of patients.

    Attributes
    ----------
    definition : Definition
    frame : polars.DataFrame
        One row per eligible patient, sorted by ``patient_id``: ``patient_id`` (String), ``time`` (days from
        the origin: Int64, or Float64 when the centre gave fractional times), ``cause`` (Int64; 0 censored, 1
        the event, 2.. competing; for a proportion 1 it happened, 0 it did not, and ``time`` is the day it
        happened or, if it did not, the last day observed, null when not recorded), ``why`` (one sentence with
        the deciding fact), ``flags`` (String, semicolon-separated, such as ``given``).
    causes : tuple of str
        Words for causes 1, 2, ...
    not_eligible : polars.DataFrame
        ``patient_id``, ``reason`` for the patients left out (the same words for the same reason, so that it
        can be counted), and ``fact``: the row or day that decided, or null.
    findings : tuple of Finding
    """

    definition: Definition
    frame: pl.DataFrame
    causes: tuple[str, ...]
    not_eligible: pl.DataFrame
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Variable:
    """A patient variable that can make a group, a rule or a line of a table.

    Attributes
    ----------
    name : str
        Name in a study file's rules, such as ``remission_number``.
    label : str
        As printed.
    kind : {"number", "category", "yes/no"}
    known : {"day 0", "relapse", "first salvage", "after day 0"}
        A variable known only after day 0 cannot group a curve from day 0; one known only after relapse none
        from relapse.
    unit : str
    source : str
        Rule that derived it.
    detail : bool
        Explains or regroups another variable: it is in a table only when asked for by name.
    """

    name: str
    label: str
    kind: Literal["number", "category", "yes/no"]
    known: str = "day 0"
    unit: str = ""
    source: str = ""
    detail: bool = False


@dataclass(frozen=True)
class Variables:
    """Variables derived for every patient.

    Attributes
    ----------
    frame : polars.DataFrame
        ``patient_id`` and one column per variable (Float64 or Int64, String, or Boolean; null is not known),
        sorted by ``patient_id``.
    notes : mapping of str to Variable
    findings : tuple of Finding
    """

    frame: pl.DataFrame
    notes: dict[str, Variable]
    findings: tuple[Finding, ...] = ()
