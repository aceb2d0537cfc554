"""From results to a document: which sections a report has, in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Document, FigureBlock, Section
from dayzero.report.figures.greyscale import greyed
from dayzero.report.literature import literature, literature_table
from dayzero.report.manuscript.abstract import abstract
from dayzero.report.manuscript.limitations import Limitations
from dayzero.report.manuscript.methods import Methods
from dayzero.report.manuscript.results import ResultsText
from dayzero.report.manuscript.strobe import strobe_table
from dayzero.report.numbers import Numbers
from dayzero.report.phrases import Phrases
from dayzero.report.references import Bibliography
from dayzero.report.sections.claims import claims
from dayzero.report.sections.findings import findings
from dayzero.report.sections.methods import methods, provenance
from dayzero.report.sections.models import models
from dayzero.report.sections.numbering import Numbering
from dayzero.report.sections.outcomes import outcomes
from dayzero.report.sections.patients import patients
from dayzero.report.sections.references import references
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
    from dayzero.study.results import ReportChoices, Results
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
        literature_table(results, numbers),
        claims_table(results, numbers),
        findings_table(results),
        strobe_table(results),
    )
    return [table for table in made if table is not None]


def document(results: Results, trace: Trace = NOBODY) -> Document:
    """Return the report of a run; ``trace`` leads from its numbers to the patients behind them."""
    numbers = Numbers(results)
    numbering = Numbering()
    phrases = phrases_of(results.report)
    cited = Bibliography()
    methods_text = Methods(results, phrases, cited)
    sections = (
        abstract(results, numbers, phrases, methods_text),
        ResultsText(results, numbers, phrases).section(),
        patients(results, numbers, numbering),
        outcomes(results, numbers, numbering),
        models(results, numbers, numbering),
        Section("follow-up", "Follow-up", tuple(numbering.table(follow_up_table(results, numbers)))),
        _listings(results, numbering),
        Limitations(results, numbers, phrases).section(),
        methods_text.section(),
        literature(results, numbers, phrases, numbering),
        claims(results, numbers, numbering),
        findings(results),
        methods(results),
        Section("strobe", "STROBE checklist", tuple(numbering.table(strobe_table(results)))),
        references(cited),
        provenance(results),
    )
    return Document(
        title=results.study.title,
        question=results.study.question,
        notice=results.study.notice,
        facts=_facts(results),
        sections=tuple(_in_style(s, results.looks.style) for s in sections if s.blocks),
        tracing=trace_of(results, numbers, trace),
        description=f"Outcome report of {fmt.plural(results.study.n, 'patient')}: {results.study.title}",
    )


def _in_style(section: Section, style: str) -> Section:
    """Return a section whose figures have no colour at all where the study asks for grey."""
    if style != "grey":
        return section
    blocks = (
        replace(block, scene=greyed(block.scene)) if isinstance(block, FigureBlock) else block
        for block in section.blocks
    )
    return replace(section, blocks=tuple(blocks))


def _listings(results: Results, numbering: Numbering) -> Section:
    blocks = numbering.table(listing_table(results, for_page=True))
    for table in further_listings(results):
        blocks += numbering.table(table)
    heading = "Listings" if results.listings else "Patient listing"
    return Section("listing", heading, tuple(blocks))


def phrases_of(own: ReportChoices) -> Phrases:
    """Return the sentences of the report: the package's, and those of the centre's own.

    Raises
    ------
    BadInputError
        When a sentence of the centre's own has an unknown key, or not its placeholders.
    """
    return Phrases(((sentence.key, sentence.text) for sentence in own.wording), own.wording_file)


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
