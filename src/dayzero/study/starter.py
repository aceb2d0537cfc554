"""A first study file for a centre's records: what they can answer, ready to run and to be edited."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from dayzero import endpoints, records
from dayzero.errors import RefusalError
from dayzero.study.clock import to_days

if TYPE_CHECKING:
    from dayzero.endpoints.definition import DerivedEndpoint, Variables
    from dayzero.records.model import Records

#: Asked of every cohort, in the order of a paper; what the records cannot answer is left out.
USUAL = (
    "OS",
    "DFS",
    "CIR",
    "NRM",
    "survival_after_relapse",
    "neutrophil_engraftment",
    "platelet_engraftment",
    "aGVHD_III_IV",
)
#: Usual horizons in months; those within the follow-up of at least this many patients are asked.
HORIZONS = (12, 24, 36, 60)
AT_RISK = 5
#: When engraftment is read off, by unit.
_EARLY = {"days": "[28, 100]", "months": "[1, 3]"}


def starter(source: Path, *, beside: Path, date_order: str = "") -> str:
    """Write a first study file for a workbook or a folder of tables.

    Parameters
    ----------
    source : pathlib.Path
        A workbook, or a folder of CSV or Parquet files.
    beside : pathlib.Path
        The folder that the study file will be in: it names its data from there.
    date_order : {"", "ymd", "dmy", "mdy"}
        How dates such as 03/04/2020 are meant.

    Returns
    -------
    str
        The study file's text: the usual endpoints that these records can answer, by remission at transplant
        where patients differ in it, at horizons that enough patients reached.

    Raises
    ------
    BadInputError
        When the records cannot be read.
    """
    read = records.read(source, date_order=date_order)
    derived = _answerable(read)
    groups = _groups(endpoints.derive_variables(read))
    unit, horizons = _time(derived)
    parts = [
        _table("study", title=f"Outcomes after transplant: {source.stem}"),
        _table(
            "data", source=_named_from(source, beside), **({"date_order": date_order} if date_order else {})
        ),
        groups,
        _table("time", unit=unit, horizons=horizons),
        *(_outcome(one, unit, by_remission=bool(groups)) for one in derived),
        _figure([one.definition.name for one in derived], by_remission=bool(groups)),
    ]
    head = (
        "# What these records can answer, to start from. Edit it: title, whom to include, groups, horizons.\n"
    )
    return "\n".join([head, *(part for part in parts if part)])


def _named_from(source: Path, folder: Path) -> str:
    """Name the data from the study file's folder, or in full when there is no way from there."""
    try:
        return Path(os.path.relpath(source, folder)).as_posix()
    except ValueError:  # another drive
        return source.resolve().as_posix()


def _answerable(read: Records) -> list[DerivedEndpoint]:
    found = []
    for name in USUAL:
        try:
            one = endpoints.derive(name, read)
        except RefusalError:
            continue
        # Death and relapse are asked for even when nobody had them: that is an answer. An engraftment or a
        # GVHD grade that nobody has was most likely not recorded.
        happened = int((one.frame["cause"] == 1).sum())
        if one.frame.height and (happened or one.definition.name in USUAL[:4]):
            found.append(one)
    return found


def _groups(variables: Variables) -> str:
    number = variables.frame["remission_number"].drop_nulls()
    if not (number == 1).any() or not (number >= 2).any():
        return ""
    highest = int(number.max())  # type: ignore[arg-type]
    later = "CR2" if highest == 2 else f"CR2-{highest}"
    levels = {"CR1": "remission_number = 1", later: "remission_number >= 2"}
    return _table("groups.remission", label="Remission at transplant", levels=levels)


def _time(derived: list[DerivedEndpoint]) -> tuple[str, list[int]]:
    times = derived[0].frame["time"] if derived else None
    if times is None:
        return "months", []
    reached = [month for month in HORIZONS if int((times >= to_days(month, "months")).sum()) >= AT_RISK]
    return ("months", reached[:2]) if reached else ("days", [100])


def _outcome(one: DerivedEndpoint, unit: str, *, by_remission: bool) -> str:
    name = one.definition.name
    comparable = by_remission and name != "survival_after_relapse"
    by = '\nby = ["remission"]' if comparable else ""
    early = f"\nhorizons = {_EARLY[unit]}" if name.endswith("engraftment") else ""
    return f"[[outcome]]\nendpoint = {json.dumps(name)}{by}{early}\n"


def _figure(names: list[str], *, by_remission: bool) -> str:
    drawn = [name for name in ("OS", "DFS", "CIR", "NRM") if name in names]
    if not drawn:
        return ""
    wanted = [f"{name} by remission" if by_remission else name for name in drawn]
    rows = [wanted[start : start + 2] for start in range(0, len(wanted), 2)]
    return f"[figures.1]\npanels = {json.dumps(rows)}\n"


def _table(name: str, **values: object) -> str:
    """Word a TOML table; a JSON string is a TOML string, and so are its numbers and lists."""
    lines = [f"[{name}]"]
    for key, value in values.items():
        if isinstance(value, dict):
            pairs = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
            lines.append(f"{key} = {{ {pairs} }}")
        else:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
