"""What a second transplant or a donor lymphocyte infusion does to an endpoint that is already decided.

Both are decisions of the physician, so that ending observation at them may be informative: the standard is to
ignore them for relapse and death (intention to treat), and every other choice is printed with the result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from dayzero.endpoints.choices import LYMPHOCYTES, SECOND, applied, called, choice_of
from dayzero.endpoints.course import course_of
from dayzero.endpoints.deciding import choose, number, sentence
from dayzero.endpoints.gvhd.lymphocytes import first_lymphocytes
from dayzero.endpoints.incidence import AGAIN, CENSORED, NEVER
from dayzero.errors import RefusalError

if TYPE_CHECKING:
    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Marks in ``flags`` of those whose observation ended so.
AT_SECOND, AT_LYMPHOCYTES = "censored_at_second_transplant", "censored_at_donor_lymphocytes"
#: Endpoints that name a second transplant as a competing event unless it is chosen otherwise.
_COMPETES = ("neutrophil_engraftment", "platelet_engraftment", "platelet_engraftment_50")


def refuse_choice(definition: Definition, options: Options) -> None:
    """Refuse a choice that an endpoint cannot have.

    Raises
    ------
    RefusalError
        Such as a competing event for a survival endpoint.
    """
    value = applied(definition.name, options, SECOND)
    choice = choice_of(definition.name, SECOND)
    if choice is not None and value not in choice.allowed:
        what = f"{definition.name} cannot be derived with a second transplant as '{value}'"
        raise RefusalError(what, instead=f"{' or '.join(choice.allowed)}, or the incidence of each event")


def end_observation(derived: DerivedEndpoint, records: Records, options: Options) -> DerivedEndpoint:
    """Apply what was chosen about a second transplant and donor lymphocytes.

    A day counts only when it is earlier than the patient's own time: on the same day the event stands.

    Parameters
    ----------
    derived : DerivedEndpoint
    records : Records
    options : Options

    Returns
    -------
    DerivedEndpoint
        The same object when nothing was chosen that ends observation.
    """
    name = derived.definition.name
    second, lymphocytes = (applied(name, options, option) for option in (SECOND, LYMPHOCYTES))
    if name in _COMPETES:
        return _uncounted(derived) if second == "censor" else derived
    built_in = derived.definition.competing[-1:] == ("second transplant",)
    if built_in and second in ("ignore", "censor"):
        derived = _without(derived)
    competes = second == "compete" and not built_in
    ends_at_second = second == "censor" or competes
    if ends_at_second or lymphocytes == "censor":
        derived = _cut(
            derived, records, second=ends_at_second, competes=competes, lymphocytes=lymphocytes == "censor"
        )
    return derived


def _without(derived: DerivedEndpoint) -> DerivedEndpoint:
    """Say that a second transplant does not compete; the derivation has left it out."""
    definition = replace(
        derived.definition,
        competing=derived.definition.competing[:-1],
        censoring=derived.definition.censoring + "; a second transplant does not compete",
    )
    return replace(derived, definition=definition, causes=derived.causes[:-1])


def _uncounted(derived: DerivedEndpoint) -> DerivedEndpoint:
    """Censor where another infusion competed: its day is already the end of observation."""
    again = pl.col("cause") == AGAIN
    frame = derived.frame.with_columns(
        pl.when(again).then(CENSORED).otherwise("cause").alias("cause"),
        _flagged(again, AT_SECOND),
    )
    definition = replace(
        derived.definition,
        competing=derived.definition.competing[:-1],
        censoring=f"{derived.definition.censoring}; at a {called(derived.definition.name)}",
    )
    return replace(derived, definition=definition, frame=frame, causes=derived.causes[:-1])


def _cut(
    derived: DerivedEndpoint, records: Records, *, second: bool, competes: bool, lymphocytes: bool
) -> DerivedEndpoint:
    label = called(derived.definition.name)
    frame = derived.frame.join(_infusions(records), on="patient_id", how="left")
    at_second = pl.col("second_day") if second else pl.lit(None, pl.Int64)
    at_dli = pl.col("dli_day") if lymphocytes else pl.lit(None, pl.Int64)
    first, then = at_second.fill_null(NEVER), at_dli.fill_null(NEVER)
    by_second = (at_second < pl.col("time")) & (first <= then)
    by_dli = (at_dli < pl.col("time")) & (then < first)
    code = len(derived.causes) + 1 if competes else CENSORED
    ended = "" if competes else "observation ends at the "
    by = sentence(f"{ended}{label} on day ", number("second_day"), pl.col("second_cited"))
    infused = sentence("observation ends at the donor lymphocyte infusion on day ", number("dli_day"),
                       pl.col("dli_cited"))  # fmt: skip
    time, cause, why = pl.col("time"), pl.col("cause"), pl.col("why")
    flag = pl.lit("" if competes else AT_SECOND)
    without = "; without it: "
    frame = frame.with_columns(
        choose([(by_second, at_second), (by_dli, at_dli)], time).cast(frame.schema["time"]).alias("time"),
        choose([(by_second, pl.lit(code)), (by_dli, pl.lit(CENSORED))], cause).cast(pl.Int64).alias("cause"),
        choose([(by_second, sentence(by, without, why)), (by_dli, sentence(infused, without, why))], why)
        .alias("why"),
        choose([(by_second, flag), (by_dli, pl.lit(AT_LYMPHOCYTES))], pl.lit("")).alias("ended"),
    )  # fmt: skip
    frame = frame.with_columns(_flagged(pl.col("ended") != "", pl.col("ended")))
    return replace(
        derived,
        definition=_defined(derived.definition, label, second=second, competes=competes, dli=lymphocytes),
        frame=frame.select(derived.frame.columns),
        causes=(*derived.causes, label) if competes else derived.causes,
    )


def _defined(definition: Definition, label: str, *, second: bool, competes: bool, dli: bool) -> Definition:
    censoring = definition.censoring
    if second and not competes:
        censoring += f"; at a {label}"
    if dli:
        censoring += "; at the first donor lymphocyte infusion after day 0"
    competing = (*definition.competing, label) if competes else definition.competing
    return replace(definition, censoring=censoring, competing=competing)


def _flagged(when: pl.Expr, flag: str | pl.Expr) -> pl.Expr:
    mark = pl.lit(flag) if isinstance(flag, str) else flag
    both = pl.concat_str(pl.col("flags"), mark, separator=";").str.strip_chars(";")
    return pl.when(when).then(both).otherwise("flags").alias("flags")


def _infusions(records: Records) -> pl.DataFrame:
    """Return the day and citation of the second transplant and of the first donor lymphocyte infusion."""
    course = course_of(records)
    second = course.frame.select(
        "patient_id", "second_day", course.cite("transplants", "second_row").alias("second_cited")
    )
    return second.join(first_lymphocytes(records), on="patient_id", how="left")
