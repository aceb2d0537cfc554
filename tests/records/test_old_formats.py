"""Workbooks of other formats (.xls, .ods), which are read in a process of their own."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dayzero import records
from dayzero.errors import BadInputError
from dayzero.records import isolated
from records.making import CLEAN, ids, of, sheets_of

OLD = Path(__file__).parent / "data" / "old.xls"
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods(path: Path, sheets: dict[str, str]) -> Path:
    body = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items())
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr(
            "content.xml",
            f"<office:document-content {NAMESPACES}><office:body><office:spreadsheet>{body}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def text(cell: object) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'


def rows_of(table: list[list[object]]) -> str:
    return "".join(f"<table:table-row>{''.join(map(text, row))}</table:table-row>" for row in table)


def test_xls() -> None:
    found = records.read(OLD)
    assert ids(found.findings) == {"format_limits"}
    assert found.tables["patients"].select("patient_id", "age").rows() == [("00123", 9.0), ("124", 1.7)]
    assert found.tables["follow_up"]["day"].to_list() == [366, 400]
    assert found.tables["transplants"]["cd34"].to_list() == [5.5, None]


def test_ods(tmp_path: Path) -> None:
    sheets = {name: rows_of(rows) for name, rows in sheets_of(CLEAN).items()}
    found = records.read(ods(tmp_path / "a.ods", sheets))
    assert ids(found.findings) == {"format_limits"}
    assert found.tables["patients"]["patient_id"].to_list() == ["P1"]


def test_ods_types(tmp_path: Path) -> None:
    sheets = {name: rows_of(rows) for name, rows in sheets_of(CLEAN).items()}
    day = '<table:table-cell office:value-type="date" office:date-value="2020-03-04"/>'
    hour = '<table:table-cell office:value-type="time" office:time-value="PT10H10M00S"/>'
    header = rows_of([["patient_id", "date", "type", "hla_match"]])
    row = f"<table:table-row>{text('P1')}{day}{text('allogeneic')}{hour}</table:table-row>"
    found = records.read(ods(tmp_path / "a.ods", {**sheets, "transplants": header + row}))
    assert found.key is not None
    assert str(found.key["day0"].to_list()[0]) == "2020-03-04"
    assert of(found.findings, "typed_cell")[0].where.column == "hla_match"


@pytest.mark.parametrize("length", [700, 1500, 2000, 3000, 5000])
def test_an_old_workbook_cut_short(tmp_path: Path, length: int) -> None:
    """Some of these make the reading library panic; in its own process that is one clear refusal."""
    (tmp_path / "a.xls").write_bytes(OLD.read_bytes()[:length])
    with pytest.raises(BadInputError, match="damaged or incomplete"):
        records.read(tmp_path / "a.xls")


def test_repeated_cells_do_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_SECONDS", 20)
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    )
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    with pytest.raises(BadInputError, match="damaged or incomplete"):
        records.read(ods(tmp_path / "a.ods", {"patients": row}))
