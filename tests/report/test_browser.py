"""The report opens in a real browser that cannot reach anything."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        BROWSER is None, reason=f"no browser here: none of {', '.join(BROWSERS)} is installed"
    ),
]


def run(folder: Path, *arguments: str) -> str:
    assert BROWSER is not None
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--proxy-server=127.0.0.1:9",
        f"--user-data-dir={folder / 'profile'}",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def colours_in(png: bytes) -> int:
    """Count different pixel values in a sample of an 8-bit PNG, without an image library."""
    width, _ = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return len(set(zlib.decompress(data)[: width * 3000]))


@pytest.mark.parametrize("which", ["cohort_folder", "five_folder"])
def test_page_is_drawn(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder: Path = request.getfixturevalue(which)
    picture = tmp_path / "page.png"
    page = (folder / "report.html").as_uri()
    run(tmp_path, f"--screenshot={picture}", "--window-size=1100,1600", page)
    assert colours_in(picture.read_bytes()) > 20


def test_nothing_is_blocked_or_missing(cohort_folder: Path, tmp_path: Path) -> None:
    """The page's policy lets its own style and fonts through; a script added for the test reads them."""
    html = (cohort_folder / "report.html").read_text(encoding="utf-8")
    probe = "<script>document.title=[...document.fonts].map(f=>f.family+f.status).join()</script></body>"
    policy = html.split('content="default-src', 1)[1].split('"', 1)[0]
    open_policy = policy.replace("style-src", "script-src 'unsafe-inline'; style-src")
    page = tmp_path / "probe.html"
    page.write_text(html.replace(policy, open_policy).replace("</body>", probe), encoding="utf-8")
    dom = run(tmp_path, "--virtual-time-budget=2000", "--dump-dom", page.as_uri())
    title = dom.split("<title>", 1)[1].split("</title>", 1)[0]
    assert title.count("Inter") == 2
    shown = run(tmp_path, "--dump-dom", (cohort_folder / "report.html").as_uri())
    assert "The 24-month disease-free survival" in shown
