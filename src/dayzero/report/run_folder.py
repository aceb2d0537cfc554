"""Run a study and write its whole folder: what every door does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dayzero.study.runner import StudyRun


def run_into(study: Path, target: Path, *, progress: Callable[[str], None] | None = None) -> StudyRun:
    """Run a study file and write everything it gives into one folder.

    The folder is written aside and renamed at the end, so that a run that fails leaves nothing half-written.

    Parameters
    ----------
    study : pathlib.Path
        A study file.
    target : pathlib.Path
        New, empty, or written by an earlier run, which is then replaced.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    StudyRun

    Raises
    ------
    BadInputError
        The study file, its data or the folder cannot be used.
    """
    from dayzero.report.compose import phrases_of
    from dayzero.report.folder import write_report
    from dayzero.report.literature import check_publications
    from dayzero.study.folder import fresh_folder, refuse_foreign
    from dayzero.study.loading import load_study
    from dayzero.study.outputs import write_files, write_manifest
    from dayzero.study.runner import run
    from dayzero.study.wording import report_choices

    # Asked first: nobody should wait for a run whose report then turns out not to be writable.
    refuse_foreign(target)
    loaded = load_study(study)
    choices = report_choices(loaded)
    phrases_of(choices)
    check_publications(choices.literature, loaded.at("literature", "include"))
    done = run(loaded, progress=progress)
    with fresh_folder(target) as folder:
        if progress is not None:
            progress("writing the report")
        write_files(done, folder)
        write_report(done.results, folder, trace=done.trace, progress=progress)
        write_manifest(done, folder)
    return done
