"""Classes of the site of a relapse (World J Hematol 2014;3(3):49-70)."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest

from dayzero.endpoints.leukaemia.relapse_site import site_class


@pytest.mark.parametrize(
    ("site", "blasts", "expected"),
    [
        ("marrow", None, "isolated marrow"),
        ("Isolated medullary", None, "isolated marrow"),
        ("bone marrow", 80.0, "isolated marrow"),
        ("BM", 3.0, "isolated marrow"),
        ("peripheral blood", None, "isolated marrow"),
        ("combined", None, "combined"),
        ("combined (CNS)", None, "combined"),
        ("marrow and testis", None, "combined"),
        ("BM + CNS", None, "combined"),
        ("CNS", 5.0, "combined"),
        ("CNS", 4.9, "isolated CNS"),
        ("CNS", None, "isolated CNS"),
        ("meningeal", None, "isolated CNS"),
        ("marrow, no CNS involvement", None, "isolated marrow"),
        ("testicular", None, "isolated testicular"),
        ("testis", 5.0, "combined"),
        ("CNS and testis", None, "other extramedullary"),
        ("extramedullary", None, "other extramedullary"),
        ("isolated extra-medullary", 1.0, "other extramedullary"),
        ("mediastinum", None, "other extramedullary"),
        ("skin", 30.0, "combined"),
        ("bone", None, "other extramedullary"),
        ("elsewhere", None, None),
        ("", 80.0, None),
        (None, 80.0, None),
        (None, None, None),
    ],
)
def test_site(site, blasts, expected):
    frame = pl.DataFrame(
        {"site": [site], "blasts": [blasts]}, schema={"site": pl.String, "blasts": pl.Float64}
    )
    found = nw.from_native(frame).select(site_class(nw.col("site"), nw.col("blasts")).alias("found"))
    assert found["found"].to_list() == [expected]
