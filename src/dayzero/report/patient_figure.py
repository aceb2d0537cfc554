"""The timeline of one patient as a file of its own, for ``dayzero why --figure``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.study.loading import Study

ENDINGS: Final = (".svg", ".pdf", ".png", ".tiff")


def write_timeline(study: Study, patient: str, target: Path) -> Path:
    """Draw one patient of a study's cohort.

    Parameters
    ----------
    study : Study
    patient : str
        Pseudonymous id.
    target : pathlib.Path
        A file in an existing folder; its ending is the format. A TIFF has 300 dpi.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    BadInputError
        Another ending, no such folder, or no transplanted patient of this id in the cohort.
    """
    from dayzero.report.figures.files import PNG_DPI, write_figure
    from dayzero.report.figures.formats import tiff_name
    from dayzero.report.figures.pictures import scenes
    from dayzero.study.protocol import FigureSection
    from dayzero.study.results import Looks
    from dayzero.study.runner import run

    ending = target.suffix.lower()
    if ending not in ENDINGS:
        what = f"a figure cannot be a '{ending}' file"
        raise BadInputError(what, where=str(target), allowed=ENDINGS)
    if not target.parent.is_dir():
        what = "the folder does not exist"
        raise BadInputError(what, where=str(target.parent))
    protocol = study.protocol
    figure = FigureSection(kind="timeline", patient=patient, title=f"Patient {patient}")
    alone = protocol.model_copy(
        update={
            "figures": {"timeline": figure},
            "outcome": (),
            "model": (),
            "claim": (),
            "report": protocol.report.model_copy(update={"patients": True}),
        }
    )
    results = run(replace(study, protocol=alone)).results
    looks = Looks(protocol.report.figures.size, protocol.report.figures.style, (ending[1:],), (PNG_DPI,))
    (scene,) = scenes(replace(results, looks=looks), results.figures[0])
    write_figure(replace(scene, id=target.stem), target.parent, looks)
    made = target.with_suffix(ending)
    if ending == ".tiff":
        (target.parent / tiff_name(target.stem, PNG_DPI)).replace(made)
    return made
