"""From results to a document: which sections a report has, in which order, and what their figures say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import (
    Block,
    Definitions,
    Document,
    FigureBlock,
    FindingGroup,
    FindingsBlock,
    Folded,
    Paragraph,
    Section,
    TableBlock,
)
from dayzero.report.figures.flow import FLOW_ID, flow_scene, flow_tells
from dayzero.report.figures.grid import figure_scene
from dayzero.report.numbers import Inline, Numbers, Span, words
from dayzero.report.sentences import summary
from dayzero.report.tables.characteristics import characteristics_table
from dayzero.report.tables.outcomes import outcome_table
from dayzero.report.tables.plain import findings_table, flow_table, listing_table
from dayzero.report.tables.proportions import proportion_table
from dayzero.report.tables.times import follow_up_table, quantile_table
from dayzero.report.wording import endpoint_title

if TYPE_CHECKING:
    from dayzero.records.findings import Finding
    from dayzero.report.tables.model import Table
    from dayzero.study.results import EndpointInfo, Figure, Results

FORMATS = ("svg", "pdf", "png")


class _Numbering:
    """Numbers of tables and figures, in the order in which they come."""

    def __init__(self) -> None:
        self.tables = 0
        self.figures = 0

    def table(self, table: Table | None) -> list[Block]:
        """Return a numbered table, or nothing."""
        if table is None:
            return []
        self.tables += 1
        return [TableBlock(self.tables, table)]

    def next_figure(self) -> int:
        """Return the number of the next figure."""
        self.figures += 1
        return self.figures


def all_tables(results: Results) -> list[Table]:
    """Return every table of a report, in the order of the page."""
    numbers = Numbers(results)
    made = (
        flow_table(results, numbers),
        characteristics_table(results, numbers),
        outcome_table(results, numbers),
        proportion_table(results, numbers),
        quantile_table(results, numbers),
        follow_up_table(results, numbers),
        listing_table(results),
        findings_table(results),
    )
    return [table for table in made if table is not None]


def document(results: Results) -> Document:
    """Return the report of a run."""
    numbers = Numbers(results)
    numbering = _Numbering()
    sections = (
        Section("summary", "Results in brief", tuple(Paragraph(p) for p in summary(results, numbers))),
        _patients(results, numbers, numbering),
        _outcomes(results, numbers, numbering),
        Section("follow-up", "Follow-up", tuple(numbering.table(follow_up_table(results, numbers)))),
        Section("listing", "Patient listing", tuple(numbering.table(listing_table(results, for_page=True)))),
        _findings(results),
        _methods(results),
        _provenance(results),
    )
    return Document(
        title=results.study.title,
        question=results.study.question,
        notice=results.study.notice,
        facts=_facts(results),
        sections=tuple(section for section in sections if section.blocks),
        description=f"Outcome report of {fmt.plural(results.study.n, 'patient')}: {results.study.title}",
    )


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


def _patients(results: Results, numbers: Numbers, numbering: _Numbering) -> Section:
    blocks: list[Block] = []
    if flow_tells(results):
        blocks.append(
            FigureBlock(
                numbering.next_figure(), flow_scene(results), words("Flow of patients."), _files(FLOW_ID)
            )
        )
    blocks += numbering.table(characteristics_table(results, numbers))
    return Section("patients", "Patients", tuple(blocks))


def _outcomes(results: Results, numbers: Numbers, numbering: _Numbering) -> Section:
    blocks: list[Block] = []
    figures = [figure for figure in results.figures if any(figure.rows)]
    names = file_names([figure.id for figure in figures])
    for figure, name in zip(figures, names, strict=True):
        scene = replace(figure_scene(results, figure), id=name)
        caption = _caption(results, figure)
        blocks.append(FigureBlock(numbering.next_figure(), scene, caption, _files(name)))
    for table in (
        outcome_table(results, numbers),
        proportion_table(results, numbers),
        quantile_table(results, numbers),
    ):
        blocks += numbering.table(table)
    return Section("outcomes", "Outcomes", tuple(blocks))


def file_names(ids: list[str]) -> list[str]:
    """Return names of files for figures: their ids, made safe for every file system, none twice."""
    taken = {FLOW_ID}
    names = []
    for text in ids:
        safe = re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._-") or "figure"
        name, count = safe, 1
        while name.lower() in taken:
            count += 1
            name = f"{safe}_{count}"
        taken.add(name.lower())
        names.append(name)
    return names


def _files(name: str) -> tuple[str, ...]:
    return tuple(f"figures/{name}.{ending}" for ending in FORMATS)


def _caption(results: Results, figure: Figure) -> Inline:
    """Say what each panel shows and how to read it."""
    spans = [Span(f"{figure.title.rstrip('.')}. ", strong=True)]
    panels = [panel for row in figure.rows for panel in row]
    for panel in panels:
        if len(panels) > 1:
            spans.append(Span(f"({panel.letter}) ", strong=True))
            among = f", among {panel.among_label}" if panel.among_label else ""
            spans.append(Span(f"{panel.title}{among}. "))
    drawn = [curve for curve in results.curves if any(curve.id in panel.curves for panel in panels)]
    if not drawn:
        return tuple(spans)
    level = fmt.confidence(results.study.conf_level)
    kinds = fmt.listed(list(dict.fromkeys(curve.conf_type for curve in drawn if curve.conf_type)))
    spans.append(Span(f"Shaded: pointwise {level}{f', {kinds}' if kinds else ''}. "))
    if any(curve.censor_time for curve in drawn):
        spans.append(Span("Short strokes: patients censored. "))
    if any(panel.estimates for panel in panels):
        spans.append(Span("Dotted line: horizon of the printed estimates. "))
    spans.append(Span("Each curve ends at the last time observed."))
    return tuple(spans)


def _findings(results: Results) -> Section:
    groups: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in results.findings:
        key = (finding.severity, finding.id, finding.hint, finding.source)
        groups.setdefault(key, []).append(finding)
    made = tuple(FindingGroup(*key, _entries(found)) for key, found in groups.items())
    severities = [finding.severity for finding in results.findings]
    totals = tuple((name, severities.count(name)) for name in dict.fromkeys(severities))
    return Section("findings", "Findings", (FindingsBlock(made, totals),) if made else ())


def _entries(found: list[Finding]) -> tuple[tuple[str, str], ...]:
    entries, said = [], ""
    for finding in found:
        entries.append(("" if finding.what == said else finding.what, _place(finding)))
        said = finding.what
    return tuple(entries)


def _place(finding: Finding) -> str:
    parts = (
        str(finding.where),
        f"found: {finding.found}" if finding.found else "",
        f"allowed: {finding.allowed}" if finding.allowed else "",
    )
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def _methods(results: Results) -> Section:
    blocks: list[Block] = [
        Folded(endpoint_title(endpoint), (_definition(endpoint),)) for endpoint in results.endpoints
    ]
    texts = [*(e.convention for e in results.estimates), *(t.convention for t in results.tests)]
    conventions = dict.fromkeys(text for text in texts if text)
    if conventions:
        items = tuple((f"{number}", words(text)) for number, text in enumerate(conventions, start=1))
        blocks.append(Folded("Conventions behind the numbers", (Definitions(items),)))
    return Section("methods", "Definitions and methods", tuple(blocks))


def _definition(endpoint: EndpointInfo) -> Definitions:
    counted = [
        f"{cause}: {fmt.integer(count)}"
        for cause, count in zip(endpoint.causes, endpoint.counts, strict=False)
    ]
    rest = "without" if endpoint.kind == "proportion" else "censored"
    counted.append(f"{rest}: {fmt.integer(endpoint.censored)}")
    left_out = [fmt.integer(endpoint.not_eligible), *endpoint.reasons] if endpoint.not_eligible else []
    items = (
        ("Clock starts", endpoint.origin),
        ("Event", endpoint.event),
        ("Competing", "; ".join(endpoint.competing)),
        ("Censored", endpoint.censoring),
        ("Eligible", endpoint.eligible),
        ("Patients", f"{fmt.integer(endpoint.n)} ({'; '.join(counted)})"),
        ("Not eligible", "; ".join(left_out)),
        ("Estimated by", "; ".join(endpoint.conventions)),
        ("Source", endpoint.source),
    )
    return Definitions(tuple((term, words(text)) for term, text in items if text))


def _provenance(results: Results) -> Section:
    from dayzero import __version__

    items = (
        ("Software", f"dayzero {__version__}"),
        (
            "Numbers",
            f"results.json beside this page (layout {results.schema_version}); each is named by its id",
        ),
        ("Data and study file", "hashes and versions are in manifest.json beside this page"),
        ("Tables and figures", "tables/ (CSV and a workbook) and figures/ (SVG, PDF, PNG) beside this page"),
    )
    return Section("provenance", "Provenance", (Definitions(tuple((t, words(x)) for t, x in items)),))
