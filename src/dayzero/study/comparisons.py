"""Comparisons of groups: log-rank for survival, Gray for what death can prevent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dayzero import stats
from dayzero.study import guardrails
from dayzero.study.clock import spoken
from dayzero.study.fit import number
from dayzero.study.results import Test
from dayzero.study.words import patients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dayzero.records.findings import Finding
    from dayzero.stats import TestResult
    from dayzero.study.results import Estimate
    from dayzero.study.sample import Sample


def compare(sample: Sample) -> tuple[Test | None, tuple[Finding, ...]]:
    """Compare the levels of a grouping.

    Parameters
    ----------
    sample : Sample
        Of one grouping.

    Returns
    -------
    tuple
        The test (None when fewer than two levels have patients), and findings. The p-value is withheld when
        fewer than ten patients are compared or nobody had the event; a note says so.
    """
    present = [i for i, count in enumerate(sample.counts) if count]
    if sample.grouping is None or len(present) < 2:
        return None, ()
    withheld = _why_withheld(sample)
    if withheld:
        what = f"{sample.endpoint} by {sample.group_by}: no p-value ({withheld})."
        test = _test(sample, None, note=f"p-value withheld: {withheld}")
        return test, (guardrails.P_WITHHELD.finding(what, item=test.id),)
    result = _result(sample)
    caution = _caution(sample, result)
    test = _test(sample, result, note="; ".join([*caution, *result.notes]))
    if not caution:
        return test, ()
    what = f"{sample.endpoint} by {sample.group_by}: {'; '.join(caution)}."
    return test, (guardrails.P_ROUGH.finding(what, item=test.id),)


def _is_survival(sample: Sample) -> bool:
    return sample.derived.definition.kind == "survival"


def _result(sample: Sample) -> TestResult:
    table = sample.table
    return stats.logrank_test(table) if _is_survival(sample) else stats.gray_test(table, of_interest=1)


def _why_withheld(sample: Sample) -> str:
    n, events = sum(sample.counts), sum(sample.events)
    if events == 0:
        return "no event"
    if sample.entry is not None and not _is_survival(sample):
        return "Gray's test is not defined for delayed entry; a [[model]] compares the cause-specific hazards"
    return f"only {patients(n)}" if n < guardrails.SMALL_GROUP else ""


def _caution(sample: Sample, result: TestResult) -> list[str]:
    """Say why a chi-square approximation is rough here."""
    said = []
    without = [str(sample.levels[i]) for i, n in enumerate(sample.counts) if n and sample.events[i] == 0]
    if without:
        said.append(f"no event in {', '.join(without)}")
    expected = [float(e) for i, e in enumerate(result.expected) if sample.counts[i]]
    if min(expected) < guardrails.FEW_EXPECTED:
        said.append(f"only {min(expected):.1f} events expected in one group")
    return [f"rough p-value ({', '.join(said)})"] if said else []


def _test(sample: Sample, result: TestResult | None, note: str) -> Test:
    name = "log-rank test" if _is_survival(sample) else "Gray's test"
    return Test(
        id=f"{sample.endpoint}.{sample.group_by}.test",
        endpoint=sample.endpoint,
        group_by=str(sample.group_by),
        method=name,
        statistic=None if result is None else number(result.statistic),
        df=None if result is None else result.df,
        p_value=None if result is None else number(result.p_value),
        n=sum(sample.counts),
        among=sample.among,
        groups=tuple(str(level) for level in sample.levels),
        observed=tuple(float(e) for e in sample.events),
        expected=() if result is None else tuple(float(e) for e in result.expected),
        convention="" if result is None else str(result.convention),
        note=note,
    )


def few_at_the_end(test: Test, estimates: Sequence[Estimate]) -> tuple[Test, tuple[Finding, ...]]:
    """Say beside a p-value which groups have few at risk at the last horizon, or nobody.

    Parameters
    ----------
    test : Test
    estimates : sequence of Estimate
        Of the groups compared, at the horizons.
    """
    last = max((e.time for e in estimates if e.time is not None), default=None)
    if test.p_value is None or last is None:
        return test, ()
    few = [
        f"{e.group} ({e.at_risk})"
        for e in estimates
        if e.time == last and e.at_risk is not None and e.at_risk < guardrails.FEW_AT_RISK
    ]
    if not few:
        return test, ()
    when = spoken(last, estimates[0].unit)
    said = f"fewer than {guardrails.FEW_AT_RISK} at risk at {when} in {', '.join(few)}"
    what = f"{test.endpoint} by {test.group_by}: a p-value with {said}."
    note = "; ".join(part for part in (test.note, said) if part)
    return replace(test, note=note), (guardrails.P_FEW_AT_RISK.finding(what, item=test.id),)


def adjusted(tests: Sequence[Test], method: str) -> tuple[Test, ...]:
    """Return the tests with p-values adjusted for their number, where the study asks for it.

    Parameters
    ----------
    tests : sequence of Test
    method : {"none", "holm"}
        Holm 1979, Scand J Stat 6:65; as R's ``p.adjust``.
    """
    raw = [test.p_value for test in tests]
    known = [p for p in raw if p is not None]
    if method == "none" or len(known) < 2:
        return tuple(tests)
    values = iter(stats.adjust_p_values(known, method).tolist())
    return tuple(
        test if test.p_value is None else replace(test, p_adjusted=float(next(values))) for test in tests
    )


def unadjusted(tests: list[Test], method: str = "none") -> tuple[Finding, ...]:
    """Say how many p-values a study has, when it has several and does not adjust them."""
    count = sum(test.p_value is not None for test in tests)
    if count < 2 or method != "none":
        return ()
    return (
        guardrails.MANY_TESTS.finding(f"{count} comparisons were made; their p-values are not adjusted."),
    )
