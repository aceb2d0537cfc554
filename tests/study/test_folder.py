"""The output folder: all or nothing, and never over something that dayzero did not write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dayzero.errors import BadInputError
from dayzero.study.folder import fresh_folder


def half_written(folder: Path) -> None:
    (folder / "half").touch()
    raise KeyboardInterrupt


def write(target: Path, word: str) -> None:
    with fresh_folder(target) as folder:
        (folder / "report.html").write_text(word)
        (folder / "manifest.json").write_text(json.dumps({"dayzero": "0"}))


def test_a_new_folder_in_a_new_place(tmp_path: Path) -> None:
    write(tmp_path / "a" / "out", "one")
    assert (tmp_path / "a" / "out" / "report.html").read_text() == "one"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]


def test_our_own_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, "one")
    (target / "left over").touch()
    write(target, "two")
    assert sorted(path.name for path in target.iterdir()) == ["manifest.json", "report.html"]
    assert (target / "report.html").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "one")
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("manifest", [None, "not json", "[]", '{"name": "other"}'])
def test_a_foreign_folder_is_left_alone(tmp_path: Path, manifest: str | None) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "thesis.docx").write_text("dear")
    if manifest is not None:
        (target / "manifest.json").write_text(manifest)
    with pytest.raises(BadInputError, match="files that dayzero did not write"):
        write(target, "one")
    assert (target / "thesis.docx").read_text() == "dear"


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(BadInputError, match="a file of that name"):
        write(tmp_path / "out", "one")


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), fresh_folder(target) as folder:
        half_written(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_old_report(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, "one")
    message = "no"
    with pytest.raises(RuntimeError), fresh_folder(target):
        raise RuntimeError(message)
    assert (target / "report.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_disk_error_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be written"), fresh_folder(tmp_path / "out"):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_not_a_folder_of_its_own(name: str) -> None:
    with pytest.raises(BadInputError), fresh_folder(Path(name)):
        pass
