"""Treatments against each other and against the transplant: lines, cycles, conditioning, indications."""

from __future__ import annotations

from typing import Final

import polars as pl

from dayzero.records.checks.rule import Facts, Rule, beside, together
from dayzero.records.kahn import ATEMPORAL, COMPLETENESS, RELATIONAL, TEMPORAL, UNIQUENESS

#: Agents that are given before the graft and, as conditioning, never after it.
CONDITIONING: Final = ("busulfan", "treosulfan", "melphalan", "thiotepa", "fludarabine")
INHIBITORS: Final = ("imatinib", "dasatinib", "ponatinib")
_CMV_TREATMENT: Final = ("ganciclovir", "valganciclovir", "foscarnet")
#: Days that a cycle of blinatumomab lasts, and how many more are believed.
CYCLE: Final = 28
#: Days around a treatment in which its reason is looked for.
AROUND: Final = 30
_START: Final = pl.col("start_day")
_STOP: Final = pl.col("stop_day")


def _prophylaxis() -> pl.Expr:
    return pl.col("indication").fill_null("").str.to_lowercase().str.contains("prophyla|pre-?emptive")


def _conditioning_after(facts: Facts) -> pl.DataFrame:
    """Find conditioning agents started in the month after day 0, when no later transplant explains them."""
    given = facts.treatments.filter(pl.col("agent").is_in(CONDITIONING), _START.is_between(1, 30))
    later = facts.transplants.filter(
        pl.col("type").is_in(["allogeneic", "autologous", "syngeneic"]), pl.col("day") > 0
    ).select("patient_id")
    transplanted = given.join(
        facts.grafts.select("patient_id"), on="patient_id", how="semi", maintain_order="left"
    )
    return transplanted.join(later, on="patient_id", how="anti", maintain_order="left")


def _lymphocytes_before(facts: Facts) -> pl.DataFrame:
    earlier = facts.transplants.filter(pl.col("day") < 0).select("patient_id")
    given = facts.treatments.filter(pl.col("agent") == "DLI", _START < 0)
    return given.join(earlier, on="patient_id", how="anti", maintain_order="left")


def _line_order(facts: Facts) -> pl.DataFrame:
    """Find courses of a line that start before the line with the number before it started."""
    first = (
        facts.treatments.drop_nulls(["line", "start_day"])
        .group_by("patient_id", "line", maintain_order=True)
        .agg(_START.min(), pl.col("row").first(), pl.col("agent").first())
    )
    ordered = first.sort("patient_id", "line")
    before = ordered.with_columns(
        earlier=_START.shift(1).over("patient_id"), number=pl.col("line").shift(1).over("patient_id")
    )
    return before.filter(pl.col("earlier") > _START)


def _cycles(facts: Facts) -> pl.DataFrame:
    return facts.treatments.drop_nulls(["cycle", "start_day"]).sort(
        "patient_id", "agent", "line", "cycle", "start_day", "row"
    )


_COURSE: Final = ("patient_id", "agent", "line")


def _cycle_order(facts: Facts) -> pl.DataFrame:
    earlier = _START.shift(1).over(_COURSE)
    found = _cycles(facts).with_columns(earlier=earlier, number=pl.col("cycle").shift(1).over(_COURSE))
    return found.filter(pl.col("earlier") > _START, pl.col("cycle") > pl.col("number"))


def _cycle_twice(facts: Facts) -> pl.DataFrame:
    found = _cycles(facts)
    first = _START.first().over((*_COURSE, "cycle"))
    return found.with_columns(first=first).filter(pl.col("first") != _START)


def _overlap(facts: Facts) -> pl.DataFrame:
    """Find infusions of an antibody that start while the one before has not ended."""
    given = facts.treatments.filter(
        pl.col("agent").is_in(["blinatumomab", "inotuzumab"]), _START.is_not_null()
    )
    ordered = given.sort("patient_id", "agent", "start_day", "row")
    before = ordered.with_columns(ends=_STOP.shift(1).over("patient_id", "agent"))
    return before.filter(pl.col("ends") > _START)


def _long_cycle(facts: Facts) -> pl.DataFrame:
    found = facts.treatments.filter(pl.col("agent") == "blinatumomab", pl.col("cycle").is_not_null())
    return found.with_columns(days=_STOP - _START).filter(pl.col("days") > CYCLE + 7)


def _inhibitor_without_fusion(facts: Facts) -> pl.DataFrame:
    genes = pl.col("cytogenetics").str.to_lowercase()
    known = facts.patients.filter(
        genes.is_not_null(), ~genes.is_in(["unknown", "not done", "not applicable"])
    )
    without = known.filter(~genes.str.contains(r"abl|\bph\b|ph\+|ph-like|philadelphia|t\(9;22\)|pdgfr|csf1r"))
    found = facts.treatments.filter(pl.col("agent").is_in(INHIBITORS)).join(
        without.select("patient_id"), on="patient_id", how="semi", maintain_order="left"
    )
    return found.unique(["patient_id", "agent"], keep="first", maintain_order=True)


def _unexplained(facts: Facts, agents: tuple[str, ...], reasons: pl.DataFrame) -> pl.DataFrame:
    """Find treatments without any of these facts (``patient_id``, ``on``) in the month around their start."""
    given = facts.treatments.filter(pl.col("agent").is_in(agents), _START >= 0, ~_prophylaxis())
    if reasons.is_empty():
        return given.clear()
    near = beside(given, reasons).filter(
        pl.col("on").is_null() | pl.col("on").is_between(_START - AROUND, pl.coalesce(_STOP, _START) + AROUND)
    )
    found = given.join(near.select("row"), on="row", how="anti", maintain_order="left")
    return found.unique(["patient_id", "agent"], keep="first", maintain_order=True)


def _defibrotide(facts: Facts) -> pl.DataFrame:
    vod = facts.events.filter(pl.col("event") == "VOD").select("patient_id", pl.col("day").alias("on"))
    return _unexplained(facts, ("defibrotide",), vod)


def _eculizumab(facts: Facts) -> pl.DataFrame:
    tma = facts.events.filter(pl.col("event") == "TMA").select("patient_id", pl.col("day").alias("on"))
    return _unexplained(facts, ("eculizumab",), tma)


def _cmv_treated(facts: Facts) -> pl.DataFrame:
    cmv = pl.col("cause").str.to_lowercase().str.contains("cmv|cytomegalo")
    infections = facts.events.filter(pl.col("event") == "infection", cmv)
    loads = facts.measured("CMV DNA")
    reasons = pl.concat(
        [frame.select("patient_id", pl.col("day").alias("on")) for frame in (infections, loads)]
    )
    return _unexplained(facts, _CMV_TREATMENT, reasons)


def _letermovir(facts: Facts) -> pl.DataFrame:
    negative = facts.grafts.filter(pl.col("cmv_recipient") == "negative").select("patient_id")
    found = facts.treatments.filter(pl.col("agent") == "letermovir")
    return found.join(negative, on="patient_id", how="semi", maintain_order="left").unique(
        "patient_id", keep="first", maintain_order=True
    )


def _first_line_continues(facts: Facts) -> pl.DataFrame:
    ends = facts.patients.select("patient_id", pl.col("first_line_end_day").alias("ends"))
    found = beside(facts.treatments.filter(pl.col("line") == 1), ends)
    return found.with_columns(last=pl.coalesce(_STOP, _START)).filter(pl.col("last") > pl.col("ends") + 7)


def _dose_without_unit(facts: Facts) -> pl.DataFrame:
    dosed = facts.treatments.filter(pl.col("dose").is_not_null())
    return together(dosed.filter(pl.col("unit").is_null()), dosed.height)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "records.conditioning_after_transplant",
        "warning",
        "treatments",
        "start",
        "{agent} starts on day {start_day}, after the transplant that it should prepare",
        _conditioning_after,
        "correct the date, or add the transplant that followed",
        "day 0 or earlier",
        needs=CONDITIONING,
        kahn=TEMPORAL,
    ),
    Rule(
        "records.lymphocytes_before_transplant",
        "error",
        "treatments",
        "start",
        "donor lymphocytes on day {start_day}, before any transplant",
        _lymphocytes_before,
        "correct the date, or add the transplant that they followed",
        "after a transplant",
        needs=("DLI",),
        kahn=TEMPORAL,
    ),
    Rule(
        "records.line_order",
        "warning",
        "treatments",
        "line",
        "line {line} starts on day {start_day}, before line {number} on day {earlier}",
        _line_order,
        "number the lines in the order of their days",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.cycle_order",
        "warning",
        "treatments",
        "cycle",
        "cycle {cycle} of {agent} starts on day {start_day}, before cycle {number} on day {earlier}",
        _cycle_order,
        "number the cycles of a course in the order of their days",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.cycle_twice",
        "warning",
        "treatments",
        "cycle",
        "cycle {cycle} of {agent} starts on day {start_day} and on day {first}",
        _cycle_twice,
        "correct the number of the cycle, or of the line",
        kahn=UNIQUENESS,
    ),
    Rule(
        "records.courses_overlap",
        "warning",
        "treatments",
        "start",
        "{agent} starts on day {start_day}, while the course before it ends on day {ends}",
        _overlap,
        "correct one of the two dates",
        needs=(
            "blinatumomab",
            "inotuzumab",
        ),
        kahn=TEMPORAL,
    ),
    Rule(
        "records.long_cycle",
        "warning",
        "treatments",
        "stop",
        f"one cycle of blinatumomab lasts {{days}} days: its infusion takes {CYCLE}",
        _long_cycle,
        "correct one of the two dates, or give each cycle its own row",
        needs=("blinatumomab",),
        kahn=TEMPORAL,
        source="the prescribing information of blinatumomab: up to 28 days of infusion a cycle",
    ),
    Rule(
        "records.inhibitor_without_fusion",
        "note",
        "treatments",
        "agent",
        "{agent}, but the genetic findings name no fusion that it inhibits",
        _inhibitor_without_fusion,
        "add the finding to cytogenetics, such as BCR::ABL1",
        needs=INHIBITORS,
        kahn=RELATIONAL,
    ),
    Rule(
        "records.defibrotide_without_vod",
        "note",
        "treatments",
        "agent",
        "defibrotide on day {start_day}, but no VOD is recorded near it",
        _defibrotide,
        "add the VOD, or write prophylaxis as indication",
        needs=("defibrotide",),
        kahn=RELATIONAL,
    ),
    Rule(
        "records.eculizumab_without_tma",
        "note",
        "treatments",
        "agent",
        "eculizumab on day {start_day}, but no TMA is recorded near it",
        _eculizumab,
        "add the TMA, or the indication",
        needs=("eculizumab",),
        kahn=RELATIONAL,
    ),
    Rule(
        "records.cmv_treated_but_not_found",
        "note",
        "treatments",
        "agent",
        "{agent} on day {start_day}, but no CMV infection or CMV DNA is recorded near it",
        _cmv_treated,
        "add the result that led to it, or write prophylaxis as indication",
        needs=_CMV_TREATMENT,
        kahn=RELATIONAL,
    ),
    Rule(
        "records.letermovir_of_seronegative",
        "note",
        "treatments",
        "agent",
        "letermovir, but the recipient is CMV seronegative",
        _letermovir,
        "correct the serostatus if it is wrong: letermovir protects seropositive recipients",
        needs=("letermovir",),
        kahn=ATEMPORAL,
        source="the prescribing information of letermovir: CMV-seropositive recipients",
    ),
    Rule(
        "records.first_line_continues",
        "warning",
        "treatments",
        "stop",
        "{agent} of line 1 goes on until day {last}, but first-line therapy ended on day {ends}",
        _first_line_continues,
        "correct one of the two dates, or the line",
        kahn=TEMPORAL,
    ),
    Rule(
        "records.dose_without_unit",
        "note",
        "treatments",
        "unit",
        "the unit of the dose is missing in {count} of {total}: {rows}",
        _dose_without_unit,
        "add it: no unit is assumed",
        kahn=COMPLETENESS,
    ),
)
