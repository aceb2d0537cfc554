"""Who could be recognised: patients with few others alike by what an outsider may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import as_polars
from dayzero.records.findings import Finding, Where

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: Lower ends of the age bands, in completed years; the last band is open.
BANDS: Final = (0, 1, 6, 12, 18, 40, 60)
_WHAT: Final = "age band, sex, year of transplant, diagnosis and donor"
_SOURCE: Final = "k-anonymity (Sweeney, Int J Uncertain Fuzz 2002;10:557)"
_UNKNOWN: Final = "not recorded"


def small_cells(records: Records, k: int) -> tuple[Finding, ...]:
    """Find the combinations that fewer than ``k`` patients share.

    Alike are patients of one age band, sex, year of transplant, diagnosis and donor (of the transplant on
    day 0); what is not recorded is a value of its own.

    Parameters
    ----------
    records : Records
    k : int
        The least number of patients alike, at least 2.

    Returns
    -------
    tuple of Finding
        One for each small combination, with its values and its number of patients, and one that counts them
        all. None names a patient.
    """
    patients = as_polars(records.tables["patients"])
    transplants = as_polars(records.tables["transplants"])
    first = transplants.filter((pl.col("day") == 0) & (pl.col("type") == "allogeneic"))
    donors = first.unique("patient_id", keep="first", maintain_order=True).select("patient_id", "donor")
    joined = patients.join(donors, on="patient_id", how="left")
    cells = joined.select(
        _band().alias("age"),
        *(pl.col(name).cast(pl.String) for name in ("sex", "year", "diagnosis", "donor")),
    ).fill_null(_UNKNOWN)
    counted = cells.group_by(cells.columns).len()
    small = counted.filter(pl.col("len") < k).sort("len", *cells.columns)
    found = [_cell(values, count, k) for *values, count in small.iter_rows()]
    if found:
        what = (
            f"{small['len'].sum()} of {patients.height} patients have fewer than {k} alike by {_WHAT} "
            f"({small.height} combinations)."
        )
        where = Where(records.places.sheets.get("patients", "patients"))
        found.insert(0, Finding("records.small_cells", "warning", what, where, _HINT, source=_SOURCE))
    return tuple(found)


_HINT: Final = (
    "who knows a patient may find the record again: share it only under agreement, or share aggregates"
)


def _cell(values: list[str], count: int, k: int) -> Finding:
    who = "patient is" if count == 1 else "patients are"
    what = f"{count} {who} alike by {_WHAT}: fewer than {k}."
    age, sex, year, diagnosis, donor = values
    item = f"age {age}; sex {sex}; year {year}; diagnosis {diagnosis}; donor {donor}"
    return Finding("records.small_cell", "warning", what, Where(item=item), _HINT, str(count), f"{k} or more")


def _band() -> pl.Expr:
    age = pl.col("age")
    band = pl.lit(None, pl.String)
    for low, high in zip(BANDS, (*BANDS[1:], None), strict=True):
        inside = (age >= low) if high is None else (age >= low) & (age < high)
        name = f"{low}+" if high is None else f"{low}" if high - low == 1 else f"{low}-{high - 1}"
        band = pl.when(inside).then(pl.lit(name)).otherwise(band)
    return band
