"""The output folder: written aside under another name, then renamed; no half-written report exists."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = "manifest.json"


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Give a new folder to write into; when the block ends well it takes the place of ``target``.

    Parameters
    ----------
    target : pathlib.Path
        What the folder will be called. It may exist when dayzero wrote it (it then has a manifest) or when
        it is empty; it is replaced as a whole.

    Yields
    ------
    pathlib.Path
        The folder to write into, beside ``target``. It is removed when the block fails.

    Raises
    ------
    BadInputError
        When ``target`` is a file, or a folder that dayzero did not write, or cannot be written.
    """
    refuse_foreign(target)
    aside = target.parent / f".{target.name}.writing-{os.getpid()}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
    except OSError as error:
        raise _not_writable(target, error) from None
    try:
        yield aside
        _swap(aside, target)
    except OSError as error:
        raise _not_writable(target, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refuse_foreign(target: Path) -> None:
    """Refuse to replace anything that dayzero did not write.

    Raises
    ------
    BadInputError
        With the reason.
    """
    hint = "choose another folder: -o DIR"
    if not target.name or target.name == "..":
        what = "the output needs a folder of its own"
        raise BadInputError(what, where=str(target), hint=hint)
    if target.is_dir():
        if any(target.iterdir()) and not _is_ours(target):
            what = "the output folder holds files that dayzero did not write"
            allowed = "a new or empty folder, or one that dayzero wrote (it has manifest.json)"
            raise BadInputError(what, where=target.name, allowed=allowed, hint=hint)
    elif target.exists():
        what = "there is a file of that name where the output folder would be"
        raise BadInputError(what, where=target.name, allowed="a folder", hint=hint)


def _is_ours(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "dayzero" in manifest


def _swap(aside: Path, target: Path) -> None:
    """Put the new folder in the place of the old one; the old one comes back when that fails."""
    if not target.exists():
        aside.rename(target)
        return
    old = target.parent / f".{target.name}.old-{os.getpid()}"
    target.rename(old)
    try:
        aside.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _not_writable(target: Path, error: OSError) -> BadInputError:
    what = f"the output folder cannot be written ({error.strerror or type(error).__name__})"
    return BadInputError(what, where=target.name, hint="choose another folder: -o DIR")
