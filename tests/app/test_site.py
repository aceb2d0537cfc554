"""The local page: who may ask, what it answers, and that it keeps nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from starlette.testclient import TestClient

from dayzero.app.security import COOKIE, POLICY
from dayzero.app.site import create_site

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a-key-for-this-test"


@pytest.fixture
def stranger(tmp_path: Path) -> TestClient:
    return TestClient(create_site(key=KEY, work=tmp_path), base_url="http://127.0.0.1")


@pytest.fixture
def owner(stranger: TestClient) -> TestClient:
    stranger.cookies.set(COOKIE, KEY)
    return stranger


def test_without_the_key_nothing_is_shown(stranger: TestClient) -> None:
    for path in ("/", "/template.xlsx", "/reports/perugia/report.html", "/?key=guessed"):
        answer = stranger.get(path)
        assert answer.status_code == 403
        assert "perugia" not in answer.text


def test_the_key_leaves_the_address_and_becomes_a_cookie(stranger: TestClient) -> None:
    answer = stranger.get(f"/?key={KEY}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie


def test_a_foreign_host_name_is_refused(owner: TestClient) -> None:
    assert owner.get("/", headers={"host": "evil.example"}).status_code == 400


def test_every_answer_forbids_the_outside_and_copies(owner: TestClient) -> None:
    for path in ("/", "/reports/none/x", "/reports/perugia/report.html"):
        headers = owner.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["cache-control"] == "no-store"


def test_home_offers_every_example(owner: TestClient) -> None:
    text = owner.get("/").text
    for name in ("tulsiyan2025", "perugia", "wroclaw", "algeri2025"):
        assert name in text
    assert "http://" not in text and "https://" not in text


def test_a_study_runs_and_its_report_opens(owner: TestClient, tmp_path: Path) -> None:
    answer = owner.post("/run", data={"study": "tulsiyan2025"})
    assert answer.status_code == 200
    assert answer.url.path == "/reports/tulsiyan2025/report.html"
    assert "<html" in answer.text
    assert (tmp_path / "tulsiyan2025" / "results.json").exists()
    assert "Read the report" in owner.get("/").text


def test_a_report_folder_cannot_be_left(owner: TestClient, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    for path in (
        "/reports/perugia/../secret.txt",
        "/reports/perugia/%2e%2e/secret.txt",
        "/reports/../secret.txt",
    ):
        answer = owner.get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text


def test_an_unknown_study_is_not_found(owner: TestClient) -> None:
    assert owner.post("/run", data={"study": "../../etc"}).status_code == 404


def test_a_workbook_is_checked_and_forgotten(owner: TestClient, tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("patients")
        sheet.write_row(0, 0, ["patient_id", "sex", "age", "diagnosis"])
        sheet.write_row(1, 0, ["A1", "<b>martian</b>", 7, "ALL"])
    answer = owner.post("/check", files={"file": ("Jane Doe.xlsx", content.getvalue())})
    assert answer.status_code == 200
    assert "patients" in answer.text and "row 2" in answer.text
    assert "<b>martian" not in answer.text
    assert "Jane" not in answer.text
    assert not list((tmp_path / "uploads").iterdir())


def test_a_file_that_is_not_what_it_says_gets_one_clear_message(owner: TestClient) -> None:
    answer = owner.post("/check", files={"file": ("cohort.xlsx", b"not a workbook at all")})
    assert answer.status_code == 422
    assert "Traceback" not in answer.text
    assert "allowed" in answer.text or "hint" in answer.text


def test_a_missing_file_is_asked_for(owner: TestClient) -> None:
    assert owner.post("/check", data={"date_order": "dmy"}).status_code == 422


def test_the_template_is_handed_out(owner: TestClient) -> None:
    answer = owner.get("/template.xlsx")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
