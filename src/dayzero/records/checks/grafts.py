"""One transplant against itself: type, donor, match, graft, irradiation and prophylaxis must fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, rows_where, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS
from dayzero.records.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

_ALLOGENEIC: Final = pl.col("type") == "allogeneic"
_DONOR: Final = pl.col("donor")
_GRAFT: Final = pl.col("graft")
#: Donors whose match is full by name, and donors whose match is not.
MATCHED: Final = ("matched sibling", "other matched related", "matched unrelated")
MISMATCHED: Final = ("mismatched related", "mismatched unrelated", "haploidentical")
_MATCH: Final = r"^\s*([0-9]{1,2})\s*/\s*([0-9]{1,2})\s*$"
_SHARED: Final = pl.col("hla_match").str.extract(_MATCH, 1).cast(pl.Int64)
_TYPED: Final = pl.col("hla_match").str.extract(_MATCH, 2).cast(pl.Int64)
_IRRADIATION: Final = r"(?i)\bTBI\b|irradiation"
_NO_IRRADIATION: Final = r"(?i)\b(?:no|non|without)[- ]*(?:TBI|total body|irradiation)"
_TEXT: Final = pl.col("conditioning")
_TOLD: Final = _TEXT.is_not_null() & ~_TEXT.is_in(ABSENT)
_IRRADIATED: Final = _TEXT.str.contains(_IRRADIATION) & ~_TEXT.str.contains(_NO_IRRADIATION)
#: Words for "nothing was given".
_NOTHING: Final = ("none", "no", "nil")
_JUDGED: Final = "judgement"


def _with_match(condition: pl.Expr) -> pl.Expr:
    return _SHARED.is_not_null() & condition


def _showing_match(find: Callable[[Facts], pl.DataFrame]) -> Callable[[Facts], pl.DataFrame]:
    """Show the match itself as found: it is text, but what a rule about it finds holds two numbers only."""
    return lambda facts: find(facts).with_columns(found=pl.col("hla_match").str.strip_chars())


def _mismatched_by_name(facts: Facts) -> pl.DataFrame:
    """Find mismatched donors called matched; an unrelated one may differ in one allele."""
    found = facts.transplants.filter(_DONOR.is_in(MATCHED)).with_columns(shared=_SHARED, typed=_TYPED)
    least = pl.col("typed") - (_DONOR == "matched unrelated").cast(pl.Int64)
    return found.filter(pl.col("shared") < least)


def _dose_missing(facts: Facts) -> pl.DataFrame:
    if not facts.has("transplants", "tbi_gy"):
        return facts.transplants.clear()
    named = facts.transplants.filter(_IRRADIATED)
    return together(named.filter(pl.col("tbi_gy").is_null()), named.height)


def _irradiated_infants(facts: Facts) -> pl.DataFrame:
    young = facts.patients.filter(pl.col("age") < 2).select("patient_id", "age")
    return beside(facts.grafts.filter(pl.col("tbi_gy") > 0), young)


def _leukaemia_without_remission(facts: Facts) -> pl.DataFrame:
    acute = facts.patients.filter(pl.col("immunophenotype").is_in(["B-ALL", "T-ALL", "MPAL"]))
    found = facts.grafts.filter(pl.col("remission") == "not applicable")
    return beside(found, acute.select("patient_id", "immunophenotype"))


_CD34: Final = pl.col("cd34")
_TNC: Final = pl.col("tnc")
_CORD: Final = _GRAFT == "cord blood"
_FULL: Final = "correct the donor, or the match"

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.allogeneic_from_self",
        "error",
        "transplants",
        "donor",
        "an allogeneic transplant has the patient as donor",
        rows_where("transplants", _ALLOGENEIC, _DONOR == "autologous"),
        "correct the type, or the donor: the first allogeneic transplant is day 0",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.autologous_from_another",
        "error",
        "transplants",
        "donor",
        "an autologous transplant has another person as donor: {donor}",
        rows_where(
            "transplants",
            pl.col("type") == "autologous",
            _DONOR.is_not_null(),
            ~_DONOR.is_in(["autologous", *ABSENT]),
        ),
        "correct the type, or the donor: an allogeneic transplant would be day 0",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.twin_donor_of_allogeneic",
        "warning",
        "transplants",
        "type",
        "a transplant from an identical twin is recorded as allogeneic",
        rows_where("transplants", _ALLOGENEIC, _DONOR == "syngeneic"),
        "its type is syngeneic, unless the donor is a sibling who is no identical twin",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.cord_graft_of_half_matched_donor",
        "warning",
        "transplants",
        "graft",
        "the graft is cord blood, but the donor is {donor}",
        rows_where("transplants", _CORD, _DONOR.is_in(["haploidentical", "mismatched related"])),
        "correct one of the two; for a cord blood graft beside another, say so in manipulation",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.cord_donor_of_another_graft",
        "warning",
        "transplants",
        "graft",
        "the donor is a cord blood unit, but the graft is {graft}",
        rows_where(
            "transplants",
            _DONOR == "cord blood",
            _GRAFT.is_not_null(),
            ~_GRAFT.is_in(["cord blood", *ABSENT]),
        ),
        "correct one of the two: graft failure is judged later after cord blood",
        kahn=ATEMPORAL,
        source="primary graft failure: day 30, cord blood day 42 (Sureda, BMT 2024;59:832)",
    ),
    Rule(
        "records.impossible_match",
        "error",
        "transplants",
        "hla_match",
        "more alleles match than were typed",
        _showing_match(rows_where("transplants", _with_match(_SHARED > _TYPED))),
        "write the matching alleles first, such as 9/10",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.matched_donor_with_mismatch",
        "warning",
        "transplants",
        "hla_match",
        "the donor is {donor}, but {shared} of {typed} alleles match",
        _showing_match(_mismatched_by_name),
        _FULL,
        kahn=ATEMPORAL,
        source="matched: 10/10, in children an unrelated donor from 9/10 (EBMT Handbook 2024, chapter 9)",
    ),
    Rule(
        "records.mismatched_donor_with_match",
        "warning",
        "transplants",
        "hla_match",
        "the donor is {donor}, but every allele typed matches",
        _showing_match(
            rows_where(
                "transplants", _DONOR.is_in(MISMATCHED), _with_match((_SHARED == _TYPED) & (_TYPED >= 8))
            )
        ),
        f"{_FULL}; a mismatch at DPB1 shows only in 12 alleles",
        kahn=ATEMPORAL,
        source="matched: 8/8 (A, B, C, DRB1), 10/10 with DQB1 (EBMT Handbook 2024, chapter 9)",
    ),
    Rule(
        "records.irradiation_not_in_conditioning",
        "warning",
        "transplants",
        "tbi_gy",
        "a dose of total body irradiation ({tbi_gy:g} Gy), but the conditioning does not name it",
        rows_where("transplants", pl.col("tbi_gy") > 0, _TOLD, ~_IRRADIATED),
        "correct one of the two: the intensity of the conditioning depends on it",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.irradiation_without_dose",
        "warning",
        "transplants",
        "tbi_gy",
        "the conditioning names total body irradiation, but its dose is 0",
        rows_where("transplants", pl.col("tbi_gy") == 0, _IRRADIATED),
        "correct one of the two: the intensity of the conditioning depends on it",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.irradiation_dose_missing",
        "note",
        "transplants",
        "tbi_gy",
        "total body irradiation without its dose in {count} of {total}: {rows}",
        _dose_missing,
        "without the dose the intensity of the conditioning cannot be derived",
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.irradiated_infant",
        "warning",
        "transplants",
        "tbi_gy",
        "total body irradiation ({tbi_gy:g} Gy) of a child aged {age:g}",
        _irradiated_infants,
        "correct the dose, or the age: total body irradiation is avoided below two years",
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.cd34_for_graft",
        "warning",
        "transplants",
        "cd34",
        "{cd34:g} x 10^6/kg CD34+ cells is unusual for {graft}",
        rows_where("transplants", (_CORD & (_CD34 > 5)) | (~_CORD & (_CD34 < 0.1) & (_CD34 > 0))),
        "is it in 10^6/kg? cord blood is often counted in 10^5/kg",
        "0.1 or more; cord blood up to 5",
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.nucleated_cells_for_graft",
        "warning",
        "transplants",
        "tnc",
        "{tnc:g} x 10^8/kg nucleated cells is unusual for {graft}",
        rows_where("transplants", (_CORD & (_TNC > 5)) | (~_CORD & (_TNC < 0.05) & (_TNC > 0))),
        "is it in 10^8/kg? cord blood is often counted in 10^7/kg",
        "0.05 or more; cord blood up to 5",
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.depletion_of_graft",
        "warning",
        "transplants",
        "manipulation",
        "alpha-beta T and B cell depletion of {graft}",
        rows_where(
            "transplants",
            pl.col("manipulation") == "alpha-beta T and B cell depletion",
            _GRAFT.is_in(["bone marrow", "cord blood"]),
        ),
        "correct one of the two: it is done on cells from peripheral blood",
        kahn=ATEMPORAL,
        source=_JUDGED,
    ),
    Rule(
        "records.no_prophylaxis_at_all",
        "warning",
        "transplants",
        "gvhd_prophylaxis",
        "no prophylaxis of GVHD, although the graft of a donor ({donor}) was not depleted",
        rows_where(
            "transplants",
            _ALLOGENEIC,
            pl.col("gvhd_prophylaxis").str.to_lowercase().str.strip_chars().is_in(_NOTHING),
            pl.col("manipulation") == "none",
            _DONOR.is_in([*MATCHED, *MISMATCHED, "cord blood"]),
        ),
        "add the prophylaxis, or what was done to the graft",
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.leukaemia_without_remission",
        "warning",
        "transplants",
        "remission",
        "remission is 'not applicable' in a patient with {immunophenotype}",
        _leukaemia_without_remission,
        "give the remission at transplant, or 'not in remission'",
        kahn=ATEMPORAL,
    ),
)
