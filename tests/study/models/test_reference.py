"""The models of the example perugia, digit by digit as R's survival and cmprsk give them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examples.shipped import results

STORED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "reference" / "models" / "perugia.json").read_text(encoding="utf-8")
)
FITS = [name for name in STORED if name != "made_with"]
#: R's crr iterates with round-off of its own: its last digits are right to about 1e-10.
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@cache
def fits() -> dict[str, Any]:
    return {fit["id"]: fit for model in results("perugia")["models"] for fit in model["fits"]}


def numbers(name: str, key: str) -> list[float]:
    return [term[key] for term in fits()[name]["terms"] if not term["is_reference"]]


def test_every_fit_of_the_study_has_a_reference() -> None:
    assert sorted(fits()) == sorted(FITS)


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("key", ["coef", "std_err"])
def test_coefficients_and_errors(name: str, key: str) -> None:
    np.testing.assert_allclose(numbers(name, key), STORED[name][key], **CLOSE)


@pytest.mark.parametrize("name", FITS)
def test_ratios_and_limits(name: str) -> None:
    np.testing.assert_allclose(numbers(name, "ratio"), np.exp(STORED[name]["coef"]), **CLOSE)
    limits = [*numbers(name, "lower"), *numbers(name, "upper")]
    np.testing.assert_allclose(limits, STORED[name]["limits"], **CLOSE)


@pytest.mark.parametrize("name", [name for name in FITS if ".fg" not in name])
def test_proportional_hazards(name: str) -> None:
    checks = fits()[name]["proportional"]
    found = [check["statistic"] for check in checks]
    expected, p_values = STORED[name]["zph"], STORED[name]["zph_p"]
    if len(expected) == 1:  # R leaves the line GLOBAL out where there is one covariate
        expected, p_values = expected * 2, p_values * 2
    np.testing.assert_allclose(found, expected, **CLOSE)
    np.testing.assert_allclose([check["p_value"] for check in checks], p_values, **CLOSE)


@pytest.mark.parametrize("name", ["model.DFS.1", "model.CIR.1.cs1", "model.CIR.1.cs2"])
def test_all_levels_of_a_covariate_together(name: str) -> None:
    (check,) = fits()[name]["overall"]
    assert (check["covariate"], check["df"]) == ("phase", 3)
    np.testing.assert_allclose(check["statistic"], STORED[name]["phase_wald"], **CLOSE)


def test_counts() -> None:
    """104 patients with AML, 28 of whom relapsed and 47 died without relapse (table of the example)."""
    for name, events in (("model.CIR.1.cs1", (28, 28)), ("model.CIR.1.fg2", (28, 47))):
        terms = [term for term in fits()[name]["terms"] if term["covariate"] == "disease"]
        assert [(term["label"], term["n"]) for term in terms] == [("ALL", 73), ("AML", 104)]
        assert tuple(term["events"] for term in terms) == events
