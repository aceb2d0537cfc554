"""Acute GVHD recorded as organ stages: graded by day, beside the grade that the centre recorded."""

from __future__ import annotations

from itertools import product

from dayzero.endpoints import derive
from dayzero.endpoints.gvhd.gvhd_stages import glucksberg_grade, magic_grade
from dayzero.endpoints.gvhd.staging import staged_rows
from endpoints.facts import answers, found, reasons, records, whys


def _stage(p, day, site, stage, system=None, occurred=None):
    row = {"patient_id": p, "day": day, "event": "aGVHD", "site": site, "grade": f"stage {stage}"}
    return {**row, "system": system, "occurred": occurred}


def _overall(p, day, grade):
    return {"patient_id": p, "day": day, "event": "aGVHD", "grade": grade}


def _made(people, events):
    return records(
        people, events=events, follow_up=[{"patient_id": p, "day": 200, "alive": "yes"} for p in people]
    )


def test_the_expression_is_the_function(engine):
    """Every combination of stages, one patient each."""
    events, expected = [], {}
    for skin, liver, upper, lower in product(range(5), range(5), range(2), range(5)):
        for system in ("MAGIC", "Glucksberg"):
            p = f"{system}{skin}{liver}{upper}{lower}"
            sites = {"skin": skin, "liver": liver, "upper GI": upper, "lower GI": lower}
            events += [_stage(p, 20, site, stage, system) for site, stage in sites.items()]
            expected[p] = (
                magic_grade(skin, liver, upper, lower)
                if system == "MAGIC"
                else glucksberg_grade(skin, liver, max(upper, lower))
            )
    rows = staged_rows(engine(_made(sorted(expected), events)))
    assert dict(rows.select("patient_id", "overall").iter_rows()) == expected


def test_grades_by_day(engine):
    events = [
        _stage("skin", 20, "skin", 3),  # no overall grade III: stage 3 of the skin is grade II
        _stage("gut", 20, "skin", 1),
        _stage("gut", 25, "lower GI", 2),
        _stage("gut", 25, "skin", 1),
        _stage("glucksberg", 30, "gut", 4, "Glucksberg"),
        _stage("late", 40, "Liver", 1),
        _stage("late", 50, "liver", 4),
        _stage("no", 50, "liver", 4, occurred="no"),
        _overall("no", 60, "I"),
    ]
    made = engine(_made(["skin", "gut", "glucksberg", "late", "no"], events))
    high = derive("aGVHD_III_IV", made)
    assert answers(high) == {
        "glucksberg": (30, 1),
        "gut": (25, 1),
        "late": (50, 1),
        "no": (200, 0),
        "skin": (200, 0),
    }
    assert answers(derive("aGVHD_II_IV", made)) == answers(high) | {"late": (40, 1), "skin": (20, 1)}
    assert whys(high)["gut"] == (
        "acute GVHD grade III-IV on day 25 (events row 4); graded from organ stages, MAGIC"
    )
    assert whys(high)["glucksberg"].endswith("Glucksberg")
    assert dict(high.frame.select("patient_id", "flags").iter_rows())["gut"] == "derived"


def test_a_recorded_grade_stands_and_the_difference_is_found(engine):
    events = [
        _overall("lower", 20, "grade II"),
        _stage("lower", 20, "lower GI", 3),
        _overall("same", 20, "III-IV"),
        _stage("same", 20, "lower GI", 3),
        _overall("another_day", 20, "I"),
        _stage("another_day", 28, "liver", 2),
    ]
    derived = derive("aGVHD_III_IV", engine(_made(["lower", "same", "another_day"], events)))
    assert answers(derived) == {"another_day": (28, 1), "lower": (200, 0), "same": (20, 1)}
    assert [f for f in found(derived) if f[0] == "grade_disagrees"] == [("grade_disagrees", "lower")]
    assert dict(derived.frame.select("patient_id", "flags").iter_rows())["same"] == ""


def test_a_stage_that_cannot_be_read_leaves_the_grade_open(engine):
    events = [_stage("a", 20, "skin", "2-3"), _stage("a", 20, "liver", 1), _stage("b", 20, "skin", 4)]
    derived = derive("aGVHD_III_IV", engine(_made(["a", "b"], events)))
    assert answers(derived) == {"b": (20, 1)}
    assert set(reasons(derived)) == {"a"}


def test_composites_see_the_graded_stages():
    events = [
        _stage("a", 20, "lower GI", 2),
        {"patient_id": "b", "event": "cGVHD", "occurred": "no"},
    ]
    assert answers(derive("mgrfs_nih", _made(["a", "b"], events))) == {"a": (20, 1), "b": (200, 0)}
