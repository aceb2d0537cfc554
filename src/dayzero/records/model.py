"""Records after ingest: six tables of facts on a day scale, nothing that names a person or a date."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dayzero.records.places import Places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import polars as pl

    from dayzero.records.findings import Finding


@dataclass(frozen=True)
class Source:
    """Where records came from: enough to check that two runs read the same bytes.

    Attributes
    ----------
    name : str
        File or folder name, without the path that leads to it.
    kind : str
        ``workbook``, ``csv folder``, ``parquet folder``, ``flat file``, ``REDCap export``,
        ``FHIR resources``, ``DuckDB file`` or ``PostgreSQL database``.
    sha256 : str
        Hash of the bytes read (of a folder: of the sorted names and bytes of its tables; of a database: of
        what the queries gave, in any order of rows).
    rows : mapping of str to int
        Rows read for each table or sheet, before any was refused.
    locked : bool
        Whether a data lock of such a source was read: ``name`` and ``sha256`` are then the lock's.
    cutoff : datetime.date or None
        Of a data lock: the data cut-off at which it was made.
    """

    name: str
    kind: str
    sha256: str
    rows: Mapping[str, int] = field(default_factory=dict)
    locked: bool = False
    cutoff: date | None = None


@dataclass(frozen=True)
class Records:
    """Facts about patients, relative to day 0.

    Attributes
    ----------
    tables : mapping of str to frame
        ``patients``, ``treatments``, ``transplants``, ``measurements``, ``events``, ``follow_up``, each with
        columns of :func:`~dayzero.records.tables.ingested_schema`: a Polars frame, or any that narwhals
        understands. Every table has ``row``, the source row number. Tables a source does not
        have are present and empty.
    given : polars.DataFrame
        Times to a first outcome that the centre had already derived (``row``, ``patient_id``, ``name``,
        ``time`` in days as a float, ``outcome`` such as ``censored``, ``relapse``, ``death``); empty for most
        sources.
    key : polars.DataFrame or None
        ``patient_id``, ``day0`` (a date): the one link to the calendar. Used to turn a data cut-off into a
        day, written to no output. ``None`` when the source holds no dates.
    variables : mapping of str to VariableNote
        Extra patient columns that a flat file's mapping declared: label, and when each became known.
    findings : tuple of Finding
        What reading and checking found.
    source : Source
    places : Places
        What the user calls each table and column, so that findings point at the user's own file.
    """

    tables: Mapping[str, Any]
    given: pl.DataFrame
    key: pl.DataFrame | None
    source: Source
    variables: Mapping[str, VariableNote] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    places: Places = field(default_factory=Places)


@dataclass(frozen=True)
class VariableNote:
    """What is known about an extra patient variable declared in a flat file's mapping.

    Attributes
    ----------
    label : str
        As printed.
    known : str
        ``"day 0"`` when it was known at transplant, ``"after day 0"`` when it became known later: such a
        variable cannot group a curve that starts at day 0.
    unit : str
        Unit of a number, else empty.
    kind : {"category", "number", "yes/no"}
        A category and a yes/no are text in the table ``patients``, a number is a float.
    """

    label: str
    known: str = "day 0"
    unit: str = ""
    kind: str = "category"
