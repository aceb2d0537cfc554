"""Full chimerism after transplant and MRD before it, by the result's operator and the assay's sensitivity."""

from __future__ import annotations

import pytest

from dayzero.endpoints import Options, derive, derive_variables
from dayzero.errors import RefusalError
from endpoints.facts import answers, found, reasons, records, whys

NEGATIVE, POSITIVE, UNKNOWN = "negative", "positive", "unknown"

MRD = {
    "below": ({"value": 5e-5}, NEGATIVE),
    "zero": ({"value": 0.0, "sensitivity": 1e-5}, NEGATIVE),
    "zero_blind": ({"value": 0.0, "sensitivity": 1e-3}, UNKNOWN),
    "at_the_cut": ({"value": 1e-4}, POSITIVE),
    "above": ({"value": 0.01, "sensitivity": 1e-3}, POSITIVE),
    "less_than_cut": ({"value": 1e-4, "operator": "<"}, NEGATIVE),
    "less_than_more": ({"value": 1e-3, "operator": "<"}, UNKNOWN),
    "at_most_cut": ({"value": 1e-4, "operator": "≤"}, UNKNOWN),
    "more_than_cut": ({"value": 1e-4, "operator": ">"}, POSITIVE),
    "more_than_less": ({"value": 1e-5, "operator": ">"}, UNKNOWN),
    "word": ({"text": "negative"}, NEGATIVE),
    "word_sees": ({"text": "negative", "sensitivity": 1e-4}, NEGATIVE),
    "word_blind": ({"text": "negative", "sensitivity": 1e-3}, UNKNOWN),
    "word_positive": ({"text": "positive"}, POSITIVE),
    "pnq": ({"text": "positive not quantifiable"}, UNKNOWN),
    "not_done": ({"text": "not done"}, "not done"),
    "unknown": ({"text": "unknown"}, None),
}


def _mrd(patient_id, day=-10, **result):
    return {
        "patient_id": patient_id,
        "day": day,
        "analyte": "MRD",
        "unit": "fraction",
        **({"operator": "="} if "value" in result else {}),
        **result,
    }


def test_each_mrd_result(engine):
    made = engine(records(sorted(MRD), measurements=[_mrd(p, **result) for p, (result, _) in MRD.items()]))
    variables = derive_variables(made)
    told = variables.frame.select("patient_id", "mrd_before_transplant")
    assert dict(told.iter_rows()) == {p: answer for p, (_, answer) in MRD.items()}
    derived = derive("mrd_negative_before_transplant", made)
    assert {p: cause for p, (_, cause) in answers(derived).items()} == {
        p: int(answer == NEGATIVE) for p, (_, answer) in MRD.items() if answer in (NEGATIVE, POSITIVE)
    }
    assert set(reasons(derived)) == {p for p, (_, a) in MRD.items() if a not in (NEGATIVE, POSITIVE)}
    # Negative: below (a level was seen), zero, less_than_cut, word, word_sees; two do not say how sensitive.
    assert found(derived) == found(variables) == [("mrd_sensitivity_not_stated", None)]
    assert derived.findings[0].what.startswith("2 of 5 patients")


def test_the_last_result_in_the_window_decides(engine):
    made = records(
        ["last", "window", "day_0", "after", "not_done_later", "worse", "sees"],
        measurements=[
            _mrd("last", -25, value=0.01),
            _mrd("last", -5, value=0.0),
            _mrd("window", -31, value=0.0),
            _mrd("day_0", 0, value=0.0),
            _mrd("after", 1, value=0.0),
            _mrd("not_done_later", -20, value=0.0),
            _mrd("not_done_later", -5, text="not done"),
            _mrd("worse", -5, value=0.0),
            _mrd("worse", -5, value=0.01),
            _mrd("sees", -5, text="negative", sensitivity=1e-3),
            _mrd("sees", -5, text="negative", sensitivity=1e-5),
        ],
    )
    derived = derive("mrd_negative_before_transplant", engine(made))
    assert answers(derived) == {
        "day_0": (None, 1),
        "last": (None, 1),
        "not_done_later": (None, 1),
        "sees": (None, 1),
        "worse": (None, 0),
    }
    assert reasons(derived)["window"] == "no result in the 30 days before day 0"
    assert whys(derived)["worse"] == (
        "not MRD negative on day -5 (measurements row 10): positive, quantifiable"
    )
    wide = derive("mrd_negative_before_transplant", engine(made), Options(mrd_window_days=31))
    assert "window" in answers(wide)


CHIMERISM = {
    "full": ([(60, 98.4, "=")], (60, 1)),
    "exactly_95": ([(60, 95.0, "=")], (60, 0)),
    "more_than_95": ([(60, 95.0, ">")], (60, 1)),
    "at_least_95": ([(60, 95.0, "≥")], None),
    "less_than_95": ([(60, 95.0, "<")], (60, 0)),
    "less_than_99": ([(60, 99.0, "<")], None),
    "last_counts": ([(30, 80.0, "="), (90, 100.0, "=")], (90, 1)),
    "lowest_lineage_counts": ([(60, 100.0, "="), (60, 90.0, "=")], (60, 0)),
    "only_before": ([(-5, 100.0, "="), (0, 100.0, "=")], None),
}


def test_chimerism(engine):
    made = records(
        sorted(CHIMERISM),
        measurements=[
            {
                "patient_id": p,
                "day": day,
                "analyte": "chimerism",
                "value": value,
                "operator": sign,
                "unit": "%",
            }
            for p, (results, _) in CHIMERISM.items()
            for day, value, sign in results
        ],
    )
    made = engine(made)
    derived = derive("full_chimerism", made)
    assert answers(derived) == {p: answer for p, (_, answer) in CHIMERISM.items() if answer is not None}
    assert reasons(derived)["only_before"] == "no result after day 0"
    percent = dict(derive_variables(made).frame.select("patient_id", "chimerism_last_pct").iter_rows())
    assert percent["lowest_lineage_counts"] == 90.0
    assert percent["last_counts"] == 100.0
    assert percent["only_before"] is None
    stricter = derive("full_chimerism", made, Options(full_chimerism_above=99.0))
    assert answers(stricter)["full"] == (60, 0)


@pytest.mark.parametrize("name", ["full_chimerism", "mrd_negative_before_transplant"])
def test_no_result_at_all_is_refused(engine, name):
    with pytest.raises(RefusalError, match=r"no result .* is recorded for anyone"):
        derive(name, engine(records(["a"])))
