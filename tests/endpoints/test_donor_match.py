"""HLA grade, donor groups, sex match and the EBMT score: every cell of EBMT Handbook table 11.2."""

from __future__ import annotations

import pytest

from dayzero.endpoints import derive_variables
from endpoints.facts import records


def _one(**facts):
    """Return the variables of one patient: a man of 30 with ALL in CR2 from an unrelated man."""
    who = {"sex": "male", "age": 30.0, "diagnosis": "ALL", "diagnosis_day": -400}
    graft = {"donor": "matched unrelated", "donor_sex": "male", "remission": "CR2"}
    who |= {name: value for name, value in facts.items() if name in (*who, "immunophenotype")}
    graft |= {name: value for name, value in facts.items() if name not in who}
    made = records(
        [{"patient_id": "a", **who}],
        transplants=[{"patient_id": "a", "day": 0, "type": "allogeneic", **graft}],
    )
    return derive_variables(made).frame.row(0, named=True)


@pytest.mark.parametrize(
    ("facts", "component", "points"),
    [
        ({"age": 19.9}, "age", 0),
        ({"age": 20.0}, "age", 1),
        ({"age": 40.9}, "age", 1),  # 40 completed years
        ({"age": 41.0}, "age", 2),
        ({"age": None}, "age", None),
        ({"remission": "CR1"}, "stage", 0),
        ({"remission": "CR2"}, "stage", 1),
        ({"remission": "CR3"}, "stage", 2),
        ({"remission": "CR4+"}, "stage", 2),
        ({"remission": "not in remission"}, "stage", 2),
        ({"remission": "unknown"}, "stage", None),
        ({"diagnosis": "MDS"}, "stage", None),
        ({"diagnosis": "chronic myeloid leukaemia, acute phase"}, "stage", None),
        ({"diagnosis": None, "immunophenotype": "T-ALL"}, "stage", 1),
        ({"diagnosis": "AML"}, "stage", 1),
        ({"diagnosis_day": -365}, "interval", 0),  # 11.99 months of 30.4375 days
        ({"diagnosis_day": -366}, "interval", 1),
        ({"diagnosis_day": -800, "remission": "CR1"}, "interval", 0),  # not counted in CR1
        ({"diagnosis_day": None, "remission": "CR1"}, "interval", 0),
        ({"diagnosis_day": None}, "interval", None),
        ({"diagnosis_day": 5}, "interval", None),
        ({"donor": "matched sibling"}, "donor", 0),
        ({"donor": "matched unrelated"}, "donor", 1),
        ({"donor": "haploidentical"}, "donor", 1),
        ({"donor": "cord blood"}, "donor", 1),
        ({"donor": "syngeneic"}, "donor", None),
        ({"donor": "unknown"}, "donor", None),
        ({"donor_sex": "female"}, "sex", 1),
        ({"donor_sex": "male"}, "sex", 0),
        ({"donor_sex": None}, "sex", None),
        ({"donor_sex": None, "sex": "female"}, "sex", 0),  # whoever gave, it was no man who received
        ({"donor_sex": "male", "sex": None}, "sex", 0),
        ({"donor_sex": "female", "sex": "unknown"}, "sex", None),
    ],
)
def test_each_component(facts, component, points):
    told = _one(**facts)
    assert told[f"ebmt_{component}_points"] == points
    assert (told["ebmt_score"] is None) == (points is None)
    assert told["ebmt_score_why"] == (None if points is not None else f"not known: {component}")


def test_the_sum_and_its_ends():
    low = {"age": 10.0, "remission": "CR1", "donor": "matched sibling"}
    high = {"age": 50.0, "remission": "CR3", "donor_sex": "female"}
    assert _one(**low)["ebmt_score"] == 0
    assert _one()["ebmt_score"] == 1 + 1 + 1 + 1
    assert _one(**high)["ebmt_score"] == 7
    assert _one(age=None, donor_sex=None)["ebmt_score_why"] == "not known: age, sex"


def test_female_to_male():
    assert _one(donor_sex="female")["female_to_male"] is True
    assert _one(donor_sex="female", sex="female")["female_to_male"] is False
    assert _one(donor_sex=None)["female_to_male"] is None


HLA = {
    "10/10": ("10/10", 0, "MD"),
    "9/10": ("9/10", 1, "MD"),
    "8/10": ("8/10", 2, "MMD"),
    "8/8": ("8/8", 0, None),  # 8/10 to 10/10
    "7/8": ("7/8", 1, None),
    "6/8": ("6/8", 2, "MMD"),  # 8/10 at most
    "12/12": ("12/12", 0, "MD"),
    "11/12": ("11/12", 1, "MD"),
    "10/12": ("10/12", 2, None),
    "8/12": ("8/12", 4, "MMD"),
    "4/6": ("4/6", 2, None),
    "10 of 10": ("10/10", 0, "MD"),
    "10/10 (high resolution)": ("10/10", 0, "MD"),
    "11/10": (None, None, None),
    "5/7": (None, None, None),
    "2023/10/10": (None, None, None),
    "matched": (None, None, None),
    None: (None, None, None),
}


def test_hla_grade_and_paediatric_group(engine):
    people = [f"p{n}" for n in range(len(HLA))]
    made = records(
        people,
        transplants=[
            {"patient_id": p, "day": 0, "type": "allogeneic", "donor": "matched unrelated", "hla_match": text}
            for p, text in zip(people, HLA, strict=True)
        ],
    )
    frame = derive_variables(engine(made)).frame.select(
        "patient_id", "hla_grade", "hla_mismatches", "donor_group_paediatric"
    )
    told = {p: rest for p, *rest in frame.iter_rows()}
    assert {text: tuple(told[p]) for p, text in zip(people, HLA, strict=True)} == HLA


@pytest.mark.parametrize(
    ("donor", "match", "group"),
    [
        ("matched sibling", None, "MSD"),
        ("haploidentical", "5/10", "haplo"),
        ("cord blood", "6/8", "cord"),
        ("other matched related", "10/10", "MD"),
        ("mismatched unrelated", "9/10", "MD"),
        ("mismatched related", "7/10", "MMD"),
        ("matched unrelated", None, None),
        ("syngeneic", "10/10", None),
        (None, "10/10", None),
    ],
)
def test_each_donor(donor, match, group):
    assert _one(donor=donor, hla_match=match)["donor_group_paediatric"] == group
