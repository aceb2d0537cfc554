"""How far the groups of the characteristics table differ, and tests where a study asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dayzero import stats
from dayzero.errors import BadInputError
from dayzero.study import guardrails
from dayzero.study.characteristics import line_of, membership
from dayzero.study.fit import number
from dayzero.study.results import Balance
from dayzero.study.words import patients

if TYPE_CHECKING:
    from dayzero.records.findings import Finding
    from dayzero.stats.samples.contingency import SampleTest
    from dayzero.study.characteristics import Line
    from dayzero.study.cohort import Facts
    from dayzero.study.grouping import Grouping
    from dayzero.study.loading import Study


def compare_characteristics(
    study: Study, facts: Facts, groupings: dict[str, Grouping], variables: tuple[str, ...]
) -> tuple[tuple[Balance, ...], tuple[Finding, ...]]:
    """Compare the levels of ``[characteristics] by`` in each variable, as far as the study asks.

    Parameters
    ----------
    study : Study
    facts : Facts
        Of the cohort's patients.
    groupings : dict of str to Grouping
    variables : tuple of str
        Those that the table describes.

    Returns
    -------
    tuple
        One comparison a variable, and findings. Numbers are compared by the Wilcoxon rank sum test (two
        levels) or the Kruskal-Wallis test, categories by Fisher's exact test or, where the table is too large
        for it, Pearson's chi-square. The p-value is withheld when fewer than ten patients are compared.
    """
    asked = study.protocol.characteristics
    if not asked.by or not (asked.difference or asked.tests):
        return (), ()
    member = membership(facts, groupings[asked.by])
    rows, findings = [], []
    for name in variables:
        if name == asked.by:
            continue
        line = line_of(name, facts, groupings, study.at("characteristics"))
        row = _compare(line, member, asked.by, difference=asked.difference, test=asked.tests)
        rows.append(row)
        if row.note.startswith(_WITHHELD):
            what = f"{line.label} by {asked.by}: no p-value ({row.note.removeprefix(_WITHHELD)})."
            findings.append(guardrails.P_WITHHELD.finding(what, item=row.id))
    tested = sum(row.p_value is not None for row in rows)
    if tested:
        what = (
            f"{tested} characteristics were tested; the p-values are not adjusted, and a small one says how "
            "the groups differ, not whether that matters."
        )
        findings.append(guardrails.MANY_TESTS.finding(what, item="characteristics"))
    return tuple(rows), tuple(findings)


_WITHHELD = "p-value withheld: "


def _compare(line: Line, member: pl.Series, by: str, *, difference: bool, test: bool) -> Balance:
    both = pl.DataFrame({"value": line.values, "group": member}).drop_nulls()
    values, labels = both["value"].to_numpy(), both["group"].to_list()
    group = np.array(labels, dtype=str)
    name = f"balance.{by}.{line.name}"
    if len(set(labels)) < 2:
        return Balance(name, line.name, by, both.height, note="fewer than two groups have a value")
    if not line.is_number:
        values = values.astype(str)
    apart = number(stats.standardised_difference(values, group)) if difference else None
    if not test:
        return Balance(name, line.name, by, both.height, apart)
    if both.height < guardrails.SMALL_GROUP:
        note = f"{_WITHHELD}only {patients(both.height)}"
        return Balance(name, line.name, by, both.height, apart, note=note)
    found = _test(values, group, numeric=line.is_number)
    return Balance(
        name,
        line.name,
        by,
        both.height,
        apart,
        found.method,
        number(found.statistic),
        found.df or None,
        number(found.p_value),
        found.note,
    )


def _test(values: np.ndarray, group: np.ndarray, *, numeric: bool) -> SampleTest:
    found: SampleTest
    if numeric:
        two = len(np.unique(group)) == 2
        found = stats.rank_sum_test(values, group) if two else stats.kruskal_wallis_test(values, group)
        return found
    rows, columns = np.unique(values, return_inverse=True)[1], np.unique(group, return_inverse=True)[1]
    table = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(table, (rows, columns), 1)
    try:
        found = stats.fisher_exact_test(table)
    except BadInputError:  # too many tables with these margins
        found = stats.chi_square_test(table)
    return found
