"""What two rooms found about the same patient by the same rule is said once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero.records.findings import SEVERITIES, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dayzero.records.findings import Finding


def said_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings, worst first, and keep one room's account of what several rooms found.

    A rule of the data checks and a rule of a derivation that bear the same name (``records.short_follow_up``,
    ``endpoints.short_follow_up``) tell a reader the same. The account of the data checks is kept, because it
    names the column, with the more severe of the two severities.

    Parameters
    ----------
    findings : iterable of Finding

    Returns
    -------
    tuple of Finding
    """
    everything = list(findings)
    about_patients = [finding for finding in everything if finding.where.patient_id is not None]
    checked = {_subject(finding) for finding in about_patients if _room(finding) == "records"}
    worst: dict[tuple[str, str], int] = {}
    for finding in about_patients:
        rank = SEVERITIES.index(finding.severity)
        worst[_subject(finding)] = min(rank, worst.get(_subject(finding), rank))
    kept = []
    for finding in everything:
        if finding.where.patient_id is None or _subject(finding) not in checked:
            kept.append(finding)
        elif _room(finding) == "records":
            kept.append(replace(finding, severity=SEVERITIES[worst[_subject(finding)]]))
    return worst_first(kept)


def _room(finding: Finding) -> str:
    return finding.id.partition(".")[0]


def _subject(finding: Finding) -> tuple[str, str]:
    return finding.id.partition(".")[2], finding.where.patient_id or ""
