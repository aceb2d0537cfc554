"""Claims: what a manuscript states, compared with the results of the same study file.

A claim names the result that it is about by its id (``CIR.remission.CR1.24``), by its id and one of its
values (``OS.24.lower``, ``DFS.remission.test.p_value``), or in short: ``n``, ``follow_up.minimum``,
``cmv_infection.events``, ``age.median``, ``sex.female``. It agrees when the computed number, rounded to the
decimals with which it is stated, is the number stated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from dayzero.endpoints.catalogue import lookup
from dayzero.errors import BadInputError
from dayzero.study import guardrails
from dayzero.study.claim_values import Value, fields_of, value_of
from dayzero.study.results.claims import Claim
from dayzero.study.said_once import said_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dayzero.records.findings import Finding
    from dayzero.study.protocol import ClaimSection
    from dayzero.study.results import Results

#: A difference smaller than this, relative to the number, is round-off.
_ROUND_OFF = 1e-9
#: Names that are no ids: the cohort, and follow-up without its method.
_SHORT = {"n": "study", "follow_up": "follow_up.median"}


@dataclass(frozen=True)
class _Found:
    """The value that a claim is about, with where it stands; or the reason why there is none."""

    ref: str = ""
    field: str = ""
    value: Value | None = None
    reason: str = ""


def with_claims(results: Results, claims: Sequence[ClaimSection]) -> Results:
    """Return results that hold the claims of a study, each compared, and a finding for each that disagrees.

    Parameters
    ----------
    results : Results
    claims : sequence of ClaimSection
        As the study file lists them.
    """
    if not claims:
        return results
    by_name = dict(_named(results))
    checked = tuple(
        _checked(f"claim.{number}", claim, _find(claim, by_name, results))
        for number, claim in enumerate(claims, start=1)
    )
    findings = said_once([*results.findings, *_findings(checked)])
    return replace(results, claims=checked, findings=findings)


def _named(results: Results) -> Iterator[tuple[str, object]]:
    """Yield every result by its id; a characteristic also without the start of its id."""
    yield "study", results.study
    for endpoint in results.endpoints:
        yield endpoint.name, endpoint
    for characteristic in results.characteristics:
        yield characteristic.id.removeprefix("char."), characteristic
    for found in (
        results.estimates,
        results.tests,
        results.quantiles,
        results.follow_up,
        results.characteristics,
        results.cohort,
    ):
        for result in found:
            yield result.id, result


def _find(claim: ClaimSection, by_name: dict[str, object], results: Results) -> _Found:
    if claim.not_in_data:
        return _Found(reason=claim.not_in_data)
    names = list(_spellings(claim, results))
    if not names:
        levels = [f"{group.name}.{level}" for group in results.groups for level in group.levels]
        return _Found(reason=f"there is no group '{claim.group}'; groups: {', '.join(levels) or 'none'}")
    for name in names:
        found = _exact(name, by_name)
        if found is not None:
            return found
    return _Found(reason=_why_not(names[0], by_name, results))


def _exact(name: str, by_name: dict[str, object]) -> _Found | None:
    """Find a result by its id, or by its id and the name of one of its values."""
    base, _, field = name.rpartition(".")
    for ref, wanted in ((name, ""), (base, field)):
        result = by_name.get(_SHORT.get(ref, ref))
        if result is None:
            continue
        fields = fields_of(result)
        chosen = wanted or fields[0]
        if chosen in fields:
            ref = getattr(result, "id", "") or getattr(result, "name", "study")
            value = value_of(result, chosen)
            return _Found(ref, chosen, value, "" if value.number is not None else value.reason)
    return None


def _spellings(claim: ClaimSection, results: Results) -> Iterator[str]:
    """Yield the names that a claim may mean: its endpoint as the catalogue has it, its group in the id."""
    first, _, rest = claim.of.strip().partition(".")
    try:
        first = lookup(first).name
    except BadInputError:
        first = first.strip()
    name = f"{first}.{rest}" if rest else first
    if not claim.group:
        yield name
        return
    for group in results.groups:
        for level in group.levels:
            if claim.group in (level, f"{group.name}.{level}"):
                middle = f"{group.name}.{level}"
                yield f"{first}.{middle}.{rest}" if rest else f"{first}.{middle}"
                yield f"{middle}.{name}"  # a characteristic


def _why_not(name: str, by_name: dict[str, object], results: Results) -> str:
    base, _, field = name.rpartition(".")
    result = by_name.get(_SHORT.get(base, base))
    if result is not None:
        return f"'{base}' has no value '{field}'; it has {', '.join(fields_of(result))}"
    endpoint = name.partition(".")[0]
    refused = [refusal for refusal in results.refusals if refusal.endpoint == endpoint]
    if refused:
        return refused[0].what.rstrip(".")
    try:
        known = lookup(endpoint).name
    except BadInputError:
        known = ""
    if known and known not in by_name:
        return f"the study has no outcome '{known}'"
    near = get_close_matches(name, by_name, n=1, cutoff=0.6)
    return f"no result is called '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")


def _checked(name: str, claim: ClaimSection, found: _Found) -> Claim:
    stated = f"{claim.value:.10f}".rstrip("0").rstrip(".")
    decimals = len(stated.partition(".")[2]) if claim.decimals is None else claim.decimals
    made = Claim(
        id=name,
        text=claim.text,
        of=f"{claim.of} in {claim.group}" if claim.group else claim.of,
        stated=claim.value,
        decimals=decimals,
        verdict="cannot be computed",
        ref=found.ref,
        field=found.field,
        stated_of=claim.out_of,
        tolerance=claim.tolerance or 0.0,
        reason=found.reason,
    )
    value = found.value
    if value is None or value.number is None:
        return made
    made = replace(made, computed=value.number, computed_of=value.out_of, unit=value.unit)
    differs = _difference(made)
    return replace(made, verdict="computed otherwise" if differs else "agrees", reason=differs)


def _difference(claim: Claim) -> str:
    """Say what differs; nothing when the claim agrees."""
    computed = claim.computed or 0.0
    allowed = max(0.5 * 10.0**-claim.decimals, claim.tolerance)
    differs = []
    if abs(computed - claim.stated) > allowed + _ROUND_OFF * max(1.0, abs(computed)):
        differs.append("the number differs")
    if claim.stated_of is not None and claim.stated_of != claim.computed_of:
        others = f"out of {claim.computed_of}" if claim.computed_of else "without a number of patients"
        differs.append(f"stated out of {claim.stated_of}, computed {others}")
    return "; ".join(differs)


def _findings(claims: tuple[Claim, ...]) -> Iterator[Finding]:
    for claim in claims:
        quoted = f"The claim \N{LEFT DOUBLE QUOTATION MARK}{claim.text}\N{RIGHT DOUBLE QUOTATION MARK}"
        if claim.verdict == "computed otherwise":
            yield guardrails.CLAIM_DIFFERS.finding(f"{quoted} is computed otherwise.", item=claim.id)
        elif claim.verdict == "cannot be computed":
            what = f"{quoted} cannot be computed: {claim.reason}."
            yield guardrails.CLAIM_UNCHECKED.finding(what, item=claim.id)
