"""The same patients under the conventions of several programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dayzero import stats

from .sources import Columns, columns, stored

if TYPE_CHECKING:
    from collections.abc import Callable

PRESETS = ("dayzero", "R survival", "cmprsk", "SAS", "EZR")


def number(value: float, digits: int = 6) -> str:
    """Print a number, or a dash when there is none."""
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def limits(row: dict[str, Any], digits: int = 4) -> str:
    """Print two limits."""
    return f"{number(row['lower'], digits)} to {number(row['upper'], digits)}"


def whole(row: dict[str, Any]) -> str:
    """Print two limits in days."""
    return " to ".join("not reached" if math.isnan(row[k]) else f"{row[k]:.0f}" for k in ("lower", "upper"))


def survival(d: Columns, preset: stats.Preset) -> dict[str, str]:
    """Overall survival: one year, the median, beyond the last patient."""
    curve = stats.kaplan_meier(d["os_time"], d["dead"], **preset.kaplan_meier)
    year, median = curve.at(365).row(0, named=True), curve.quantile(0.5).row(0, named=True)
    beyond = curve.at(3000, beyond=preset.beyond_follow_up)["estimate"][0]
    return {
        "overall survival at day 365": number(year["estimate"]),
        "its standard error": number(year["std_err"]),
        "its 95% limits": limits(year),
        "median survival, days": f"{median['estimate']:.0f}",
        "its 95% limits, days": whole(median),
        "survival at day 3000, after the last patient": "not estimable"
        if math.isnan(beyond)
        else number(beyond),
    }


def incidence(d: Columns, preset: stats.Preset) -> dict[str, str]:
    """Relapse: day 100, and at two years with times rounded up to months."""
    asked = preset.cumulative_incidence
    row = stats.cumulative_incidence(d["time"], d["cause"], **asked).at(100).row(0, named=True)
    months = np.ceil(d["time"] / 30.4375)
    tied = stats.cumulative_incidence(months, d["cause"], **asked).at(24).row(0, named=True)
    return {
        "relapse at day 100": number(row["estimate"]),
        "its standard error ": number(row["std_err"], 7),
        "its 95% limits ": limits(row),
        "relapse at 24 months, times in months": number(tied["estimate"]),
        "its standard error  ": number(tied["std_err"], 7),
    }


def presets() -> list[str]:
    """Return the table of the presets, and what each stands for."""
    d = columns("data/bmt137.csv")
    found = {name: stats.convention_preset(name) for name in PRESETS}
    cells = {name: survival(d, preset) | incidence(d, preset) for name, preset in found.items()}
    lines = ["| | " + " | ".join(PRESETS) + " |", "|---" * (len(PRESETS) + 1) + "|"]
    for title in cells["dayzero"]:
        values = [cells[name][title] for name in PRESETS]
        label = title.strip()
        label = label if len(set(values)) == 1 else f"**{label}**"
        lines.append(f"| {label} | " + " | ".join(values) + " |")
    return [*lines, "", *(f"- {preset}" for preset in found.values())]


def stored_side_by_side() -> list[str]:
    """Return what R printed, from its stored results, beside what dayzero prints when asked for the same."""
    r, d = stored("nonparametric"), columns("data/bmt137.csv")
    rows = (d["time"], d["cause"])
    aalen, delta = (
        stats.cumulative_incidence(*rows, variance=v).at(100)["std_err"][0] for v in ("aalen", "delta")
    )
    cmprsk = math.sqrt(r["cif_bmt137_all_cmprsk"]["variance"][0][0])
    survfit = r["cif_bmt137_all_survfit"]["all"]["std_err"][0][0]
    lines = ["| standard error of relapse at day 100 | R printed | dayzero prints |", "|---|---|---|"]
    lines.append(f'| cmprsk; here variance "aalen" | {cmprsk:.7f} | {aalen:.7f} |')
    lines.append(f'| survfit; here variance "delta" | {survfit:.7f} | {delta:.7f} |')
    return lines


def _cox(ties: str) -> Callable[[Columns], str]:
    def fit(d: Columns) -> str:
        x = stats.expand_factor("group", d["group"], reference=2)
        model = stats.cox(d["os"], d["dead"], x, ties=ties)
        return f"{math.exp(model.coef[-1]):.6f}"

    return fit


def _fine_gray(kind: str) -> Callable[[Columns], str]:
    def fit(d: Columns) -> str:
        x = stats.expand_factor("group", d["group"], reference=2)
        model = stats.fine_gray(d["time"], d["cause"], x)
        variance = model.covariance if kind == "crr" else model.naive_covariance
        return f"{math.sqrt(variance[-1, -1]):.6f}"

    return fit


def _mantel_byar(ties: str) -> Callable[[Columns], str]:
    def test(d: Columns) -> str:
        found = stats.mantel_byar_test(d["time"], d["cause"] > 0, d["agvhd"], ties=ties)
        return f"{found.statistic:.6f}"

    return test


def _plateau(_: Columns) -> str:
    curve = stats.kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])
    return f"{curve.quantile(0.5)['estimate'][0]:g}"


CHOICES: tuple[tuple[str, str, str, Callable[[Columns], str]], ...] = (
    (
        "hazard ratio of death, high against low risk AML",
        "Efron's ties (R's default)",
        'ties="efron"',
        _cox("efron"),
    ),
    ("", "Breslow's ties (the default of SAS)", 'ties="breslow"', _cox("breslow")),
    ("", "exact ties", 'ties="exact"', _cox("exact")),
    ("standard error of the Fine-Gray coefficient of the same", "crr", ".covariance", _fine_gray("crr")),
    ("", "inverse information", ".naive_covariance", _fine_gray("naive")),
    ("Mantel-Byar statistic of acute GVHD", "textbook", 'ties="textbook"', _mantel_byar("textbook")),
    ("", "rows of `tmerge`", 'ties="R"', _mantel_byar("R")),
    (
        "median where S is exactly 1/2 from day 2 to 4 (four patients)",
        "the middle of the flat part, as R; SAS may print NE",
        "",
        _plateau,
    ),
)


def choices() -> list[str]:
    """Return the choices that no preset sets."""
    d = columns("multistate/data/bmt137.csv")
    lines = ["| number | convention | asked for with | dayzero prints |", "|---|---|---|---|"]
    for title, convention, asked, compute in CHOICES:
        lines.append(f"| {title} | {convention} | {'' if not asked else f'`{asked}`'} | {compute(d)} |")
    return lines
