"""Complications: what must have come before them, and what a record of one must say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, RELATIONAL, TEMPORAL

if TYPE_CHECKING:
    from collections.abc import Callable

#: Treatments after which cytokine release and neurotoxicity are seen, and for how many days.
_RELEASING: Final = ("CAR T", "blinatumomab")
_WINDOW: Final = 45
#: VOD later than this is rare.
LATE_VOD: Final = 100
_CMV: Final = pl.col("cause").str.to_lowercase().str.contains("cmv|cytomegalo")


def _without_release(event: str, *, graft: bool) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of cytokine release or neurotoxicity without a treatment that causes it."""

    def find(facts: Facts) -> pl.DataFrame:
        seen = facts.happened(event)
        given = facts.treatments.filter(pl.col("agent").is_in(_RELEASING)).select(
            "patient_id", pl.col("start_day").alias("from"), pl.coalesce("stop_day", "start_day").alias("to")
        )
        if given.is_empty():
            return seen.clear()
        near = beside(seen, given).filter(pl.col("day").is_between(pl.col("from"), pl.col("to") + _WINDOW))
        found = seen.join(near.select("row"), on="row", how="anti", maintain_order="left")
        return found.filter(~pl.col("day").is_between(0, 14)) if graft else found

    return find


def _late_vod(facts: Facts) -> pl.DataFrame:
    later = facts.transplants.filter(pl.col("day") > 0).select("patient_id")
    found = facts.happened("VOD").filter(pl.col("day") > LATE_VOD)
    return found.join(later, on="patient_id", how="anti", maintain_order="left")


def _disease_without_result(facts: Facts) -> pl.DataFrame:
    """Find CMV disease without any CMV DNA near it, where the source has results of CMV DNA."""
    loads = facts.measured("CMV DNA").select("patient_id", pl.col("day").alias("on"))
    words = pl.concat_str(pl.col("grade", "site", "detail").fill_null(""), separator=" ").str.to_lowercase()
    disease = words.str.contains("disease|pneumon|colitis|retinitis|hepatitis|gastro")
    found = facts.happened("infection").filter(_CMV, disease)
    if loads.is_empty():
        return found.clear()
    near = beside(found, loads).filter((pl.col("day") - pl.col("on")).abs() <= 30)
    return found.join(near.select("row"), on="row", how="anti", maintain_order="left")


def _cmv_of_negative_pair(facts: Facts) -> pl.DataFrame:
    pair = facts.grafts.filter(pl.col("cmv_donor") == "negative", pl.col("cmv_recipient") == "negative")
    found = facts.events.filter(pl.col("event") == "infection", _CMV)
    return found.join(pair.select("patient_id"), on="patient_id", how="semi", maintain_order="left")


def _missing(event: str, column: str) -> Callable[[Facts], pl.DataFrame]:
    """Return a check of events that lack the column which says what they are."""

    def find(facts: Facts) -> pl.DataFrame:
        found = facts.events.filter(pl.col("event") == event)
        if not facts.has("events", column, event):
            return found.clear()
        return together(found.filter(pl.col(column).is_null()), found.height, event=event)

    return find


def _late_comorbidity(facts: Facts) -> pl.DataFrame:
    return facts.happened("comorbidity").filter(pl.col("day") > 0)


def _fatal_grade_of_living(facts: Facts) -> pl.DataFrame:
    fatal = pl.col("grade").str.strip_chars().is_in(["5", "grade 5", "5.0", "V"])
    found = facts.events.filter(pl.col("event").is_in(["CRS", "ICANS"]), fatal)
    died = facts.events.filter(pl.col("event") == "death").select("patient_id")
    return found.join(died, on="patient_id", how="anti", maintain_order="left")


_ASTCT: Final = "ASTCT, Lee, BBMT 2019;25:625"

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.cytokine_release_without_cause",
        "warning",
        "events",
        "event",
        "cytokine release syndrome on day {day}, but no treatment that causes it is recorded before it",
        _without_release("CRS", graft=True),
        "add the treatment (CAR T, blinatumomab), or correct one of the two dates",
        needs=("CRS",),
        kahn=RELATIONAL,
        source=_ASTCT,
    ),
    Rule(
        "records.neurotoxicity_without_cause",
        "warning",
        "events",
        "event",
        "neurotoxicity (ICANS) on day {day}, but no treatment that causes it is recorded before it",
        _without_release("ICANS", graft=False),
        "add the treatment (CAR T, blinatumomab), or correct one of the two dates",
        needs=("ICANS",),
        kahn=RELATIONAL,
        source=_ASTCT,
    ),
    Rule(
        "records.fatal_grade_of_living",
        "warning",
        "events",
        "grade",
        "{event} of grade 5, but no death is recorded",
        _fatal_grade_of_living,
        "grade 5 is death: correct the grade, or add the death",
        needs=(
            "CRS",
            "ICANS",
        ),
        kahn=RELATIONAL,
        source=f"{_ASTCT}: grades 1 to 4; grade 5, death, as in CTCAE",
    ),
    Rule(
        "records.late_vod",
        "warning",
        "events",
        "date",
        f"VOD on day {{day}}, later than day {LATE_VOD}",
        _late_vod,
        "correct the date, or add the second transplant that it followed",
        needs=("VOD",),
        kahn=TEMPORAL,
        source="judgement: late onset is after day 21 (Mohty, BMT 2023), seldom after the third month",
    ),
    Rule(
        "records.cmv_disease_without_result",
        "note",
        "events",
        "cause",
        "CMV disease on day {day}, but no CMV DNA is recorded within 30 days of it",
        _disease_without_result,
        "add the results",
        needs=("infection",),
        kahn=RELATIONAL,
    ),
    Rule(
        "records.cmv_of_seronegative_pair",
        "note",
        "events",
        "cause",
        "CMV infection, but donor and recipient are both CMV seronegative",
        _cmv_of_negative_pair,
        "check both serostatus: a first infection of such a pair is rare",
        needs=("infection",),
        kahn=ATEMPORAL,
    ),
    Rule(
        "records.infection_without_organism",
        "note",
        "events",
        "cause",
        "the organism of the infection is missing in {count} of {total}: {rows}",
        _missing("infection", "cause"),
        "name it, or write unknown",
        needs=("infection",),
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.organ_missing",
        "note",
        "events",
        "site",
        "the organ of an organ dysfunction is missing in {count} of {total}: {rows}",
        _missing("organ dysfunction", "site"),
        "name it: kidney, lung, heart, liver or brain",
        needs=("organ dysfunction",),
        kahn=COMPLETENESS,
    ),
    Rule(
        "records.comorbidity_unnamed",
        "note",
        "events",
        "detail",
        "the comorbidity is not named in {count} of {total}: {rows}",
        _missing("comorbidity", "detail"),
        "name it as in the HCT-CI",
        needs=("comorbidity",),
        kahn=COMPLETENESS,
        source="HCT-CI (Sorror, Blood 2005;106:2912)",
    ),
    Rule(
        "records.comorbidity_after_transplant",
        "warning",
        "events",
        "date",
        "a comorbidity on day {day}, after the transplant",
        _late_comorbidity,
        "comorbidities are those before transplant; what came later is an event of its own",
        "day 0 or earlier",
        needs=("comorbidity",),
        kahn=TEMPORAL,
        source="HCT-CI (Sorror, Blood 2005;106:2912)",
    ),
)
