"""The first allogeneic transplant: remission, donor, graft, conditioning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.course_findings import Check
from dayzero.endpoints.definition import Variable
from dayzero.endpoints.frames import DAY, choose, lazy, words
from dayzero.endpoints.variables.family import Family, known
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from dayzero.records.model import Records

_ALL_RESPONSE = "CIBMTR, ALL response criteria: number of remissions = prior relapses + 1"
_NOTES = (
    Variable("remission", "Remission at transplant", "category"),
    Variable("remission_number", "Number of remission at transplant", "number", source=_ALL_RESPONSE),
    Variable("donor", "Donor", "category"),
    Variable("donor_group", "Donor group", "category", source="groups the codes of donor"),
    Variable("hla_match", "HLA match", "category"),
    Variable("graft", "Graft source", "category"),
    Variable("manipulation", "Graft manipulation", "category"),
    Variable("conditioning", "Conditioning", "category"),
    Variable("tbi", "TBI-based conditioning", "yes/no", source="a TBI dose above 0, or TBI in the regimen"),
    Variable("tbi_gy", "TBI dose", "number", unit="Gy"),
    Variable("gvhd_prophylaxis", "GVHD prophylaxis", "category"),
    Variable("serotherapy", "Serotherapy", "category"),
    Variable(
        "cmv_pair", "CMV serostatus, recipient and donor", "category", source="R+/D- is the high risk pair"
    ),
    Variable("cd34", "CD34+ cell dose", "number", unit="10^6/kg"),
    Variable("tnc", "Total nucleated cell dose", "number", unit="10^8/kg"),
)
_TEXTS = ("remission", "donor", "hla_match", "graft", "manipulation", "conditioning", "gvhd_prophylaxis",
          "serotherapy")  # fmt: skip
_REMISSIONS = {"CR1": 1, "CR2": 2, "CR3": 3, "CR4+": 4}
_DONOR_GROUPS = {
    "matched sibling": "matched related",
    "other matched related": "matched related",
    "mismatched related": "mismatched related",
    "haploidentical": "haploidentical",
    "matched unrelated": "unrelated",
    "mismatched unrelated": "unrelated",
    "cord blood": "cord",
    "syngeneic": "syngeneic",
    "autologous": "autologous",
}
_WITH_TBI = r"tbi|total body irr"
_WITHOUT_TBI = r"(?:no|non|without|w/o)[ -]?(?:tbi|total body irr)"

_CHECKS = (
    Check(
        "endpoints.tbi_contradicts",
        "warning",
        (pl.col("tbi_gy") == 0) & pl.col("_tbi_named"),
        "transplants",
        "_transplant_row",
        "the regimen names TBI, but its dose is 0 Gy; whether TBI was given counts as not known",
        "correct the regimen or the dose",
    ),
)


def transplant_family(records: Records) -> Family:
    """Return what is known of the first allogeneic transplant, on day 0."""
    donor, remission, gy = nw.col("donor"), nw.col("remission"), nw.col("tbi_gy")
    regimen = nw.when(~nw.col("conditioning").is_in(ABSENT)).then(nw.col("conditioning")).str.to_lowercase()
    named = regimen.str.contains(_WITH_TBI) & ~regimen.str.contains(_WITHOUT_TBI)
    tbi = choose(
        [(gy > 0, nw.lit(value=True)), (~named.fill_null(value=False) & (gy == 0), nw.lit(value=False))],
        nw.when(gy.is_null()).then(named),
    )
    here = (nw.col("type") == "allogeneic") & (DAY == 0)
    frame = (
        lazy(records, "transplants")
        .filter(here)
        .filter(nw.col("row") == nw.col("row").min().over("patient_id"))
        .with_columns(*(known(name) for name in _TEXTS))
        .select(
            "patient_id",
            *_TEXTS,
            "tbi_gy",
            "cd34",
            "tnc",
            nw.col("row").alias("_transplant_row"),
            _coded(remission, {k: nw.lit(v) for k, v in _REMISSIONS.items()}, nw.Int64).alias(
                "remission_number"
            ),
            _coded(donor, {k: nw.lit(v) for k, v in _DONOR_GROUPS.items()}, nw.String).alias("donor_group"),
            tbi.alias("tbi"),
            named.fill_null(value=False).alias("_tbi_named"),
            _cmv_pair().alias("cmv_pair"),
        )
    )
    return Family(frame, _NOTES, _CHECKS)


def _coded(column: nw.Expr, codes: dict[str, nw.Expr], dtype: type[nw.Int64] | type[nw.String]) -> nw.Expr:
    return choose([(column == code, value) for code, value in codes.items()], nw.lit(None, dtype))


def _cmv_pair() -> nw.Expr:
    signs = {"positive": nw.lit("+"), "negative": nw.lit("-")}
    recipient = _coded(nw.col("cmv_recipient"), signs, nw.String)
    return words("R", recipient, "/D", _coded(nw.col("cmv_donor"), signs, nw.String))
