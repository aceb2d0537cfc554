"""From results to a document: which sections a report has, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Document, Paragraph, Section
from dayzero.report.numbers import Numbers
from dayzero.report.sections.claims import claims
from dayzero.report.sections.findings import findings
from dayzero.report.sections.methods import methods, provenance
from dayzero.report.sections.models import models
from dayzero.report.sections.numbering import Numbering
from dayzero.report.sections.outcomes import outcomes
from dayzero.report.sections.patients import patients
from dayzero.report.sentences import summary
from dayzero.report.tables.characteristics import characteristics_table
from dayzero.report.tables.claims import claims_table
from dayzero.report.tables.events import events_table
from dayzero.report.tables.models import model_tables
from dayzero.report.tables.outcomes import outcome_table
from dayzero.report.tables.plain import findings_table, flow_table, further_listings, listing_table
from dayzero.report.tables.proportions import proportion_table
from dayzero.report.tables.times import follow_up_table, quantile_table
from dayzero.report.tracing import trace_of
from dayzero.study.tracing import NOBODY

if TYPE_CHECKING:
    from dayzero.report.tables.model import Table
    from dayzero.study.results import Results
    from dayzero.study.tracing import Trace


def all_tables(results: Results) -> list[Table]:
    """Return every table of a report, in the order of the page."""
    numbers = Numbers(results)
    made = (
        flow_table(results, numbers),
        characteristics_table(results, numbers),
        outcome_table(results, numbers),
        proportion_table(results, numbers),
        events_table(results, numbers),
        quantile_table(results, numbers),
        *model_tables(results, numbers),
        follow_up_table(results, numbers),
        listing_table(results),
        *further_listings(results),
        claims_table(results, numbers),
        findings_table(results),
    )
    return [table for table in made if table is not None]


def document(results: Results, trace: Trace = NOBODY) -> Document:
    """Return the report of a run; ``trace`` leads from its numbers to the patients behind them."""
    numbers = Numbers(results)
    numbering = Numbering()
    sections = (
        Section("summary", "Results in brief", tuple(Paragraph(p) for p in summary(results, numbers))),
        patients(results, numbers, numbering),
        outcomes(results, numbers, numbering),
        models(results, numbers, numbering),
        Section("follow-up", "Follow-up", tuple(numbering.table(follow_up_table(results, numbers)))),
        _listings(results, numbering),
        claims(results, numbers, numbering),
        findings(results),
        methods(results),
        provenance(results),
    )
    return Document(
        title=results.study.title,
        question=results.study.question,
        notice=results.study.notice,
        facts=_facts(results),
        sections=tuple(section for section in sections if section.blocks),
        tracing=trace_of(results, numbers, trace),
        description=f"Outcome report of {fmt.plural(results.study.n, 'patient')}: {results.study.title}",
    )


def _listings(results: Results, numbering: Numbering) -> Section:
    blocks = numbering.table(listing_table(results, for_page=True))
    for table in further_listings(results):
        blocks += numbering.table(table)
    heading = "Patient listing" if len(blocks) < 2 else "Listings"
    return Section("listing", heading, tuple(blocks))


def _facts(results: Results) -> tuple[tuple[str, str], ...]:
    study = results.study
    horizons = fmt.listed([fmt.horizon(time, study.unit) for time in study.horizons])
    facts = (
        ("Patients", fmt.integer(study.n)),
        ("Data", study.source),
        ("Data cut-off", study.data_cutoff or ""),
        ("Time unit", study.unit),
        ("Horizons" if len(study.horizons) > 1 else "Horizon", horizons),
        ("Conventions", f"{study.convention}, {fmt.confidence(study.conf_level)}"),
        ("Source to cite", study.citation),
    )
    return tuple((term, text) for term, text in facts if text)
