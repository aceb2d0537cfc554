"""Real patients with times given in months: the published values of R's cmprsk, digit by digit."""

from __future__ import annotations

import pytest

from examples.shipped import estimate, one, results

NAME = "perugia"


@pytest.mark.parametrize(
    ("endpoint", "statistic", "p_value"),
    [("CIR", 2.8623325, 0.09067592), ("NRM", 0.4481279, 0.50322531)],
)
def test_gray_by_disease(endpoint, statistic, p_value):
    test = one(NAME, "tests", endpoint=endpoint, group_by="disease")
    assert round(test["statistic"], 7) == statistic
    assert round(test["p_value"], 8) == p_value
    assert test["df"] == 1
    assert test["groups"] == ["ALL", "AML"]


def test_groups_and_their_order():
    disease, phase = (one(NAME, "groups", name=name) for name in ("disease", "phase"))
    assert dict(zip(disease["levels"], disease["counts"], strict=True)) == {"ALL": 73, "AML": 104}
    assert list(zip(phase["levels"], phase["counts"], strict=True)) == [
        ("Relapse", 73),
        ("CR1", 47),
        ("CR2", 45),
        ("CR3", 12),
    ]


def test_everybody_is_in_one_of_three_states():
    """56 relapses, 75 deaths without relapse and 46 censored patients; no time is lost to rounding."""
    info = one(NAME, "endpoints", name="CIR")
    assert (info["counts"], info["censored"], info["n"]) == ([56, 75], 46, 177)


@pytest.mark.parametrize("time", [24, 60])
@pytest.mark.parametrize(("group_by", "group"), [(None, None), ("disease", "ALL"), ("phase", "CR1")])
def test_relapse_death_and_survival_add_up_to_one(time, group_by, group):
    parts = [estimate(NAME, name, time, group_by, group)["estimate"] for name in ("CIR", "NRM", "DFS")]
    assert sum(parts) == pytest.approx(1, abs=1e-12)


def test_survival_is_not_made_up():
    """After a relapse the file does not say who died: nothing in the results is called overall survival."""
    assert not [row for row in results(NAME)["estimates"] if row["endpoint"] == "OS"]
