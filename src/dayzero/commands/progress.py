"""What a long command says while it works: a bar that fills on a terminal, one line a step elsewhere."""

from __future__ import annotations

import re
import shutil
import sys

import click

#: How much of a run is done when a step begins, as measured on the shipped examples.
_BEGUN = {
    "reading": 0.0,
    "selecting": 0.2,
    "deriving": 0.25,
    "writing": 0.45,
    "page": 0.45,
    "tables": 0.5,
    "figure": 0.52,
    "PDF": 0.85,
    "Word": 0.92,
}
_COUNTED = re.compile(r"(\d+) of (\d+)")
_BAR = 24


class Progress:
    """Told step by step what is being done.

    Parameters
    ----------
    label : str
        Said before each step, such as ``perugia: ``.
    quiet : bool
        Say nothing.
    """

    def __init__(self, label: str = "", *, quiet: bool = False) -> None:
        self._label = label
        self._quiet = quiet
        self._bar = not quiet and sys.stderr.isatty()
        self._done = 0.0

    def __call__(self, doing: str) -> None:
        """Say what is being done."""
        if self._quiet:
            return
        if not self._bar:
            click.echo(f"{self._label}{doing}", err=True)
            return
        self._done = max(self._done, share_done(doing))
        self._draw(f"{self._label}{doing}")

    def close(self) -> None:
        """Take the bar away, so that what follows stands on a line of its own."""
        if self._bar:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _draw(self, text: str) -> None:
        filled = round(self._done * _BAR)
        bar = "#" * filled + "-" * (_BAR - filled)
        line = f"[{bar}] {self._done:4.0%}  {text}"
        room = max(20, shutil.get_terminal_size().columns - 1)
        click.echo(f"\r\x1b[K{line[:room]}", err=True, nl=False)


def share_done(doing: str) -> float:
    """Return how much of a run is done when it begins to do this; 0 for what is not known."""
    word = doing.split(" ", 1)[0]
    begun = _BEGUN.get(word, 0.0)
    counted = _COUNTED.search(doing)
    if word != "figure" or counted is None:
        return begun
    number, total = int(counted[1]), int(counted[2])
    return begun + (_BEGUN["PDF"] - begun) * (number - 1) / max(total, 1)
