"""What a run starts from: records read, checked and censored at the data cut-off, and their variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dayzero import endpoints, records
from dayzero.study.cohort import Facts, gather_facts

if TYPE_CHECKING:
    from dayzero.records.findings import Finding
    from dayzero.records.model import Records
    from dayzero.study.loading import Study


@dataclass(frozen=True)
class Inputs:
    """Records and what can be asked about their patients.

    Attributes
    ----------
    records : Records
        Censored at the data cut-off.
    facts : Facts
        Of every patient.
    transplanted : polars.Series
        Whether each patient of ``facts`` has had the first allogeneic transplant.
    findings : tuple of Finding
        Of reading, checking, censoring and deriving variables.
    """

    records: Records
    facts: Facts
    transplanted: pl.Series
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
    read = given if given is not None else _read(study)
    findings = [*read.findings, *records.check(read)]
    cutoff = study.protocol.study.data_cutoff
    if cutoff is not None:
        read, more = endpoints.at_cutoff(read, cutoff)
        findings += more
    variables = endpoints.derive_variables(read)
    facts = gather_facts(variables, _codes_of_mapping(study.protocol.data.mapping))
    _refuse_repeated(facts)
    return Inputs(read, facts, _transplanted(read, facts), (*findings, *variables.findings))
