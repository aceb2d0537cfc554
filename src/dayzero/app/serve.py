"""Start the page on the loopback address and tell where it is."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1"


def serve(
    study: Path | None,
    *,
    port: int = 0,
    open_browser: bool = True,
    say: Callable[[str], None],
) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    study : pathlib.Path or None
        The user's own study, shown first; the shipped examples are always there.
    port : int
        0 lets the system choose a free one.
    open_browser : bool
        Show the page in the default browser.
    say : callable
        Told the address, once the page answers.

    Raises
    ------
    BadInputError
        When the port is taken.
    """
    import uvicorn

    from dayzero.app.site import create_site

    key = secrets.token_urlsafe(24)

    class Announcing(uvicorn.Server):
        """A server that says where it is as soon as it is there."""

        async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
            """Bind, then announce the address with its key."""
            await super().startup(sockets=None)
            if self.started:
                bound = self.servers[0].sockets[0].getsockname()[1]
                _announce(f"http://{HOST}:{bound}/?key={key}", open_browser=open_browser, say=say)

    with tempfile.TemporaryDirectory(prefix="dayzero-") as work:
        site = create_site(key=key, work=Path(work), study=study)
        config = uvicorn.Config(
            site, host=HOST, port=port, log_level="critical", access_log=False, lifespan="off"
        )
        try:
            Announcing(config).run()
        except SystemExit as stopped:
            if stopped.code:
                what = f"port {port} cannot be used: another program has it"
                raise BadInputError(
                    what,
                    allowed="a free port from 1024 to 65535, or 0 to let the system choose",
                    hint="leave --port out",
                ) from None


def _announce(address: str, *, open_browser: bool, say: Callable[[str], None]) -> None:
    say(f"dayzero is at {address}\nOnly this machine can reach it. Stop it with Ctrl-C.")
    if open_browser:
        import webbrowser

        webbrowser.open(address)
