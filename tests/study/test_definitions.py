"""Definitions that a study chooses: applied, printed, compared, or refused with what is allowed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from dayzero.errors import BadInputError
from dayzero.study.asking import asked
from dayzero.study.loading import parse_study
from dayzero.study.runner import run
from study.small_cohort import STUDY, write_cohort

if TYPE_CHECKING:
    from pathlib import Path

SENSITIVITY = """
[[outcome]]
endpoint = "DFS"
by = ["remission"]
definition = { second_transplant = "censor" }
"""


def _with_second_transplant(folder: Path, text: str) -> Path:
    """p12 got a second transplant in remission on day 90, p08 one after relapse on day 250."""
    path = write_cohort(folder, dates=False, study=text)
    table = folder / "cohort" / "transplants.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    again = [
        {**rows[0], "patient_id": patient, "date": day, "remission": ""}
        for patient, day in (("p12", 90), ("p08", 250))
    ]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, *again])
    return path


def _estimate(done, ident):
    return next(e.estimate for e in done.results.estimates if e.id == ident)


def _endpoint(done, name):
    return next(e for e in done.results.endpoints if e.name == name)


def test_a_sensitivity_analysis_stands_beside_the_primary_one(tmp_path):
    text = STUDY.replace("[figures.1]", SENSITIVITY + "[figures.1]").replace(
        '"CIR by remission"', '"DFS_second_transplant_censor by remission"'
    )
    done = run(_with_second_transplant(tmp_path, text))
    # CR2: p09 dies on day 50, p07 relapses on day 100, p08 on day 200; p12 leaves on day 90.
    assert _estimate(done, "DFS.remission.CR2.12") == pytest.approx(1 / 2)
    censored = "DFS_second_transplant_censor"
    assert _estimate(done, f"{censored}.remission.CR2.12") == pytest.approx(5 / 6 * 3 / 4 * 2 / 3)
    primary, other = _endpoint(done, "DFS"), _endpoint(done, censored)
    assert primary.choices == ("Second transplant in remission: ignored",)
    assert other.choices == ("Second transplant in remission: ends observation",)
    assert other.label == "Disease-free survival (censored at second transplant)"
    assert (primary.counts, primary.censored) == ((3,), 9)
    assert (other.counts, other.censored) == ((3,), 9)
    panel = done.results.figures[0].rows[0][1]
    assert panel.curves == (f"{censored}.remission.CR1.curve", f"{censored}.remission.CR2.curve")
    rows = {(r["endpoint"], r["patient_id"]): r for r in done.endpoints.iter_rows(named=True)}
    assert (rows["DFS", "p12"]["time"], rows[censored, "p12"]["time"]) == (520, 90)
    assert rows[censored, "p08"]["cause_label"] == "relapse or death"


def test_the_definitions_of_the_study_hold_for_every_endpoint_that_has_the_choice(tmp_path):
    text = STUDY.replace("[figures.1]", '[definitions]\nsecond_transplant = "censor"\n[figures.1]')
    done = run(_with_second_transplant(tmp_path, text))
    assert [e.name for e in done.results.endpoints] == [
        "OS",
        "DFS",
        "CIR",
        "NRM",
        "survival_after_relapse",
    ]
    chosen = ("Second transplant in remission: ends observation",)
    assert [e.choices for e in done.results.endpoints] == [(), chosen, chosen, chosen, ()]
    free, relapse = (_estimate(done, f"{name}.12") for name in ("DFS", "CIR"))
    assert free + relapse + _estimate(done, "NRM.12") == pytest.approx(1, abs=1e-12)


def test_a_second_transplant_can_compete_with_relapse(tmp_path):
    own = 'endpoint = "{}"\ndefinition = {{ second_transplant = "compete" }}'
    text = STUDY.replace('endpoint = "CIR"', own.format("CIR")).replace('endpoint = "NRM"', own.format("NRM"))
    text = text.replace("CIR by remission", "CIR_second_transplant_compete by remission")
    done = run(_with_second_transplant(tmp_path, text))
    found = _endpoint(done, "CIR_second_transplant_compete")
    assert found.causes == ("relapse", "death without relapse", "second transplant in remission")
    assert found.counts == (2, 1, 1)
    assert _estimate(done, "CIR_second_transplant_compete.12") == pytest.approx(2 / 12)


def _asked(text: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    study = parse_study(BASE + text)
    questions = [asked(outcome, study.protocol) for outcome in study.protocol.outcome]
    return {q.name: (q.options.second_transplant, q.definition.label, q.choices) for q in questions}


@pytest.mark.parametrize(
    ("chosen", "recovery", "first_failure", "free"),
    [
        ("ignore", "competing event", "ignored", "ignored"),
        ("compete", "competing event", "competing event", "ignored"),
        ("censor", "ends observation", "ends observation", "ends observation"),
    ],
)
def test_a_choice_of_the_study_holds_for_the_endpoints_that_can_have_it(
    chosen, recovery, first_failure, free
):
    names = ("platelet engraftment", "CIR", "DFS")
    text = "".join(f'[[outcome]]\nendpoint = "{name}"\n' for name in names)
    found = _asked(f'[definitions]\nsecond_transplant = "{chosen}"\n{text}')
    assert [choices[0] for _, _, choices in found.values()] == [
        f"Second transplant or rescue infusion: {recovery}",
        f"Second transplant in remission: {first_failure}",
        f"Second transplant in remission: {free}",
    ]


def test_the_study_runs_when_an_endpoint_cannot_have_its_choice(tmp_path):
    text = STUDY + '\n[definitions]\nsecond_transplant = "compete"\n'
    done = run(_with_second_transplant(tmp_path, text))
    assert _endpoint(done, "DFS").choices == ("Second transplant in remission: ignored",)
    assert _endpoint(done, "CIR").choices == ("Second transplant in remission: competing event",)


@pytest.mark.parametrize(
    ("endpoint", "own", "label"),
    [
        (
            "VOD_Baltimore",
            "vod_together_days = 7",
            "(signs of VOD/SOS stand together: at most 7 days apart)",
        ),
        ("cmv_dnaemia", "dna_threshold = 1000", "(PCR positive from: 1000)"),
        ("full_chimerism", "full_chimerism_above = 98.5", "(full donor chimerism: above 98.5%)"),
        ("CIR", 'second_transplant = "censor"', "(censored at second transplant)"),
    ],
)
def test_a_sensitivity_analysis_is_labelled_in_words(endpoint, own, label):
    ((_, printed, _),) = _asked(f'[[outcome]]\nendpoint = "{endpoint}"\ndefinition = {{ {own} }}\n').values()
    assert printed.endswith(label)


BASE = '[study]\ntitle = "T"\n[data]\nsource = "x"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[outcome]]\nendpoint = "DFS"\ndefinition = { second_transplant = "compete" }\n',
            ["line 7", "cannot be 'compete' for DFS", "ignore, censor", "no competing events"],
        ),
        (
            '[[outcome]]\nendpoint = "platelet engraftment"\ndefinition = { second_transplant = "ignore" }\n',
            ["line 7", "compete, censor", "not that of the first graft"],
        ),
        (
            '[[outcome]]\nendpoint = "OS"\ndefinition = { second_transplant = "censor" }\n',
            ["line 7", "OS has no choice of definition"],
        ),
        (
            '[[outcome]]\nendpoint = "CIR"\ndefinition = { mrd_window_days = 20 }\n',
            ["line 7", "unknown choice for CIR 'mrd_window_days'", "second_transplant"],
        ),
        (
            '[[outcome]]\nendpoint = "CIR"\ndefinition = { second_transplant = "sensor" }\n',
            ["line 7", "did you mean 'censor'"],
        ),
        ("[definitions]\nmrd_negative_below = 0.1\n", ["line 6", "is 0.1", "0.01% is 1e-4"]),
        ("[definitions]\nfull_chimerism_above = 0.95\n", ["line 6", "percent of donor cells"]),
        ("[definitions]\ncount_gap_days = 0\n", ["line 6", "from 1 to 60"]),
        ("[definitions]\nmrd_window_days = 7.5\n", ["line 6"]),
        ("[definitions]\nmrd_windows = 7\n", ["line 6", "mrd_window_days"]),
        (
            2 * '[[outcome]]\nendpoint = "CIR"\ndefinition = { second_transplant = "censor" }\n',
            ["line 9", "asked for twice"],
        ),
    ],
)
def test_what_cannot_be_chosen(text, words):
    with pytest.raises(BadInputError) as caught:
        parse_study(BASE + text)
    assert [word for word in words if word not in str(caught.value)] == []


def test_general_definitions_and_an_outcome_of_its_own():
    text = '[definitions]\nsecond_transplant = "compete"\n[[outcome]]\nendpoint = "CIR"\n'
    parse_study(BASE + text)
    own = '[[outcome]]\nendpoint = "DFS"\ndefinition = { second_transplant = "ignore" }\n'
    parse_study(BASE + text + own)


ENGRAFTMENT = """
[[outcome]]
endpoint = "neutrophil engraftment"
"""


@pytest.mark.parametrize(
    ("time", "own", "days"),
    [
        ('unit = "days"', "", [28, 30, 42]),  # of the definition
        ('unit = "days"\nhorizons = [50]', "", [50]),
        ('unit = "days"', "horizons = [21]", [21]),
        ('unit = "months"', "", []),
    ],
)
def test_engraftment_is_reported_where_the_field_reports_it(tmp_path, time, own, days):
    text = STUDY[: STUDY.index("[time]")] + f"[time]\n{time}\n" + ENGRAFTMENT + own + "\n"
    path = write_cohort(tmp_path, dates=False, study=text)
    events = tmp_path / "cohort" / "events.csv"
    with events.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    day = [{**dict.fromkeys(rows[0], ""), "patient_id": "p01", "date": 17, "event": "neutrophil engraftment"}]
    with events.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, *day])
    assert [e.time for e in run(path).results.estimates] == days
