"""Set the pages: the template, the data and the package's own fonts go in, the bytes of a PDF come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dayzero.report.figures.pdf import fonts
from dayzero.report.pdf.content import page_data

if TYPE_CHECKING:
    from dayzero.report.document import Document

_TEMPLATE = Path(__file__).parent.parent / "templates" / "report.typ"


def to_pdf(document: Document) -> bytes:
    """Return the report as a tagged PDF; the same document gives the same bytes.

    Nothing but the template is ever read as markup: the document goes in as JSON, so that no text of a study
    can draw, read or load anything. It conforms to PDF/UA-1 (ISO 14289-1) unless a text has a letter that no
    font at hand has: such a letter is drawn as a box, and the file then makes no claim to conform.

    Raises
    ------
    typst.TypstError
        When the template and the data do not fit together.
    """
    from typst import TypstError

    data = json.dumps(page_data(document), ensure_ascii=False)
    try:
        return _compiled(data, ["ua-1"])
    except TypstError as error:
        if "font" not in error.message:
            raise
        return _compiled(data, [])


def _compiled(data: str, standards: list[Any]) -> bytes:
    from typst import Compiler

    compiler = Compiler(
        _TEMPLATE.read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": data},
    )
    made, _ = compiler.compile_with_warnings(format="pdf", pdf_standards=standards)
    if not isinstance(made, bytes):
        message = "typst returned no single file"
        raise TypeError(message)
    return made
