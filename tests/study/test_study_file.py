"""Reading a study file: defaults, and one clear message for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from dayzero.errors import BadInputError
from dayzero.study.conventions import resolve
from dayzero.study.loading import load_study, parse_study

BASE = (Path(__file__).parent / "base.toml").read_text()


def message(text: str) -> str:
    with pytest.raises(BadInputError) as caught:
        parse_study(text)
    return str(caught.value)


def test_a_good_file() -> None:
    study = parse_study(BASE)
    protocol = study.protocol
    assert protocol.study.title == "T"
    assert list(protocol.groups["remission"].levels) == ["CR1", "CR2/3"]
    assert [outcome.endpoint for outcome in protocol.outcome] == ["CIR", "OS"]
    assert protocol.outcome[0].whole
    assert study.at("outcome", 1, "endpoint") == "study.toml, line 21"


def test_the_smallest_file() -> None:
    protocol = parse_study('[study]\ntitle = "T"\n[data]\nsource = "x"\n').protocol
    assert protocol.time.unit == "months"
    assert protocol.time.horizons == ()
    assert protocol.conventions.follow_up_endpoint == "OS"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title", "titel", 2, "did you mean 'title'?"),
        ('title = "T"', "", 1, "the key 'title' is missing in [study]"),
        ('title = "T"', "title = 5", 2, "a text between quotes"),
        ('title = "T"', 'title = ""', 2, "not empty"),
        ('title = "T"', 'title = "', 2, "not TOML"),
        ("2024-03-31", '"2024-03-31"', 3, "a date without quotes"),
        ("2024-03-31", "2024-03-31T10:00:00", 3, "a date without quotes"),
        ("2024-03-31", "20240331", 3, "a date without quotes"),
        ('source = "cohort.xlsx"', 'sorce = "cohort.xlsx"', 5, "did you mean 'source'?"),
        ('source = "cohort.xlsx"', 'source = "c"\nlayout = "flat"', 6, "one row per patient"),
        ("rule =", "rul =", 7, "did you mean 'rule'?"),
        ("= 'B-ALL'", "== 'B-ALL'", 7, "equality is one ="),
        ("remission_number = 1", "remission_number = ", 9, "character 19"),
        ("[groups.remission]", '[groups."CR 1"]', 8, "letters, digits"),
        ("[groups.remission]\n", '[groups.remission]\nvariable = "x"\n', 8, "either levels"),
        ("[groups.remission]\n", '[groups.remission]\norder = ["x"]\n', 9, "goes with 'variable'"),
        ("[groups.remission]\n", '[groups.remission]\namong = "x >"\n', 9, "expected"),
        ('"CR1" = "red"', '"CR1" = "pink"', 11, "#rrggbb"),
        ('"CR1" = "red"', '"CR9" = "red"', 11, "did you mean 'CR1'?"),
        ('"months"', '"month"', 13, "did you mean 'months'?"),
        ("[24]", "24", 14, "a list"),
        ("[24]", '["24"]', 14, "a number"),
        ("[24]", "[24, 12]", 14, "increasing"),
        ("[24]", "[0]", 14, "above 0"),
        ("[24]", "[nan]", 14, "finite"),
        ("horizons = [24]", "limit = -1", 14, "above 0"),
        ("conf_level = 0.95", "conf_level = 95", 16, "0.95"),
        ("conf_level = 0.95", 'conf_type = "loglog"', 16, "did you mean 'log-log'?"),
        ("conf_level = 0.95", 'preset = "stata"', 16, "R survival, cmprsk, SAS, EZR"),
        ("conf_level = 0.95", 'follow_up_endpoint = "OOS"', 16, "unknown endpoint 'OOS'"),
        ('"CIR"', '"CRI"', 18, "did you mean 'CIR'?"),
        ('"CIR"', '"TRM"', 18, "NRM"),
        ('"CIR"\n', '"CIR"\nkind = "Kaplan-Meier"\n', 19, "1 - Kaplan-Meier would overestimate"),
        ('"CIR"\n', '"CIR"\nquantiles = [50]\n', 19, "0.5 for the median"),
        ('"CIR"\n', '"CIR"\nas = "percent"\n', 19, "proportion"),
        ('"CIR"\n', '"CIR"\nas = "proportion"\nhorizons = [2]\n', 20, "has no horizons"),
        ('"CIR"\n', '"CIR"\nwhole = "no"\n', 19, "true or false"),
        ('"OS"\n', '"OS"\nwhole = false\n', 22, "nobody to estimate"),
        ('"OS"\n', '"CIR"\n', 21, "asked for twice"),
        ('["remission"]', '["remision"]', 19, "did you mean 'remission'?"),
        ('["remission"]', '["remission", "remission"]', 19, "named twice"),
        ("[[outcome]]", "[[outcomes]]", 17, "each outcome is a table of its own"),
        ("[[outcome]]", "[outcome]", 20, "double brackets"),
        ('"CIR by remission"', '"CIR by sex"', 23, "unknown group 'sex'"),
        ('"CIR by remission"', '"OS by remission"', 23, "add 'remission' to by of OS"),
        ('"CIR by remission"', '"NRM"', 23, "allowed: CIR, OS"),
        ('"CIR by remission"', '"NMR"', 23, "did you mean 'NRM'?"),
        ('[["CIR", "CIR by remission"]]', "[]", 23, "no panels"),
        ('[["CIR", "CIR by remission"]]', '[["CIR"]]\ntitles = [["a", "b"]]', 24, "one title a panel"),
    ],
)
def test_one_mistake_one_message(old: str, new: str, line: int, words: str) -> None:
    assert old in BASE
    text = message(BASE.replace(old, new, 1))
    assert text.startswith(f"study.toml, line {line}"), text
    assert words in text


def test_mapping_keys_need_the_layout() -> None:
    text = message(BASE.replace('source = "cohort.xlsx"', 'source = "x.csv"\npatient_id = "id"'))
    assert 'layout = "one row per patient"' in text


def test_mapping_keys_are_kept() -> None:
    layout = 'source = "x.csv"\nlayout = "one row per patient"\npatient_id = "id"'
    study = parse_study(BASE.replace('source = "cohort.xlsx"', layout))
    assert study.protocol.data.mapping == {"patient_id": "id"}


def test_further_problems_are_counted() -> None:
    text = message(BASE.replace("[24]", '["24"]').replace('"months"', '"month"'))
    assert "line 13" in text
    assert "1 more in this file" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the study file is empty"),
        (b" \n\n", "the study file is empty"),
        (b"PK\x03\x04abc", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0abc", "password-protected"),
        (b"a\x00b", "a binary file"),
        ("[study]\ntitle='a'".encode("utf-16"), "UTF-16"),
        (b"[study]\ntitle = 'Universit\xe4t'", "line 2"),
        (b"[study]\ntitle = 'a'\n[study]\n", "written twice"),
        (b"[study", "line 1, column"),
    ],
)
def test_not_a_study_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        load_study(path)
    assert words in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "other.toml").touch()
    with pytest.raises(BadInputError, match=r"study files there: other\.toml"):
        load_study(tmp_path / "study.toml")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="a folder, not a study file"):
        load_study(tmp_path)


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load_study(path).at("outcome", 1, "endpoint") == "study.toml, line 21"


@pytest.mark.parametrize(
    ("preset", "conf_type", "variance"),
    [
        ("dayzero", "log-log", "aalen"),
        ("R survival", "log", "delta"),
        ("cmprsk", "log-log", "aalen"),
        ("SAS", "log-log", "aalen"),
        ("EZR", "log-log", "delta"),
    ],
)
def test_presets(preset: str, conf_type: str, variance: str) -> None:
    study = parse_study(BASE.replace("conf_level = 0.95", f'preset = "{preset}"'))
    choices = resolve(study.protocol.conventions)
    assert (choices.name, choices.conf_type, choices.variance) == (preset, conf_type, variance)


def test_a_deviation_from_a_preset_is_named() -> None:
    study = parse_study(BASE.replace("conf_level = 0.95", 'preset = "SAS"\nconf_type = "plain"'))
    assert resolve(study.protocol.conventions).name == "SAS, conf_type plain"
