"""Poor graft function: frequent support without another explanation, with full donor chimerism.

Sureda et al., Bone Marrow Transplant 2024;59:832, doi 10.1038/s41409-024-02251-0, table 1: frequent
dependence on transfusions or growth factor that relapse, drugs or infection do not explain. How frequent is
not published: 4 days of support within 28 days, from day 28 on, is a choice made here, and so is how near an
explanation and the chimerism must be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from dayzero.endpoints.assemble import assemble
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import (
    NO_CONTACT,
    NOT_TRANSPLANTED,
    NOTHING,
    Reason,
    choose,
    excluded,
    joined,
    number,
    sentence,
)
from dayzero.endpoints.frames import DAY, HAPPENED, ROW, collect, lazy
from dayzero.endpoints.graft.chimerism import FULL, chimerism_near
from dayzero.endpoints.graft.lineages import SUPPORT, has_support, never_supported
from dayzero.endpoints.incidence import NEVER
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.deciding import Cite
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

LABEL = "poor graft function"
CAUSES = (LABEL, "death", "relapse", "second transplant or rescue infusion")
NONE, POOR, DEATH, RELAPSE, AGAIN = range(5)
FROM_DAY = 28
TIMES = 4
WITHIN_DAYS = 28
#: An infection, or a drug that lowers counts, from this many days before the first support explains the need.
EXPLAINED_BEFORE_DAYS = 14
#: Drugs known to lower counts.
DRUGS = ("ganciclovir", "valganciclovir", "cidofovir", "chemotherapy")


def derive_poor_function(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive poor graft function; death, relapse or another infusion before it compete.

    Raises
    ------
    RefusalError
        When no transfusion or growth factor is recorded for anyone.
    """
    if not has_support(records):
        what = (
            f"{definition.name} cannot be derived: no transfusion of red cells or platelets and no G-CSF is "
            "recorded for anyone, so that their need cannot be told"
        )
        raise RefusalError(what, instead="record them in treatments, or leave this endpoint out")
    course = course_of(records)
    windows = _windows(records)
    near = chimerism_near(windows.select("patient_id", pl.col("fourth").alias("at")), records, options)
    facts = course.frame.join(windows, on="patient_id", how="left").join(near, on="patient_id", how="left")
    decided = _decide(facts, course.cite)
    counted = decided.filter(pl.col("excluded").is_null())
    found = [*course.about_survival, *never_supported(counted, records, definition.name)]
    return assemble(definition, decided, CAUSES, found)


def _windows(records: Records) -> pl.DataFrame:
    """Return the first 4 days of support within 28 that nothing explains, one row per patient."""
    days = (
        lazy(records, "treatments")
        .filter(nw.col("agent").is_in(list(SUPPORT)), nw.col("start_day") >= FROM_DAY)
        .with_columns(nw.col("start_day").alias("day"))
        .group_by("patient_id", "day")
        .agg(ROW.min().alias("support_row"))
        .with_columns(
            DAY.shift(-TIMES + 1).over("patient_id", order_by="day").alias("fourth"),
        )
        .filter(nw.col("fourth") - DAY < WITHIN_DAYS)
    )
    explained = (
        days.join(_explanations(records), on="patient_id", how="inner")
        .filter(nw.col("from") <= nw.col("fourth"), nw.col("until") >= DAY - EXPLAINED_BEFORE_DAYS)
        .group_by("patient_id", "day")
        .agg(nw.col("from").min())
        .select("patient_id", "day")
    )
    left = days.join(explained, on=["patient_id", "day"], how="anti")
    is_first = DAY.min().over("patient_id") == DAY
    found = collect(left.with_columns(is_first.alias("is_first")).filter(nw.col("is_first")))
    return found.select(
        "patient_id",
        pl.col("day").cast(pl.Int64).alias("first_support"),
        pl.col("fourth").cast(pl.Int64),
        pl.col("support_row").cast(pl.Int64),
    ).sort("patient_id")


def _explanations(records: Records) -> nw.LazyFrame[Any]:
    """Return the days ``from`` and ``until`` of infections and of drugs that lower counts."""
    infections = (
        lazy(records, "events")
        .filter(nw.col("event") == "infection", HAPPENED, ~DAY.is_null())
        .select("patient_id", DAY.alias("from"), DAY.alias("until"))
    )
    drugs = (
        lazy(records, "treatments")
        .filter(nw.col("agent").is_in(list(DRUGS)), ~nw.col("start_day").is_null())
        .select(
            "patient_id",
            nw.col("start_day").alias("from"),
            nw.max_horizontal("start_day", "stop_day").alias("until"),
        )
    )
    return nw.concat([infections, drugs])


def _decide(facts: pl.DataFrame, cite: Cite) -> pl.DataFrame:
    fourth = pl.col("fourth")
    before = {name: pl.col(f"{name}_day").fill_null(NEVER) for name in ("death", "relapse", "rescue")}
    first = pl.min_horizontal(*before.values())
    full = pl.col("chimerism") == FULL
    in_time = (fourth < pl.min_horizontal(before["relapse"], before["rescue"])) & (fourth <= before["death"])
    cause = choose(
        [
            (in_time & full, pl.lit(POOR)),
            ((before["relapse"] == first) & (first < NEVER), pl.lit(RELAPSE)),
            ((before["rescue"] == first) & (first < NEVER), pl.lit(AGAIN)),
            (first < NEVER, pl.lit(DEATH)),
        ],
        pl.lit(NONE),
    )
    untold = "support was frequent, but donor chimerism within 30 days is not known, so that it may be "
    "graft failure"
    decided = pl.col("cause")
    unseen = (decided == NONE) & pl.col("contact_day").is_null()
    reasons = [
        *NOT_TRANSPLANTED,
        Reason(in_time & pl.col("chimerism").is_null(), untold, cite("treatments", "support_row")),
        Reason(unseen, NO_CONTACT),
    ]
    return facts.with_columns(cause.alias("cause"), first.alias("first")).with_columns(
        choose(
            [(decided == POOR, fourth), (pl.col("first") < NEVER, pl.col("first"))], pl.col("contact_day")
        ).alias("time"),
        _why(cite).alias("why"),
        pl.lit("derived").alias("flags"),
        NOTHING.alias("blocked"),
        *excluded(reasons),
    )


def _why(cite: Cite) -> pl.Expr:
    poor = sentence(
        f"{LABEL} on day ",
        number("fourth"),
        f": {TIMES} days of transfusion or growth factor from day ",
        number("first_support"),
        cite("treatments", "support_row"),
        " that no relapse, infection or drug explains; donor chimerism ",
        pl.col("chimerism_told"),
        " on day ",
        number("chimerism_day"),
        cite("measurements", "chimerism_row"),
    )
    relapse = sentence("relapse on day ", number("relapse_day"), cite("events", "relapse_row"))
    again = sentence(f"{CAUSES[-1]} on day ", number("rescue_day"), cite("transplants", "rescue_row"))
    cause = pl.col("cause")
    return choose(
        [
            (cause == POOR, poor),
            (cause == RELAPSE, relapse),
            (cause == DEATH, sentence("death on day ", number("death_day"), cite.death())),
            (cause == AGAIN, again),
        ],
        joined(f"no {LABEL} to day ", number("contact_day"), cite("follow_up", "contact_row")),
    )
