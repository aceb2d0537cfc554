"""Nothing contacts the network: not in the source, and not while a whole study runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import dayzero
from dayzero import examples

SOURCE = Path(dayzero.__file__).parent
#: A run in which any attempt to reach another machine, or to look one up, is an error.
OFFLINE = """
import socket, sys
def refuse(*arguments, **options):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.gethostbyname = refuse
from dayzero.cli import execute
sys.exit(execute(["run", sys.argv[1], "-o", sys.argv[2], "-q"]))
"""


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_no_module_imports_a_network_client() -> None:
    clients = {"urllib.request", "http.client", "socket", "ssl", "requests", "httpx"}
    for file in SOURCE.rglob("*.py"):
        assert not imported(file) & clients, file.name


def test_a_study_runs_without_the_network(tmp_path: Path) -> None:
    arguments = [str(examples.study_path("tulsiyan2025")), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").exists()
