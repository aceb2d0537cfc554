"""Where a relapse was: one of five classes, from the words of the site and the blasts in the marrow.

World J Hematol 2014;3(3):49-70, doi 10.5315/wjh.v3.i3.49: isolated marrow relapse, combined relapse (marrow
with at least 5% blasts and another site), and relapse outside the marrow alone (marrow below 5%).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from dayzero.endpoints.frames import choose, lazy

if TYPE_CHECKING:
    from dayzero.records.model import Records

ISOLATED_MARROW, COMBINED = "isolated marrow", "combined"
ISOLATED_CNS, ISOLATED_TESTIS = "isolated CNS", "isolated testicular"
OTHER = "other extramedullary"
SITES = (ISOLATED_MARROW, COMBINED, ISOLATED_CNS, ISOLATED_TESTIS, OTHER)
EXTRAMEDULLARY = (ISOLATED_CNS, ISOLATED_TESTIS, OTHER)

#: Percent of blasts from which the marrow takes part in a relapse outside it.
MARROW_BLASTS = 5.0
_DENIED = r"\b(?:no|not|without|negative|absence of) [^,;]*"
_MARROW = r"marrow|medullar|haematolog|hematolog|\bbm\b|\bblood\b|\bpb\b"
_CNS = r"\bcns\b|central nerv|mening|\bcsf\b|cerebro|intracran|brain|spinal"
_TESTIS = r"testi[sc]|testes|testicular"
_ELSEWHERE = (
    r"outside|lymph|\bnode|nodal|mediast|skin|cutan|kidney|renal|ovar|\beye|ocular|orbit|breast|bone"
    r"|soft tissue|pleura|liver|spleen|muscle|pancrea|gut|intestin"
)


def marrow_blasts(records: Records) -> nw.LazyFrame[Any]:
    """Return the highest percent of blasts in the marrow of each day: ``patient_id``, ``day``, ``blasts``."""
    percent = nw.col("unit").fill_null("%") == "%"
    rows = lazy(records, "measurements").filter(nw.col("analyte") == "blasts", percent)
    return rows.group_by("patient_id", "day").agg(nw.col("value").max().alias("blasts"))


def site_class(site: nw.Expr, blasts: nw.Expr) -> nw.Expr:
    """Return the class of a relapse; null when neither the words nor the blasts tell.

    Parameters
    ----------
    site : narwhals.Expr
        The words of the centre, such as ``marrow and CNS``.
    blasts : narwhals.Expr
        Percent of blasts in the marrow at relapse, null when not recorded: the words then decide alone.
    """
    said = site.str.to_lowercase().str.replace_all(_DENIED, "")
    said = said.str.replace_all(r"extra-? ?medullar", "outside").str.replace_all("bone marrow", "marrow")
    filled = blasts.fill_null(-1.0) >= MARROW_BLASTS
    marrow = said.str.contains(_MARROW) | filled
    cns, testis, other = (said.str.contains(words) for words in (_CNS, _TESTIS, _ELSEWHERE))
    elsewhere = cns | testis | other
    return choose(
        [
            (said.str.contains("combin") | (marrow & elsewhere), nw.lit(COMBINED)),
            (marrow & (said.str.len_chars() > 0), nw.lit(ISOLATED_MARROW)),
            (cns & ~testis & ~other, nw.lit(ISOLATED_CNS)),
            (testis & ~cns & ~other, nw.lit(ISOLATED_TESTIS)),
            (elsewhere, nw.lit(OTHER)),
        ],
        nw.lit(None, nw.String),
    )
