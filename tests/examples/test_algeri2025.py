"""The constructed cohort gives what Algeri et al. printed, through the whole pipeline, digit by digit."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from dayzero import endpoints, examples, records
from examples.shipped import counts, estimate, number, one, results

NAME = "algeri2025"


@pytest.mark.parametrize(
    ("endpoint", "group_by", "group", "printed"),
    [
        ("DFS", None, None, "72.2"),
        ("OS", None, None, "89.2"),
        ("NRM", None, None, "2.6"),
        ("DFS", "remission", "CR1", "92.9"),
        ("DFS", "remission", "CR2/3", "68.5"),
        ("CIR", "remission", "CR1", "0.0"),
        ("CIR", "remission", "CR2/3", "29.9"),
        ("CIR", "inotuzumab", "Inotuzumab", "9.5"),
        ("CIR", "inotuzumab", "No inotuzumab", "40.4"),
        ("survival_after_relapse", None, None, "52.7"),
    ],
)
def test_estimates_at_24_months(endpoint, group_by, group, printed):
    row = estimate(NAME, endpoint, 24, group_by, group)
    assert f"{100 * row['estimate']:.1f}" == printed
    assert row["unit"] == "months"


@pytest.mark.parametrize(
    ("endpoint", "group_by", "printed", "method"),
    [
        ("DFS", "remission", "0.18", "log-rank"),
        ("CIR", "remission", "0.05", "Gray"),
        ("CIR", "inotuzumab", "0.023", "Gray"),
    ],
)
def test_p_values(endpoint, group_by, printed, method):
    test = one(NAME, "tests", endpoint=endpoint, group_by=group_by)
    decimals = len(printed) - 2
    assert f"{test['p_value']:.{decimals}f}" == printed
    assert method.lower() in test["method"].lower()


def test_median_follow_up():
    row = one(NAME, "follow_up", id="follow_up.median")
    assert f"{row['median']:.2f}" == "23.23"
    assert "reverse Kaplan-Meier" in row["method"]


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("blinatumomab_indication", {"refractory": 3, "MRD clearance": 23, "consolidation": 52}),
        ("remission", {"CR1": 14, "CR2": 59, "CR3": 5}),
        ("mrd_before_transplant", {"negative": 72, "positive": 6}),
        ("very_high_risk", {"yes": 31, "no": 47}),
        ("inotuzumab", {"yes": 26, "no": 52}),
        ("tbi", {"yes": 72, "no": 6}),
        ("donor_group", {"matched related": 13, "unrelated": 33, "haploidentical": 32}),
    ],
)
def test_counts_of_the_table(variable, expected):
    assert counts(NAME, variable) == expected


def test_age():
    age = number(NAME, "age")
    assert [round(age[key]) for key in ("median", "minimum", "maximum")] == [8, 1, 25]


def test_groups():
    remission, inotuzumab = (one(NAME, "groups", name=name) for name in ("remission", "inotuzumab"))
    assert list(zip(remission["levels"], remission["counts"], strict=True)) == [("CR1", 14), ("CR2/3", 64)]
    assert list(zip(inotuzumab["levels"], inotuzumab["counts"], strict=True)) == [
        ("No inotuzumab", 38),
        ("Inotuzumab", 26),
    ]
    assert inotuzumab["among_label"] == "CR2/3"


def test_the_flow_ends_with_78():
    steps = results(NAME)["cohort"]
    assert [step["remaining"] for step in steps][-3:] == [84, 82, 78]
    assert not any(step["unknown"] for step in steps)


def test_relapses_and_deaths():
    """16 relapses, all in CR2/3; one death without relapse in CR1 and one in CR2/3."""
    assert one(NAME, "endpoints", name="CIR")["counts"] == [16, 2]
    assert one(NAME, "endpoints", name="survival_after_relapse")["n"] == 16
    assert estimate(NAME, "CIR", 24, "remission", "CR2/3")["events"] == 16
    assert estimate(NAME, "DFS", 24, "remission", "CR1")["events"] == 1


def test_it_says_that_it_is_constructed():
    study = examples.study_path(NAME)
    assert results(NAME)["study"]["notice"] == "Constructed data: not real patients"
    assert "not real patients" in (study.parent / "README.md").read_text(encoding="utf-8").splitlines()[0]
    patients = CalamineWorkbook.from_path(str(study.parent / "cohort.xlsx")).get_sheet_by_name("patients")
    header, *rows = patients.to_python()
    assert {row[header.index("centre")] for row in rows} == {"constructed"}


@pytest.fixture(scope="module")
def workbook():
    return records.read(examples.study_path(NAME).parent / "cohort.xlsx")


def test_the_workbook_is_clean(workbook):
    assert not workbook.findings
    assert not records.check(workbook)


def test_relapses_are_cd19_positive_and_treated_as_printed(workbook):
    after = pl.col("day") > 0
    relapses = workbook.tables["events"].filter(pl.col("event") == "relapse", after)
    assert relapses["detail"].to_list() == ["CD19-positive"] * 16
    salvage = workbook.tables["treatments"].filter(pl.col("indication") == "salvage")
    assert salvage["patient_id"].n_unique() == salvage.height
    assert set(salvage["patient_id"]) <= set(relapses["patient_id"])
    given = dict(salvage.group_by("agent").len().rows())
    assert (given["CAR T"], given["inotuzumab"], given["chemotherapy"]) == (10, 2, 2)


def test_no_result_is_given(workbook):
    """Counts, samples, stages and doses are in the workbook; days of recovery, grades of risk are not."""
    events = set(workbook.tables["events"]["event"])
    assert not events & {"neutrophil engraftment", "platelet engraftment", "graft failure"}
    assert workbook.given.is_empty()
    assert not workbook.variables


@pytest.mark.parametrize(
    ("endpoint", "recovered"), [("neutrophil_engraftment", 78), ("platelet_engraftment", 77)]
)
def test_recovery_is_derived_from_counts(endpoint, recovered, workbook):
    """All but one: who died on day 41 never had 20 x 10^9/L platelets without a transfusion."""
    assert one(NAME, "endpoints", name=endpoint)["counts"] == [recovered, 78 - recovered, 0]
    derived = endpoints.derive(endpoint, workbook)
    assert set(derived.frame["flags"]) == {"derived"}
    assert not derived.findings


def test_transfusions_decide_platelet_recovery(workbook):
    """Without them, counts that a transfusion kept up would have passed for recovery in many patients."""
    treatments = workbook.tables["treatments"]
    first = treatments.filter(pl.col("agent") == "platelet transfusion").group_by(
        "patient_id", maintain_order=True
    )
    only_one = {**workbook.tables, "treatments": first.head(1)}
    days = [
        endpoints.derive("platelet_engraftment", made).frame["time"]
        for made in (workbook, replace(workbook, tables=only_one))
    ]
    assert (days[1] < days[0]).sum() > 20
    assert not (days[1] > days[0]).any()


def test_remission_by_mrd_is_derived_from_samples(workbook):
    """72 of 78; each had a sample before blinatumomab, after every cycle, and before transplant."""
    found = estimate(NAME, "mrd_negative_before_transplant", None)
    assert (found["events"], found["n"]) == (72, 78)
    mrd = workbook.tables["measurements"].filter(pl.col("analyte") == "MRD")
    cycles = workbook.tables["treatments"].filter(pl.col("agent") == "blinatumomab")
    after = cycles.join(mrd, on="patient_id").filter((pl.col("day") - pl.col("stop_day")).is_between(1, 3))
    assert after.select("patient_id", "stop_day").n_unique() == cycles.height
    before = cycles.filter(pl.col("cycle") == 1).join(mrd, on="patient_id")
    assert before.filter((pl.col("start_day") - pl.col("day")).is_between(1, 7)).height == 78
    assert set(mrd["sensitivity"]) == {1e-4, 1e-5}


def test_very_high_risk_is_derived_from_findings_samples_and_days(workbook):
    """The printed features, counted here by hand over the 78: no column of the workbook holds the answer."""
    cohort = set(workbook.tables["patients"].filter(pl.col("immunophenotype") == "B-ALL")["patient_id"])
    cohort &= set(workbook.tables["treatments"].filter(pl.col("agent") == "blinatumomab")["patient_id"])
    diagnosed = {row["patient_id"]: row for row in workbook.tables["patients"].to_dicts()}
    events = workbook.tables["events"].filter(pl.col("day") <= 0).sort("day").to_dicts()
    samples = workbook.tables["measurements"].filter(pl.col("analyte") == "MRD").to_dicts()
    found = set()
    for patient in cohort:
        day, genes = diagnosed[patient]["diagnosis_day"], diagnosed[patient]["cytogenetics"]
        relapses, remissions = (
            [e["day"] - day for e in events if e["patient_id"] == patient and e["event"] == what]
            for what in ("relapse", "complete remission")
        )
        poor = any(
            s["patient_id"] == patient
            and 25 <= s["day"] - day <= 50
            and s["operator"] == "="
            and s["value"] >= 1e-4
            for s in samples
        )
        if (
            genes in ("hypodiploidy", "TCF3::HLF", "KMT2A::AFF1")
            or (genes == "IKZF1plus" and poor)
            or remissions[0] > 40
            or (len(relapses) == 1 and relapses[0] < 18 * 30.4375)
        ):
            found.add(patient)
    assert (len(cohort), len(found)) == (78, 31)
    derived = endpoints.derive_variables(workbook).frame.filter(pl.col("very_high_risk"))
    assert set(derived["patient_id"]) & cohort == found


def test_recorded_grades_agree_with_organ_stages(workbook):
    derived = endpoints.derive("aGVHD_II_IV", workbook)
    assert not [found for found in derived.findings if found.id == "endpoints.grade_disagrees"]
    stages = workbook.tables["events"].filter(pl.col("grade").str.starts_with("stage"))
    assert stages.height > 40


def test_conditioning_agents_have_doses(workbook):
    given = workbook.tables["treatments"].filter(pl.col("indication").str.starts_with("conditioning"))
    assert given["patient_id"].n_unique() == 84
    assert given.filter(pl.col("dose").is_null() | pl.col("unit").is_null()).is_empty()
    irradiated = given.filter(pl.col("agent") == "radiotherapy")
    by_transplant = workbook.tables["transplants"].filter(pl.col("tbi_gy") > 0)
    assert set(irradiated["patient_id"]) == set(by_transplant["patient_id"])


def test_figures_are_those_of_the_article():
    panels = {
        figure["id"]: [[(p["endpoint"], p["group_by"]) for p in row] for row in figure["rows"]]
        for figure in results(NAME)["figures"]
    }
    first, second, third = (panels[name] for name in ("1", "2", "3"))
    assert first == [[("CIR", None), ("CIR", "remission")], [("CIR", "inotuzumab"), ("NRM", None)]]
    assert second == [[("OS", None), ("DFS", None)], [("DFS", "remission"), ("DFS", "inotuzumab")]]
    assert third == [[("survival_after_relapse", None)]]


def test_every_claim_of_the_abstracts_agrees():
    claims = results(NAME)["claims"]
    assert len(claims) == 24
    assert [claim["text"] for claim in claims if claim["verdict"] != "agrees"] == []


def test_every_relapse_is_listed_with_its_salvage_and_outcome() -> None:
    (listing,) = results(NAME)["listings"]
    assert listing["name"] == "relapses"
    rows = [dict(zip(listing["columns"], row, strict=True)) for row in listing["rows"]]
    assert len(rows) == 16
    assert {row["cd19"] for row in rows} == {"positive"}
    assert {row["remission"] for row in rows} == {"CR2/3"}
    salvages = [row["salvages"].split(" (day")[0] for row in rows]
    assert {name: salvages.count(name) for name in ("CAR T", "inotuzumab")} == {"CAR T": 10, "inotuzumab": 2}
    assert listing["note"].startswith("First salvage: CAR T 10; ")
    assert [int(row["relapse_day"].replace(",", "")) for row in rows] == sorted(
        int(row["relapse_day"].replace(",", "")) for row in rows
    )


def test_mrd_before_blinatumomab_follows_from_its_purpose() -> None:
    """23 for MRD clearance and 3 refractory were positive before, 52 for consolidation negative."""
    read = records.read(examples.study_path(NAME).parent / "cohort.xlsx")
    frame = endpoints.derive_variables(read).frame.filter(pl.col("last_therapy") == "blinatumomab")
    cohort = frame.filter(pl.col("immunophenotype") == "B-ALL")
    told = cohort.group_by("blinatumomab_indication", "mrd_before_blinatumomab").len().rows()
    assert set(told) == {
        ("MRD clearance", "positive", 23),
        ("refractory", "positive", 3),
        ("consolidation", "negative", 52),
    }
    # Six of the 26 stayed positive: the 6 of 78 who were not MRD negative at transplant.
    response = cohort["blinatumomab_mrd_response"]
    assert (response.sum(), response.is_not_null().sum()) == (20, 26)
    assert (cohort["mrd_status_before_transplant"] == "positive, quantifiable").sum() == 6
