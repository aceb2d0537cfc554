"""Relapse after transplant by site, and molecular relapse apart from relapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.assemble import assemble, named_for
from dayzero.endpoints.catalogue import lookup
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import NOTHING, choose, excluded, number, sentence
from dayzero.endpoints.incidence import day_not_known
from dayzero.endpoints.leukaemia.relapse_course import at_relapse
from dayzero.endpoints.leukaemia.relapse_site import COMBINED, EXTRAMEDULLARY, ISOLATED_MARROW
from dayzero.endpoints.outcome.failure import DEATH, RELAPSE, derive_failure
from dayzero.endpoints.statements import statement_findings, statements, untold

if TYPE_CHECKING:
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

BY_SITE = ("relapse_marrow", "relapse_extramedullary")
_WITH_MARROW, _OUTSIDE = "relapse with marrow", "relapse outside the marrow alone"
_NOT_TOLD = "relapse, site not known"


def derive_by_site(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive relapse with or without the marrow; the other, and death, compete.

    A relapse whose site is not told is a cause of its own, so that the parts sum to the incidence of relapse.

    Raises
    ------
    RefusalError
        When CIR is refused.
    """
    with named_for(definition):
        relapse = derive_failure(lookup("CIR"), records, options)
    site = pl.col("relapse_site_class")
    with_marrow = site.is_in([ISOLATED_MARROW, COMBINED])
    outside = site.is_in(EXTRAMEDULLARY)
    marrow_first = definition.name == "relapse_marrow"
    event, other = (with_marrow, outside) if marrow_first else (outside, with_marrow)
    labels = (_WITH_MARROW, _OUTSIDE) if marrow_first else (_OUTSIDE, _WITH_MARROW)
    relapsed = pl.col("cause") == RELAPSE
    cause = choose(
        [
            (relapsed & event, pl.lit(1)),
            (relapsed & other, pl.lit(2)),
            (pl.col("cause") == DEATH, pl.lit(3)),
            (relapsed, pl.lit(4)),
        ],
        pl.lit(0),
    )
    told = pl.when(relapsed & site.is_not_null()).then(sentence(pl.col("why"), "; class of site: ", site))
    counted = relapse.frame.join(at_relapse(records), on="patient_id", how="left").with_columns(
        cause.cast(pl.Int64).alias("cause"),
        pl.coalesce(told, "why").alias("why"),
        NOTHING.alias("excluded"),
        NOTHING.alias("fact"),
        NOTHING.alias("blocked"),
    )
    left_out = relapse.not_eligible.rename({"reason": "excluded"})
    decided = pl.concat([counted, left_out], how="diagonal").sort("patient_id")
    causes = (*labels, "death without relapse", _NOT_TOLD)
    return assemble(definition, decided, causes, relapse.findings)


def derive_molecular(definition: Definition, records: Records, options: Options) -> DerivedEndpoint:
    """Derive molecular relapse as recorded; relapse and death without it compete.

    On the day of a relapse it is that relapse. One that is recorded later than the last contact with known
    disease status extends observation to its day.

    Raises
    ------
    RefusalError
        When CIR is refused, nothing is recorded about molecular relapse for anyone, or one has no day.
    """
    course = course_of(records)
    with named_for(definition):
        failure = derive_failure(lookup("CIR"), records, options)
    said = statements(definition, records, course)
    day, end = pl.col("yes_day"), pl.col("time")
    happened = ((day < end) | (day.is_not_null() & (pl.col("failed") == 0))).fill_null(value=False)
    cause = choose(
        [
            (happened, pl.lit(1)),
            (pl.col("failed") == RELAPSE, pl.lit(2)),
            (pl.col("failed") == DEATH, pl.lit(3)),
        ],
        pl.lit(0),
    )
    why, fact = excluded(untold(said, course.cite))
    carried = pl.col("reason").is_not_null()
    decided = (
        said.frame.join(failure.frame.rename({"cause": "failed"}), on="patient_id", how="left")
        .join(failure.not_eligible, on="patient_id", how="left")
        .with_columns(
            pl.when(happened).then(day.cast(failure.frame.schema["time"])).otherwise(end).alias("time"),
            cause.cast(pl.Int64).alias("cause"),
            pl.when(happened)
            .then(sentence("molecular relapse on day ", number("yes_day"), course.cite("events", "yes_row")))
            .otherwise("why")
            .alias("why"),
            pl.when(carried).then("reason").otherwise(why).alias("excluded"),
            pl.when(carried).then("fact").otherwise(fact).alias("fact"),
            pl.when(day.is_null()).then(course.cite("events", "undated_row")).alias("blocked"),
        )
    )
    found = [*failure.findings, *statement_findings(decided, said, course.places)]
    causes = ("molecular relapse", "relapse without it before", "death without either")
    return assemble(definition, decided, causes, found, day_not_known(said))
