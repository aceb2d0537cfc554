"""Delayed entry: at risk from the day of coming under observation on, by hand and by two loops."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from dayzero.errors import BadInputError
from dayzero.study.comparisons import compare
from dayzero.study.entering import entered
from dayzero.study.estimates import at_horizons
from dayzero.study.sample import grouped_sample, whole_sample
from study.hand_made import derived, fit, grouping
from study.models import cohort
from study.models.test_models import sixty

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.endpoints.definition import DerivedEndpoint


def late(kind: str, *rows: tuple[float, int, float | None]) -> DerivedEndpoint:
    """Return an endpoint of patients p01, ... with these (day, cause, day of entry)."""
    own = derived(kind, *[(day, cause) for day, cause, _ in rows])
    days = pl.DataFrame({"patient_id": own.frame["patient_id"], "entry": [e for *_, e in rows]})
    return entered(own, days.with_columns(pl.col("entry").cast(pl.Float64)))


#: At risk on day 10: p1, p2, p3 (p4 enters after it); on day 20: p2, p3, p4; on day 30: p3, p4.
ROWS = ((10.0, 1, 0.0), (20.0, 1, 0.0), (40.0, 0, 5.0), (30.0, 1, 12.0))


def test_kaplan_meier_by_hand() -> None:
    """2/3 on day 10, 2/3 of that on day 20, half of it on day 30: 2/3, 4/9, 2/9."""
    sample = whole_sample(late("survival", *ROWS))
    found = at_horizons(fit(sample), (10, 20, 30), "days").estimates
    assert [e.estimate for e in found] == pytest.approx([2 / 3, 4 / 9, 2 / 9], rel=1e-12)
    assert [e.at_risk for e in found] == [3, 3, 2]
    assert all("exact" not in e.conf_type for e in found)


def test_entry_on_day_0_changes_nothing() -> None:
    rows = [(day, cause, 0.0) for day, cause, _ in ROWS]
    sample = whole_sample(late("survival", *rows))
    assert sample.entry is None
    plain = whole_sample(derived("survival", *[(day, cause) for day, cause, _ in rows]))
    horizons = (10, 20, 30)
    assert at_horizons(fit(sample), horizons, "days").estimates == (
        at_horizons(fit(plain), horizons, "days").estimates
    )


def test_who_cannot_have_been_seen_is_left_out() -> None:
    found = late("survival", (10, 1, 10.0), (10, 0, 11.0), (10, 1, None), (10, 1, 9.0), (0, 1, 0.0))
    assert found.frame["patient_id"].to_list() == ["p04", "p05"]
    assert dict(found.not_eligible.select("patient_id", "reason").rows()) == {
        "p01": "event or last contact before coming under observation",
        "p02": "event or last contact before coming under observation",
        "p03": "the day of coming under observation is not known",
    }
    (finding,) = found.findings
    assert "(delayed entry): 1 patient; left out" in finding.what
    assert finding.what.endswith("is not known: 3.")


def test_grays_test_is_withheld_with_what_to_ask() -> None:
    rows = [(10.0 + i, i % 3, float(i % 2)) for i in range(24)]
    sample = grouped_sample(late("incidence", *rows), grouping("ab" * 12))
    test, findings = compare(sample)
    assert test is not None and test.p_value is None
    assert "not defined for delayed entry" in test.note
    assert [finding.id for finding in findings] == ["guard.p_withheld"]
    survival, _ = compare(grouped_sample(late("survival", *rows), grouping("ab" * 12)))
    assert survival is not None and survival.p_value is not None


STUDY = '[cohort]\nentry = "registration_day"\n[[model]]\nendpoint = "DFS"\ncovariates = ["sex"]\n'


def registered() -> list[dict[str, Any]]:
    return [{**row, "registered": 7 * (i % 5)} for i, row in enumerate(sixty())]


def score(rows: list[dict[str, Any]], beta: float) -> float:
    """Return the derivative of the log partial likelihood without ties, by two loops."""
    total = 0.0
    for one in rows:
        if one["status"]:
            at_risk = [o for o in rows if o["registered"] < one["day"] <= o["day"]]
            weights = [exp(beta * (o["sex"] == "female")) for o in at_risk]
            exposed = sum(w for w, o in zip(weights, at_risk, strict=True) if o["sex"] == "female")
            total += (one["sex"] == "female") - exposed / sum(weights)
    return total


def test_a_model_counts_patients_from_their_entry_on(tmp_path: Path) -> None:
    found = cohort.results(tmp_path, registered(), STUDY)
    (model,) = found.models
    seen = [row for row in registered() if row["day"] > row["registered"]]
    assert model.n == len(seen)
    coef = cohort.fit(model, "").terms[1].coef
    assert coef is not None
    assert score(seen, coef) == pytest.approx(0, abs=1e-8)
    assert "guard.delayed_entry" in cohort.ids(found)
    assert "guard.left_truncation" not in cohort.ids(found)


def test_fine_gray_says_that_it_is_not_estimated(tmp_path: Path) -> None:
    (model,) = cohort.results(tmp_path, registered(), STUDY.replace("DFS", "CIR")).models
    assert "delayed entry" in cohort.fit(model, ".fg1").refused
    assert cohort.fit(model, ".cs1").terms


@pytest.mark.parametrize(("name", "what"), [("entri", "unknown variable 'entri'"), ("sex", "no")])
def test_entry_must_be_a_day(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        cohort.results(tmp_path, registered(), STUDY.replace("registration_day", name))
    assert what in caught.value.what
