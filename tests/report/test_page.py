from __future__ import annotations

import base64
import hashlib
import itertools
import re
from typing import TYPE_CHECKING

import pytest

from report.page import Page, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", params=["cohort_folder", "five_folder"])
def html(request: pytest.FixtureRequest) -> str:
    folder: Path = request.getfixturevalue(request.param)
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return read(html)


def test_asks_for_nothing_outside_itself(html: str, page: Page) -> None:
    assert not page.of("script")
    assert not page.of("link")
    assert not page.of("img")
    assert not page.of("iframe")
    for element in page.elements:
        for name in ("src", "href", "xlink:href", "data", "poster", "action", "srcset"):
            target = element.attributes.get(name, "#")
            beside = re.fullmatch(r"figures/[\w.-]+\.(svg|pdf|png)|report\.(docx|pdf)", target)
            assert target.startswith("#") or beside, target
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
    style = page.of("style")[0].text
    assert "@import" not in style
    assert set(re.findall(r"url\(\"?([a-z]+:)", style)) == {"data:"}
    outside = set(re.findall(r"https?://[^\"<\s]*", html)) - {"http://www.w3.org/2000/svg"}
    assert not {address for address in outside if f'="{address}' in html}


def test_policy_allows_the_one_style_sheet_and_nothing_else(page: Page) -> None:
    policy = next(e for e in page.of("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    style = page.of("style")
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].text.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.attributes["content"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert rules["font-src"] == "data:"


def test_ids_are_unique_and_every_link_has_a_target(page: Page) -> None:
    from urllib.parse import unquote

    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert not [name for name in ids if re.search(r"\s", name)]
    links = [unquote(e.attributes["href"][1:]) for e in page.of("a") if e.attributes["href"].startswith("#")]
    assert not set(links) - set(ids)
    for element in page.elements:
        for name in element.attributes.get("aria-labelledby", "").split():
            assert name in ids


def test_can_be_read_without_seeing_it(page: Page) -> None:
    assert page.of("html")[0].attributes["lang"] == "en"
    assert len(page.of("h1")) == 1
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert len(page.of("table")) == len(page.of("caption")) > 0
    for element in page.of("th"):
        assert element.attributes["scope"] in {"col", "row", "colgroup", "rowgroup"}
    for element in page.of("svg"):
        assert element.attributes["role"] == "img"
        assert element.attributes["aria-labelledby"]
    assert len(page.of("figure")) == len(page.of("figcaption")) == len(page.of("svg"))


def test_rows_have_as_many_cells_as_the_table_has_columns(html: str) -> None:
    for table in re.findall(r"<table.*?</table>", html, flags=re.S):
        columns = len(re.findall(r'<th scope="col"', table))
        for row in re.findall(r"<tr.*?</tr>", table, flags=re.S):
            spans = [int(n) for n in re.findall(r'colspan="(\d+)"', row)]
            cells = len(re.findall(r"<t[hd]", row)) - len(spans) + sum(spans)
            assert cells == columns, row


def test_notice_is_a_banner_and_in_every_figure(cohort_folder: Path, five_folder: Path) -> None:
    notice = "Constructed data: not real patients"
    page = read((cohort_folder / "report.html").read_text(encoding="utf-8"))
    assert [e.text for e in page.of("p") if e.attributes.get("class") == "notice"] == [notice]
    figures = page.of("svg")
    assert len(figures) == 4
    assert all(notice in figure.text for figure in figures)
    assert 'class="notice"' not in (five_folder / "report.html").read_text(encoding="utf-8")


def test_long_repeated_findings_are_folded(cohort_folder: Path) -> None:
    page = read((cohort_folder / "report.html").read_text(encoding="utf-8"))
    (folded,) = [e for e in page.of("summary") if e.text.endswith("more")]
    assert folded.text == "11 more"
    severities = [e.attributes["class"] for e in page.of("li") if e.attributes.get("class")]
    assert severities == ["refuse", "error", "warning", "warning", "note"]


def test_refused_results_stand_in_their_place(cohort_folder: Path) -> None:
    html = (cohort_folder / "report.html").read_text(encoding="utf-8")
    refused, following = html.index('class="refused"'), html.index("Disease-free survival (DFS)</th>")
    assert html.index("Overall survival (OS)</th>") < refused < following
    assert "Ask instead: survival from a landmark" in html
