"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket file only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def missing() -> str:
    """Return why no server can be started here; empty when one can."""
    if os.name != "posix":
        return "a private PostgreSQL server is started on Linux and macOS only"
    if _binary("initdb") is None or _binary("pg_ctl") is None:
        return "no PostgreSQL server is installed (Debian: postgresql)"
    if os.geteuid() == 0 and not any(user.pw_name == "postgres" for user in pwd.getpwall()):
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


def _binary(name: str) -> Path | None:
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True), shutil.which(name)]
    return next((Path(each) for each in found if each is not None), None)


@contextmanager
def server() -> Iterator[str]:
    """Run a server; give its connection. Its folder is short: a socket's path may have about 100 letters."""
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="dz-pg-"))
    data = folder / "data"
    try:
        if user is not None:
            shutil.chown(folder, user)
        _run([_binary("initdb"), "-D", data, "-U", "reader", "-A", "trust", "-E", "UTF8", "-N"], folder, user)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _run(
            [_binary("pg_ctl"), "-D", data, "-l", folder / "log", "-o", options, "-w", "start"], folder, user
        )
        try:
            yield f"host={folder} user=reader dbname=postgres"
        finally:
            _run([_binary("pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"], folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object], folder: Path, user: str | None) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd=folder,
        user=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
