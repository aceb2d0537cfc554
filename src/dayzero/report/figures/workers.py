"""Write many figures with a second process beside this one, where there is a core for it.

``python -m dayzero.report.figures.workers`` is that process: it takes figures from its input, which only this
module writes, and ends. Where it cannot be started or fails, everything is drawn here, with the same bytes.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dayzero.report.figures.scene import Scene
    from dayzero.study.results import Looks

#: A second process costs about half a second before it draws; less work than this is faster without.
_WORTH: Final = 20
#: Work of a format, in pictures of 300 dpi.
_WORK: Final = {"svg": 0, "pdf": 0, "png": 1}


def write_figures(scenes: Sequence[Scene], folder: Path, looks: Looks, say: Callable[[str], None]) -> None:
    """Write every figure in every format asked for, on two cores where that is faster.

    Parameters
    ----------
    scenes : sequence of Scene
    folder : pathlib.Path
        An existing folder.
    looks : Looks
    say : callable
        Told which figure is being written.
    """
    from dayzero.report.figures.files import write_figure

    ordered = sorted(scenes, key=lambda scene: (-len(scene.shapes), scene.id))
    there = ordered[::2] if _worth(len(scenes), looks) else []
    here = [scene for scene in scenes if scene not in there]
    with _other(there, folder, looks) as finished:
        for index, scene in enumerate(here, start=1):
            # The other process gets on as fast, and says nothing.
            say(f"figure {index * len(scenes) // len(here)} of {len(scenes)}: {scene.id}")
            write_figure(scene, folder, looks)
        left = [] if finished() else there
    for scene in left:
        say(f"figure {len(scenes)} of {len(scenes)}: {scene.id}")
        write_figure(scene, folder, looks)


def _worth(count: int, looks: Looks) -> bool:
    tiffs = sum((dpi / 300) ** 2 for dpi in looks.dpi) if "tiff" in looks.formats else 0
    work = count * (sum(_WORK.get(name, 0) for name in looks.formats) + tiffs)
    return work >= _WORTH and (os.cpu_count() or 1) > 1 and bool(sys.executable)


@contextmanager
def _other(scenes: Sequence[Scene], folder: Path, looks: Looks) -> Iterator[Callable[[], bool]]:
    """Draw figures in another process meanwhile; yields a call that waits and tells whether all are there."""
    if not scenes:
        yield lambda: True
        return
    command = [sys.executable, "-m", "dayzero.report.figures.workers"]
    data = pickle.dumps((tuple(scenes), str(folder.resolve()), looks))
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        yield lambda: False
        return
    try:
        sent = _sent(process, data)
        yield lambda: process.wait() == 0 and sent
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _sent(process: subprocess.Popen[bytes], data: bytes) -> bool:
    """Hand the figures over; a process that has ended already takes none."""
    if process.stdin is None:
        return False
    try:
        with process.stdin as pipe:
            pipe.write(data)
    except OSError:
        return False
    return True


def main() -> int:
    """Write the figures that stand in the input."""
    from dayzero.report.figures.files import write_figure

    scenes, folder, looks = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by the parent
    for scene in scenes:
        write_figure(scene, Path(folder), looks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
