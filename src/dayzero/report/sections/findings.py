"""What was found to be wrong, missing or in need of a word, grouped by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report.document import FindingGroup, FindingsBlock, Section

if TYPE_CHECKING:
    from dayzero.records.findings import Finding
    from dayzero.study.results import Results


def findings(results: Results) -> Section:
    """Return the section on findings."""
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
