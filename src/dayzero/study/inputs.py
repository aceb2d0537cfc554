"""What a run starts from: records read, checked and censored at the data cut-off, and their variables."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero import endpoints, records
from dayzero.errors import BadInputError
from dayzero.records.engines import collect, is_on_disk, only
from dayzero.records.queries import POSTGRESQL, is_database
from dayzero.records.schema import Code
from dayzero.study import guardrails
from dayzero.study.asking import options_of
from dayzero.study.cohort import Facts, People, gather_facts
from dayzero.study.words import patients

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dayzero.records.findings import Finding
    from dayzero.records.mapping import FlatMapping
    from dayzero.records.model import Records
    from dayzero.records.queries import Queries
    from dayzero.study.loading import Study

#: "events 2" in a place of the mapping is the second [[data.events]].
_NUMBERED = re.compile(r"(?P<table>\w+) (?P<number>\d+)")


@dataclass(frozen=True)
class Inputs:
    """Records and what can be asked about their patients.

    Attributes
    ----------
    records : Records
        Censored at the data cut-off.
    facts : Facts
        Of every patient of these records.
    people : People
        Who was in the data before the cut-off was applied.
    findings : tuple of Finding
        Of reading, checking, censoring and deriving variables.
    """

    records: Records
    facts: Facts
    people: People
    findings: tuple[Finding, ...]


def gather(study: Study, given: Records | None = None) -> Inputs:
    """Read and check the data that a study file names.

    Parameters
    ----------
    study : Study
    given : Records, optional
        Records already read, in place of the file.

    Raises
    ------
    BadInputError
        When the file cannot be read as what it is said to be.
    """
    mapping = mapping_of(study)
    read = given if given is not None else read_data(study, mapping)
    if mapping is not None:
        _refuse_split(read)
    findings = [*read.findings, *records.check(read)]
    everyone = _ids(read, "patients")
    transplanted = frozenset(_allogeneic(read)["patient_id"])
    seen = None
    if study.protocol.study.data_cutoff is not None:
        read = _cut(study, read, study.protocol.study.data_cutoff)
        findings += read.findings
        seen = frozenset(_ids(read, "patients"))
    variables = endpoints.derive_variables(read, options_of(study.protocol.definitions))
    findings += [*variables.findings, *_later_transplants(_allogeneic(read))]
    facts = gather_facts(variables, _codes_of(mapping))
    return Inputs(read, facts, People(len(everyone), transplanted, seen), tuple(findings))


def _cut(study: Study, read: Records, cutoff: date) -> Records:
    """Return the records as seen at the cut-off; a lock was made at one, and holds no dates to cut at."""
    if read.source.locked:
        if read.source.cutoff == cutoff:
            return read
        made = read.source.cutoff
        what = f"the lock was made at the data cut-off {made}" if made else "the lock has no data cut-off"
        hint = f"make one at this cut-off: dayzero lock SOURCE --cutoff {cutoff}"
        allowed = str(made) if made else "no data_cutoff"
        raise BadInputError(what, where=study.at("study", "data_cutoff"), allowed=allowed, hint=hint)
    try:
        return endpoints.at_cutoff(read, cutoff)
    except BadInputError as error:
        where = error.where or study.at("study", "data_cutoff")
        raise BadInputError(error.what, where=where, allowed=error.allowed, hint=error.hint) from None


def _ids(read: Records, table: str) -> list[str]:
    frame = nw.from_native(read.tables[table]).lazy().select("patient_id")
    ids: list[str] = collect(frame)["patient_id"].to_list()
    return ids


def read_data(study: Study, mapping: FlatMapping | None) -> Records:
    """Read the records that ``[data]`` names, relative to the study file."""
    data = study.protocol.data
    _refuse_address(study)
    queries = queries_of(study)
    if data.source == POSTGRESQL:
        return records.read(
            POSTGRESQL, date_order=data.date_order, queries=queries, partial_dates=data.partial_dates
        )
    path = study.folder / data.source
    if not path.exists():
        what = f"there is no file or folder '{data.source}'"
        hint = f"the path is relative to the study file{_nearby(study)}"
        raise BadInputError(what, where=study.at("data", "source"), hint=hint)
    try:
        return records.read(
            path,
            date_order=data.date_order,
            mapping=mapping,
            queries=queries,
            engine=data.engine,
            partial_dates=data.partial_dates,
        )
    except BadInputError as error:
        if data.engine == "polars" or not error.what.startswith("engine = "):
            raise
        where = study.at("data", "engine")
        raise BadInputError(error.what, where=where, allowed=error.allowed, hint=error.hint) from None


def _refuse_address(study: Study) -> None:
    """Refuse the address of a database in the study file without repeating it: it may hold a password."""
    if re.match(r"[a-z0-9+]+://", study.protocol.data.source, re.IGNORECASE):
        raise BadInputError(
            what="source is an address",
            where=study.at("data", "source"),
            allowed='a file, a folder, or "postgresql"',
            hint='source = "postgresql" and connection = "DAYZERO_PG", the variable that holds the address',
        )


def queries_of(study: Study) -> Queries | None:
    """Return the queries of a database, None when the data are files.

    Raises
    ------
    BadInputError
        When a query or the connection is not allowed; the line of the study file is named.
    """
    data = study.protocol.data
    if data.layout != "tables" or not is_database(data.source):
        return None
    start = f"{study.name}, [data]"
    try:
        return records.queries_from(data.mapping, data.source, start)
    except BadInputError as error:
        place = _with_line(study, error.where, start)
        raise BadInputError(error.what, where=place, allowed=error.allowed, hint=error.hint) from None


def _nearby(study: Study) -> str:
    others = sorted(
        path.name
        for path in study.folder.iterdir()
        if path.suffix.lower() in (".xlsx", ".xls", ".ods", ".csv", ".parquet", ".json", ".ndjson", ".duckdb")
    )
    return f"; data files there: {', '.join(others[:8])}" if others else ""


def mapping_of(study: Study) -> FlatMapping | None:
    """Return the mapping of a flat file or REDCap export, None when the data are tables.

    Raises
    ------
    BadInputError
        When the mapping is not allowed; the line of the study file is named.
    """
    data = study.protocol.data
    if data.layout == "tables":
        return None
    start = f"{study.name}, [data]"
    try:
        section = {**data.mapping, "date_order": data.date_order, "layout": data.layout}
        return records.flat_mapping(section, start)
    except BadInputError as error:
        place = _with_line(study, error.where, start)
        raise BadInputError(error.what, where=place, allowed=error.allowed, hint=error.hint) from None


def _with_line(study: Study, where: str, start: str) -> str:
    """Add the line of the study file to a place such as ``study.toml, [data], events 2, time``."""
    path: list[str | int] = ["data"]
    for part in where.removeprefix(start).split(", "):
        match = _NUMBERED.fullmatch(part)
        if match:
            path += [match["table"], int(match["number"]) - 1]
        elif part:
            path.append(part)
    inner = where.removeprefix(f"{study.name}, ")
    return f"{study.at(*path)}, {inner}"


def _codes_of(mapping: FlatMapping | None) -> dict[str, tuple[Code, ...]]:
    """Return the closed lists of values that a mapping gives its own variables."""
    if mapping is None:
        return {}
    return {
        name: tuple(Code(word) for word in dict.fromkeys(variable.origin.codes.values()))
        for name, variable in mapping.variables.items()
        if variable.origin.codes
    }


def _allogeneic(read: Records) -> pl.DataFrame:
    """Return ``patient_id``, ``day`` of the allogeneic transplants."""
    frame = nw.from_native(read.tables["transplants"]).lazy()
    return collect(frame.filter(nw.col("type") == "allogeneic").select("patient_id", "day"))


def _later_transplants(transplants: pl.DataFrame) -> list[Finding]:
    again = transplants.filter(pl.col("day") > 0)["patient_id"].n_unique()
    if not again:
        return []
    what = f"{patients(again)} had a later allogeneic transplant; the first one is analysed."
    return [guardrails.LATER_TRANSPLANTS.finding(what)]


def _refuse_split(read: Records) -> None:
    """Refuse a flat file in which patients have several rows: the first of them alone would be analysed.

    Raises
    ------
    BadInputError
        With the rule; rows cut where a covariate changes are such a file.
    """
    again = [finding for finding in read.findings if finding.id == "records.duplicate_patient"]
    if again:
        rule = guardrails.COUNTED_TWICE
        rows = f"{len(again):,} row" if len(again) == 1 else f"{len(again):,} rows"
        what = f"{rows} repeat a patient who has a row already. {rule.rule}"
        raise BadInputError(what, where=str(again[0].where), allowed="one row a patient", hint=rule.hint)


def refuse_repeated(ids: Sequence[str], where: str) -> None:
    """Refuse a cohort in which a patient stands twice.

    Raises
    ------
    BadInputError
        With the rule; readers never let this happen, but frames given in memory can.
    """
    if len(set(ids)) < len(ids):
        twice = len(ids) - len(set(ids))
        what = f"{patients(twice)} counted twice. {guardrails.COUNTED_TWICE.rule}"
        raise BadInputError(what, where=where, hint=guardrails.COUNTED_TWICE.hint)


def restricted(read: Records, ids: Sequence[str]) -> Records:
    """Return the records of these patients only."""

    def keep(frame: Any) -> Any:
        if is_on_disk(frame):
            return only(frame, ids)
        return nw.to_native(nw.from_native(frame).filter(nw.col("patient_id").is_in(ids)))

    tables = {name: keep(frame) for name, frame in read.tables.items()}
    return replace(read, tables=tables, given=keep(read.given))
