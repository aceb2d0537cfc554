"""Claims: what a manuscript states, beside what a cohort of twelve gives."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from dayzero.errors import BadInputError
from dayzero.study import run
from dayzero.study.claims import with_claims
from dayzero.study.loading import parse_study
from dayzero.study.protocol import ClaimSection
from dayzero.study.results_json import to_plain
from study.small_cohort import STUDY, write_cohort

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.results import Results
    from dayzero.study.results.claims import Claim


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run(write_cohort(tmp_path_factory.mktemp("claims"))).results


def one(results: Results, claim: str) -> Claim:
    section = ClaimSection.model_validate(tomllib.loads(f'text = "t"\n{claim}'))
    (found,) = with_claims(results, [section]).claims
    return found


@pytest.mark.parametrize(
    ("claim", "ref", "computed", "unit"),
    [
        # Twelve patients: deaths p08 on day 300 and p09 on day 50, relapses p07 and p08.
        ('of = "n"\nvalue = 12', "study", 12, "patients"),
        ('of = "OS"\nvalue = 2', "OS", 2, "patients"),
        ('of = "os.without"\nvalue = 10\nout_of = 12', "OS", 10, "patients"),
        ('of = "LFS.events"\nvalue = 3', "DFS", 3, "patients"),
        ('of = "NRM.n"\nvalue = 12', "NRM", 12, "patients"),
        # Of the twelve 10 are alive at 12 months; nobody was censored before: 10/12.
        ('of = "OS.12"\nvalue = 83.3', "OS.12", 100 * 10 / 12, "%"),
        ('of = "OS.12"\nvalue = 83', "OS.12", 100 * 10 / 12, "%"),
        ('of = "OS.12"\nvalue = 80\ntolerance = 4', "OS.12", 100 * 10 / 12, "%"),
        ('of = "OS.12"\ngroup = "CR1"\nvalue = 100', "OS.remission.CR1.12", 100, "%"),
        ('of = "CIR.12"\ngroup = "remission.CR2"\nvalue = 33.3', "CIR.remission.CR2.12", 100 / 3, "%"),
        ('of = "CIR.remission.CR2.12.events"\nvalue = 2\nout_of = 6', "CIR.remission.CR2.12", 2, "patients"),
        # Four were transplanted before their ninth birthday, eight after.
        ('of = "age.median"\nvalue = 9', "char.age", 9, "years"),
        ('of = "age.minimum"\nvalue = 8', "char.age", 8, "years"),
        ('of = "sex.female"\nvalue = 6\nout_of = 12', "char.sex.female", 6, "patients"),
        ('of = "sex.female.percent"\nvalue = 50', "char.sex.female", 50, "%"),
        (
            'of = "sex.female"\ngroup = "remission.CR1"\nvalue = 3\nout_of = 6',
            "char.remission.CR1.sex.female",
            3,
            "patients",
        ),
        ('of = "cohort.include.1.excluded"\nvalue = 1', "cohort.include.1", 1, "patients"),
        ('of = "survival_after_relapse.n"\nvalue = 2', "survival_after_relapse", 2, "patients"),
    ],
)
def test_a_claim_that_agrees(twelve: Results, claim: str, ref: str, computed: float, unit: str) -> None:
    found = one(twelve, claim)
    assert (found.verdict, found.ref, found.unit, found.reason) == ("agrees", ref, unit, "")
    assert found.computed == pytest.approx(computed, rel=1e-12)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ('of = "OS"\nvalue = 3', "the number differs"),
        ('of = "OS.12"\nvalue = 83.4', "the number differs"),
        ('of = "OS.12"\nvalue = 83\ndecimals = 1', "the number differs"),
        ('of = "OS"\nvalue = 2\nout_of = 13', "stated out of 13, computed out of 12"),
        ('of = "n"\nvalue = 12\nout_of = 12', "stated out of 12, computed without a number of patients"),
        ('of = "OS"\nvalue = 3\nout_of = 13', "the number differs; stated out of 13, computed out of 12"),
    ],
)
def test_a_claim_that_is_computed_otherwise(twelve: Results, claim: str, reason: str) -> None:
    found = one(twelve, claim)
    assert (found.verdict, found.reason) == ("computed otherwise", reason)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ('not_in_data = "the ward kept no record"\nvalue = 1', "the ward kept no record"),
        ('of = "VOD.events"\nvalue = 1', "the study has no outcome 'VOD'"),
        ('of = "OS.60"\nvalue = 1', "'OS' has no value '60'; it has events, without, censored, n"),
        ('of = "OS.median"\nvalue = 20', "it was not reached"),
        ('of = "agee.median"\nvalue = 20', "no result is called 'agee.median'; did you mean"),
        (
            'of = "OS.12"\ngroup = "CR7"\nvalue = 2',
            "there is no group 'CR7'; groups: remission.CR1, remission.CR2",
        ),
    ],
)
def test_a_claim_that_cannot_be_computed(twelve: Results, claim: str, reason: str) -> None:
    found = one(twelve, claim)
    assert found.verdict == "cannot be computed"
    assert found.reason.startswith(reason)
    assert found.computed is None


def test_claims_of_a_study_file_are_published_and_found(tmp_path: Path) -> None:
    claims = (
        'text = "three deaths"\nof = "OS"\nvalue = 3',
        'text = "two deaths"\nof = "OS"\nvalue = 2',
        'text = "one VOD"\nof = "VOD"\nvalue = 1',
    )
    study = STUDY + "".join(f"\n[[claim]]\n{claim}\n" for claim in claims)
    made = run(write_cohort(tmp_path, study=study)).results
    assert [claim["verdict"] for claim in to_plain(made)["claims"]] == [
        "computed otherwise",
        "agrees",
        "cannot be computed",
    ]
    found = {f.where.item: f.what for f in made.findings if f.id.startswith("guard.claim")}
    assert found == {
        "claim.1": "The claim “three deaths” is computed otherwise.",
        "claim.3": "The claim “one VOD” cannot be computed: the study has no outcome 'VOD'.",
    }


def test_without_claims_nothing_is_said(twelve: Results) -> None:
    assert with_claims(twelve, []) == twelve


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("value = 1", "neither of nor not_in_data"),
        ('value = 1\nof = "n"\nnot_in_data = "x"', "both of and not_in_data"),
        ('of = "n"', "the key 'value' is missing"),
        ('of = "n"\nvalue = "5"', "'claim.1.value' is a text"),
        ('of = "n"\nvalue = 1\nout_of = 0', "'claim.1.out_of' is"),
        ('of = "n"\nvalue = 1\nvalu = 1', "did you mean 'value'"),
    ],
)
def test_a_claim_badly_written(claim: str, message: str) -> None:
    with pytest.raises(BadInputError, match=r"study\.toml, line \d+") as error:
        parse_study(f'{STUDY}\n[[claim]]\ntext = "t"\n{claim}\n')
    assert message in str(error.value)
