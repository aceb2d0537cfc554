"""Progress: a bar on a terminal that only grows and then goes away, plain lines elsewhere."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from dayzero.commands.progress import Progress, share_done

if TYPE_CHECKING:
    import pytest

STEPS = (
    "reading and checking the records",
    "selecting the cohort",
    "deriving endpoints and estimating",
    "writing the report",
    "page",
    "tables",
    "figure 1 of 2: flow",
    "figure 2 of 2: 1",
    "PDF",
    "Word",
)


def test_each_step_is_further_than_the_one_before() -> None:
    shares = [share_done(step) for step in STEPS]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1
    assert share_done("figure 13 of 12: odd") >= share_done("figure 12 of 12: 9")
    assert share_done("something new") == 0


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    progress = Progress("perugia: ")
    for step in STEPS:
        progress(step)
    progress.close()
    said = capsys.readouterr().err
    assert "\n" not in said
    drawn = [line for line in said.split("\r\x1b[K") if line]
    assert len(drawn) == len(STEPS)
    assert max(map(len, drawn)) < 60
    filled = [line.count("#") for line in drawn]
    assert filled == sorted(filled)
    assert re.fullmatch(r"\[-{24}\]   0%  perugia: reading .*", drawn[0])
    assert said.endswith("\r\x1b[K")


def test_lines_elsewhere_and_nothing_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("perugia: ")
    progress("page")
    progress.close()
    assert capsys.readouterr().err == "perugia: page\n"
    Progress(quiet=True)("page")
    assert capsys.readouterr().err == ""
