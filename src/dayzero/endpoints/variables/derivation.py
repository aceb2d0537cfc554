"""Derive every variable of every patient: each family reduced on the engine, then joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl
from polars import selectors as cs

from dayzero.endpoints.course import course_of
from dayzero.endpoints.course_findings import run
from dayzero.endpoints.definition import Variables
from dayzero.endpoints.frames import collect
from dayzero.endpoints.leukaemia.measures import unstated_sensitivity
from dayzero.endpoints.options import STANDARD, Options
from dayzero.endpoints.variables.chimerism import bounded_chimerism, chimerism_family
from dayzero.endpoints.variables.comorbidity import comorbidity_family
from dayzero.endpoints.variables.complication import complication_families
from dayzero.endpoints.variables.conditioning import conditioning_family, intensity_findings
from dayzero.endpoints.variables.course import (
    FOLLOW_UP_CHECKS,
    FOLLOW_UP_NOTES,
    engraftment_family,
    follow_up,
)
from dayzero.endpoints.variables.custom import custom_notes, custom_values, replaced
from dayzero.endpoints.variables.disease import mrd_family, relapse_family, with_relapse_timing
from dayzero.endpoints.variables.donor_match import match_family
from dayzero.endpoints.variables.easix import easix_family
from dayzero.endpoints.variables.gvhd import gvhd_families
from dayzero.endpoints.variables.immune import immune_families
from dayzero.endpoints.variables.mrd import mrd_families, response_notes, response_values
from dayzero.endpoints.variables.patient import CUSTOM, patient_family
from dayzero.endpoints.variables.relapse import RELAPSE_AFTER_NOTES, relapses_after
from dayzero.endpoints.variables.relapse_risk import with_relapse_risk
from dayzero.endpoints.variables.risk import risk_families, with_very_high_risk
from dayzero.endpoints.variables.transplant import transplant_family
from dayzero.endpoints.variables.treatment import treatment_families
from dayzero.records.findings import worst_first

if TYPE_CHECKING:
    from dayzero.endpoints.course_findings import Check
    from dayzero.endpoints.definition import Variable
    from dayzero.records.model import Records


def derive_variables(records: Records, options: Options = STANDARD) -> Variables:
    """Derive the variables of every patient.

    Parameters
    ----------
    records : Records
        Tables on any engine that narwhals understands.
    options : Options
        Cut-offs that a centre may set differently.

    Returns
    -------
    Variables
        One row per patient of the table ``patients``, transplanted or not. Each note says when its variable
        became known: one known only after day 0 cannot group a curve from day 0.
    """
    families = (
        patient_family(records),
        transplant_family(records),
        conditioning_family(records, options),
        easix_family(records, options),
        match_family(records),
        comorbidity_family(records),
        *treatment_families(records),
        relapse_family(records),
        mrd_family(records, options),
        *mrd_families(records, options),
        *risk_families(records),
        engraftment_family(records),
        chimerism_family(records, options),
        *complication_families(records, options),
        *gvhd_families(records),
        *immune_families(records),
    )
    joined = collect(families[0].frame).lazy()
    later = (
        response_values(records, options),
        relapses_after(records),
        follow_up(course_of(records)),
    )
    for frame in (*(collect(family.frame) for family in families[1:]), *later):
        joined = joined.join(frame.lazy(), on="patient_id", how="left")
    timed = with_relapse_risk(with_relapse_timing(nw.from_native(joined)))
    frame = collect(with_very_high_risk(timed))
    notes = [
        *(note for family in families for note in family.notes),
        *response_notes(options),
        *RELAPSE_AFTER_NOTES,
        *FOLLOW_UP_NOTES,
    ]
    checks = [*(check for family in families for check in family.checks), *FOLLOW_UP_CHECKS]
    return _finish(frame.sort("patient_id"), notes, checks, records)


def _finish(frame: pl.DataFrame, known: list[Variable], checks: list[Check], records: Records) -> Variables:
    """Look for contradictions, let declared columns stand before derived ones, and keep what has a note."""
    derived = {note.name: note for note in known}
    own = frame.select(pl.col(f"^{CUSTOM}.*$").name.map(lambda name: name.removeprefix(CUSTOM)))
    custom = custom_notes(own, records)
    found = list(run(checks, frame, records.places))
    found += intensity_findings(frame, records.places)
    found += replaced(custom, derived)
    found += bounded_chimerism(frame, records.places)
    found += unstated_sensitivity(frame["_mrd_class"], frame["_mrd_unstated_row"], records.places)
    values = frame.select("patient_id", *(name for name in derived if name not in custom))
    values = values.with_columns(own.select(custom_values(custom)))
    notes = {**derived, **custom}
    values = values.select("patient_id", *notes).with_columns(
        cs.integer().cast(pl.Int64), cs.float().cast(pl.Float64)
    )
    return Variables(values, notes, worst_first(found))
