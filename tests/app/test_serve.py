"""The server: on the loopback address alone, and it says where it is."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-c", "from dayzero.cli import main; main()", "app", "--no-browser"]


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        said = process.stdout.readline()
        address = re.search(r"http://\S+", said)
        assert address, said + process.stderr.read()
        yield address.group()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def status_of(address: str, path: str) -> int:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_answers_where_it_says_and_only_with_its_key() -> None:
    with running() as address:
        place = urlsplit(address)
        assert place.hostname == "127.0.0.1"
        assert status_of(address, "/") == 403
        assert status_of(address, f"{place.path}?{place.query}") == 303


def test_a_port_that_is_taken_is_one_clear_message() -> None:
    with running() as address:
        port = str(urlsplit(address).port)
        second = subprocess.run(
            [*COMMAND, "--port", port], capture_output=True, text=True, timeout=30, check=False
        )
    assert second.returncode == 2
    assert f"port {port}" in second.stderr and "hint" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_study_that_is_not_there_is_bad_input() -> None:
    done = subprocess.run([*COMMAND, "none.toml"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "none.toml" in done.stderr
