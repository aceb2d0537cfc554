"""The catalogue and the variables as a page of documentation, made from the definitions themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.catalogue import ALIASES, CATALOGUE
from dayzero.endpoints.choices import CHOICES, in_words
from dayzero.endpoints.options import STANDARD
from dayzero.endpoints.variables import derive_variables
from dayzero.records.model import Records, Source
from dayzero.records.tables import TABLES, ingested_schema

if TYPE_CHECKING:
    from dayzero.endpoints.definition import Definition

_KINDS = {
    "survival": "Kaplan-Meier: death is part of the event",
    "incidence": "cumulative incidence (Aalen-Johansen): death can prevent the event",
    "proportion": "proportion with an exact interval: happened or not",
}
_RULES = """\
- Day 0 is the day of the first allogeneic transplant; time is whole days, day of the event minus day 0.
- The day of death in events stands before the day of a follow-up row that says dead; a difference is a
  finding. The first of several days of death is used.
- Relapse after transplant is the first relapse later than day 0. A relapse on or before day 0 is history.
  Molecular relapse is not relapse.
- Relapse and death on the same day are relapse: the death is then after relapse.
- DFS, CIR and NRM are censored at the last contact with known disease status. A contact whose status was
  left empty counts as known; one whose status is recorded as unknown does not.
- OS is censored at the last date known alive: the last contact alive, or a relapse later than it. It is
  never censored at a second transplant, which changes nothing in DFS, CIR and NRM either (intention to
  treat), unless a study chooses otherwise: `[definitions]` in study_file.md.
- Known to have happened but not when: a relapse or death without a day, a contact in relapse without a
  relapse row, or a death caused by the disease without a relapse row. DFS, CIR, NRM and survival after
  relapse are then refused, with the number of patients; the crude proportions are not.
- A relapse, engraftment or GVHD recorded after death contradicts it: the patient is not counted for that
  endpoint, and the finding says which rows disagree.
- Engraftment is the centre's own day where one is given, flagged as given; else it is derived from counts,
  flagged as derived (an option lets the derived day stand first). Both are told, and a difference is a
  finding. A given day later than the last contact is used, observation is extended to it, and a finding says
  so. Of several counts on one day the lowest counts; a count below, a supported one, or one whose operator or
  unit does not say, ends a run of 3. More than 7 days between the count before the run and its third:
  flagged interval_censored. Counts that reach the limit after more than 7 days without any, before a fall
  was seen, leave the patient out: recovery may have come before.
- Graft failure is derived beside the one recorded, and a difference is a finding. Primary: neutrophils
  have not recovered by the day, and platelets have not either where they tell. Secondary: counts lost after
  both had recovered, with the support that the line needs; everybody is at risk from day 0, so that nobody
  is chosen by having recovered. Its limits of loss, of support and of chimerism are choices, named in the
  definition. Rejection is taken as recorded: counts cannot tell it.
- Engraftment syndrome by Spitzer and by Maiolino counts signs by whole days around engraftment. A fever whose
  height, a rash whose extent, or a value that was not measured leaves the patient out where the diagnosis
  hangs on it; where it does not, it is no matter.
- Scores take nothing for granted: an EBMT score or HCT-CI of which a component is not known is not known, and
  a variable beside it says which; `hct_ci_at_least` is a lower bound. Intensity of conditioning follows from
  doses, never from the name of a regimen; a column `conditioning_intensity` of the centre is kept and
  compared.
- Engraftment and GVHD: on one day the event stands before death and a second transplant, a second
  transplant before death. A boost counts as a rescue infusion for engraftment, not for GVHD; a donor
  lymphocyte infusion for neither.
- A row that says occurred = no is an explicit no; unknown makes the patient missing, never a no. Where
  tables list what happened, a patient without a row did not have it, and a finding counts such patients; in
  a flat file that states noes, a patient without a statement is missing. When nobody has a statement, or a
  flat file says who had it and unknown of all others, the endpoint is refused.
- Acute GVHD counts by the grade as recorded, roman or arabic, or a range such as III-IV. A grade that does
  not say whether the limit was reached leaves the patient out, with a finding.
- GVHD-free, relapse-free survival is a family: the name says which GVHD counts. The day of chronic GVHD is
  the day on which its severity or treatment was first there; when that is the first chronic GVHD row it may
  be the onset, and is flagged grfs_date_approx. NIH and Seattle severities are never turned into each other.
  Where treatments list systemic treatment for chronic GVHD, who has none was not treated. A second transplant
  or a donor lymphocyte infusion neither competes nor censors, unless a study chooses to censor at them.
- Acute GVHD given as organ stages (event aGVHD, the organ in site, a grade such as stage 2) is graded by day:
  MAGIC, or modified Glucksberg where the system says so. An organ without a row on that day was not involved.
  A grade that the centre recorded for the day stands; a difference is a finding.
- In Python, `magic_grade`, `glucksberg_grade`, `nih_severity`, `crs_grade` and `icans_grade` grade from organ
  stages, organ scores and signs; `dayzero.endpoints.gvhd.gvhd_stages` stages organs from what was measured.
  No grade of one system is turned into one of another.
- VOD/SOS by its signs is an endpoint for each set of criteria, and its name says which: between them the
  incidence in the same children has ranged from 0 to 45% (Kammersgaard 2019). Signs recorded in events and
  results of measurements decide, at most 14 days apart; a result that was not taken is never a no, and who
  could not have met the criteria by what was looked for is not counted. `VOD` is what the centre recorded; a
  disagreement is a finding. Severity is a variable known after day 0 (`vod_severity_paediatric_ebmt2018`,
  `vod_severity_adult_ebmt2023`, `vod_severity_adult_ebmt2016`): the worst recorded from the first sign to 21
  days after the diagnosis.
- TMA by the harmonised criteria needs four of seven features at two consecutive time points, at most 14 days
  apart; a feature stands by its latest result of the 14 days before, so that a normal result takes it away.
  LDH and sC5b-9 need their upper limit of normal. `TMA` is what the centre recorded; a disagreement is a
  finding. `tma_high_risk` is a variable known after day 0.
- Infections are proportions where no day is needed (`cmv_infection`, `ebv_infection`), and incidences of the
  first one with its day (`cmv_infection_incidence`, `bacterial_infection`...). An infection without an
  organism counts for none, with a finding. By PCR: negative, not done, and detected below the limit of
  quantification are three answers; a threshold is a choice of the study, in one unit and one part of the
  blood; results of several parts are refused until one is chosen. A first positive more than 14 days after
  the test before it is flagged interval_censored. How often was tested is a note beside each of them, and a
  variable (`cmv_tests_per_week`, from day 0 to 100).
- Chronic GVHD of a severity, and on systemic treatment, are incidences like chronic GVHD itself, from the
  day on which the criterion was first there. GVHD that began after donor lymphocytes is flagged
  after_donor_lymphocytes. Acute GVHD is refractory to steroids as recorded (`steroid_refractory_agvhd`) or,
  beside it, by doses and grades over time (`aGVHD_steroid_refractory`). `agvhd_onset_day`,
  `agvhd_max_grade`, `agvhd_type`, `agvhd_flares` and `cgvhd_type` are variables known after day 0; a grade 0
  says that acute GVHD was gone, and at least 30 days after it a new episode begins.
- CRS and ICANS within 30 days of blinatumomab or CAR T cells are variables, before transplant
  (`crs_grade_before_transplant`...) and after it, each with the system of its grade; grades of several
  systems are not compared. Where only signs are recorded, in detail, they are graded by ASTCT.
- Death of a cause: the words of the recorded cause are read in classes (patterns:
  `endpoints/outcome/death_causes.py`; what is denied, as in "no GVHD", is left out), and one class stands
  by a hierarchy. A death without a cause is a finding, and unknown causes are a class of their own that
  competes: then the incidence of every other cause is a lower limit. `cause_of_death` is a variable known
  after day 0.
- Molecular relapse is an endpoint of its own, apart from relapse. `relapse_marrow` and
  `relapse_extramedullary` sum, with relapses whose site is not told, to CIR. In Python,
  `confirm_relapse` applies the consensus of the Ponte-di-Legno group to the results of one or two marrows.
- MRD: a level stated as `<0.01%` is below 1e-4, which is MRD negative below 1e-4; it is undetectable only
  when the assay is said to see that limit. A negative result of an assay that cannot see the cut-off is not
  known.
- Salvage after relapse is what began on or after the day of relapse against the leukaemia. Who had which is
  known on its first day only: groups by it have no curve from relapse, but from salvage.
- A time to first failure that the centre gave yields DFS, CIR and NRM, flagged as given, and stands before
  relapse and death rows; facts that contradict it are findings. OS from it alone is refused.
- Not in remission at transplant: DFS and CIR count progression as relapse, and a finding says so.
"""

_ABOUT_VARIABLES = (
    "One value a patient, for rules, groups and tables; what is not known is missing. One known only after "
    "day 0 cannot group a curve from day 0; one known at relapse, or at the first salvage after it, may "
    "group a curve whose clock starts there."
)


def definitions_document() -> str:
    """Return the catalogue as Markdown: the rules for all, then each definition.

    Returns
    -------
    str
        The text of ``docs/endpoints.md``.
    """
    lines = [
        "# Endpoints",
        "",
        "Made from the catalogue in `dayzero.endpoints`; a test keeps this page and the code alike.",
        "",
        "## Rules for all",
        "",
        _RULES,
        "## Definitions",
    ]
    for definition in CATALOGUE.values():
        also = [alias for alias, name in ALIASES.items() if name == definition.name]
        lines += [
            "",
            f"### `{definition.name}`: {definition.label}",
            "",
            *([f"- Also called: {', '.join(f'`{alias}`' for alias in also)}"] if also else []),
            f"- Estimated as: {_KINDS[definition.kind]}",
            f"- Origin: {definition.origin}",
            f"- Event: {definition.event}",
            f"- Competing: {'; '.join(definition.competing) or 'none'}",
            f"- Censored: {definition.censoring}",
            f"- Eligible: {definition.eligible}",
            *_choices(definition.name),
            *_reported(definition),
            f"- Source: {definition.source}",
        ]
    return "\n".join([*lines, "", *_variables()]) + "\n"


def _choices(name: str) -> list[str]:
    """Return what a study may choose for an endpoint, and what stands unless it does."""
    told = []
    for choice, standard in zip(CHOICES.get(name, ()), in_words(name, STANDARD), strict=True):
        others = f"; may be {' or '.join(choice.allowed[1:])}" if len(choice.allowed) > 1 else ""
        told.append(f"`{choice.option}` ({standard[:1].lower()}{standard[1:]}{others})")
    return [f"- Choices: {'; '.join(told)}"] if told else []


def _reported(definition: Definition) -> list[str]:
    """Return at which days the field reports an endpoint."""
    if not definition.horizons:
        return []
    days = ", ".join(str(day) for day in definition.horizons)
    return [f"- Reported at: day {days} (used by a study in days that names no horizons)"]


def _variables() -> list[str]:
    """Return every variable: when it became known, its unit, and the rule that derives it."""
    nobody = {name: pl.DataFrame(schema=_schema(name)) for name in (each.name for each in TABLES)}
    source = Source("", "workbook", "")
    notes = derive_variables(Records(nobody, pl.DataFrame(), None, source)).notes.values()
    rows = [
        f"| `{note.name}` | {note.label} | {note.kind}{f', {note.unit}' if note.unit else ''} | "
        f"{note.known} | {note.source} |"
        for note in notes
    ]
    return [
        "## Variables",
        "",
        _ABOUT_VARIABLES,
        "",
        "| variable | what | kind | known | rule and source |",
        "|---|---|---|---|---|",
        *rows,
    ]


def _schema(table: str) -> dict[str, type[pl.DataType]]:
    types = {"string": pl.String, "int64": pl.Int64, "float64": pl.Float64}
    return {name: types[dtype] for name, dtype in ingested_schema(table).items()}
