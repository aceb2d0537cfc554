"""Doses of conditioning, from treatments or from a regimen that states them, one row per patient.

A row's dose is its total unless its unit says a day (``mg/kg/day``); several rows of an agent add up. A dose
of several days that says neither ``total`` nor ``/day`` may be either, and is then used only when it reaches
the limit as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from dayzero.endpoints.frames import DAY, choose, collect, lazy

if TYPE_CHECKING:
    from dayzero.records.model import Records

#: Conditioning starts on this day at the earliest.
FROM_DAY = -21


@dataclass(frozen=True)
class Agent:
    """An agent with a published limit of intensity.

    Attributes
    ----------
    limit : float
        Total dose that is no longer of reduced intensity, in ``unit``.
    unit : str
    named : str
        How a regimen names it.
    """

    limit: float
    unit: str
    named: str


#: Giralt et al., Biol Blood Marrow Transplant 2009 (abstract): below these, intensity is reduced.
LIMITED = {
    "busulfan": Agent(
        9.0, "mg/kg", r"busulfan|\bbu\b|bu[0-9]\b|(?:flu|tt|cy)[-/ ]?bu|bu[-/ ]?(?:cy|flu|mel)"
    ),
    "melphalan": Agent(140.0, "mg/m2", r"melphalan|\bmel\b|mel[0-9]|(?:flu|bu|tt)[-/ ]?mel"),
    "thiotepa": Agent(10.0, "mg/kg", r"thiotepa|\btt\b|\btepa\b|\btt[-/]"),
}
#: Agents without a published limit that do not speak against reduced intensity by themselves.
OTHERS = ("fludarabine", "cyclophosphamide", "etoposide")
#: Agents of conditioning; treosulfan has no limit in the sources.
AGENTS = (*LIMITED, *OTHERS, "treosulfan")
#: Given with conditioning, without a part in its intensity.
SUPPORTIVE = r"atg|atlg|globulin|alemtuzumab|campath|rituximab|steroid|radiotherapy|tbi|transfusion|g-csf"
#: Intravenous busulfan counts as this fraction of the oral dose: general usage, not checked against a paper.
IV_OF_ORAL = 0.8


def doses(records: Records) -> pl.DataFrame:
    """Return what treatments say of each agent: total, whether a dose is missing or open, and its route.

    Returns
    -------
    polars.DataFrame
        ``patient_id``; for each limited agent ``<agent>`` (total dose), ``<agent>_missing`` (a row without a
        dose that can be read), ``<agent>_open`` (a dose of several days that may be daily), ``<agent>_oral``,
        ``<agent>_iv``; ``treosulfan``, ``alkylators`` (cyclophosphamide or etoposide given),
        ``irradiated_days`` (days of radiotherapy for conditioning), and ``other`` (an agent of conditioning
        nobody knows a limit of).
    """
    agent = nw.col("agent")
    said = nw.col("indication").fill_null("").str.to_lowercase()
    unit = nw.col("unit").fill_null("").str.to_lowercase().str.replace_all(" ", "").str.replace_all("²", "2")
    days = nw.col("stop_day").fill_null(nw.col("start_day")) - nw.col("start_day") + 1
    daily = unit.str.contains(r"(?:/d|/day|perday|daily|/die)$")
    total = unit.str.contains("total")
    plain = unit.str.replace_all(r"(?:/d|/day|perday|daily|/die|total|intotal)$", "")
    given = nw.when(daily).then(nw.col("dose") * days).otherwise(nw.col("dose"))
    # what several columns ask is worked out once, then named
    rows = (
        lazy(records, "treatments")
        .filter(nw.col("start_day").is_between(FROM_DAY, 0))
        .with_columns(
            given.alias("given:"),
            plain.alias("plain:"),
            (~nw.col("dose").is_null()).alias("stated:"),
            ((days > 1) & ~daily & ~total).alias("open:"),
            said.str.contains(r"oral|\bpo\b|p\.o\.").alias("oral:"),
            said.str.contains(r"\biv\b|i\.v\.|intraven").alias("iv:"),
        )
    )
    for_conditioning = said.str.contains("conditioning")
    columns: dict[str, nw.Expr] = {}
    for name, limited in LIMITED.items():
        here = agent == name
        readable = (nw.col("plain:") == limited.unit) & nw.col("stated:")
        columns[name] = nw.when(here & readable).then(nw.col("given:"))
        columns[f"{name}_missing"] = nw.when(here & ~readable).then(nw.lit(1))
        columns[f"{name}_open"] = nw.when(here & readable & nw.col("open:")).then(nw.lit(1))
        columns[f"{name}_oral"] = nw.when(here & nw.col("oral:")).then(nw.lit(1))
        columns[f"{name}_iv"] = nw.when(here & nw.col("iv:")).then(nw.lit(1))
    columns["treosulfan"] = nw.when(agent == "treosulfan").then(nw.lit(1))
    columns["alkylators"] = nw.when(agent.is_in(["cyclophosphamide", "etoposide"])).then(nw.lit(1))
    columns["irradiated_days"] = nw.when((agent == "radiotherapy") & for_conditioning).then(days)
    unknown = ~agent.is_in(list(AGENTS)) & ~agent.str.to_lowercase().str.contains(SUPPORTIVE)
    columns["other"] = nw.when(unknown & for_conditioning).then(agent)
    marked = rows.with_columns(made.alias(f"{name}:") for name, made in columns.items())
    found = collect(
        marked.group_by("patient_id").agg(
            *(nw.col(f"{name}:").sum().alias(name) for name in LIMITED),
            *(nw.col(f"{name}:").max().alias(name) for name in columns if name not in LIMITED),
            *(nw.col(f"{name}:").count().alias(f"{name}_rows") for name in LIMITED),
        )
    )
    # A sum of no doses is 0 on one engine and nothing on another: it is nothing.
    return found.with_columns(
        pl.when(pl.col(f"{name}_rows") > 0).then(pl.col(name)).alias(name) for name in LIMITED
    ).drop(f"{name}_rows" for name in LIMITED)


def regimens(records: Records) -> pl.DataFrame:
    """Return the regimen as text and the dose of TBI of each patient's transplant on day 0."""
    rows = lazy(records, "transplants").filter((nw.col("type") == "allogeneic") & (DAY == 0))
    first = rows.filter(nw.col("row") == nw.col("row").min().over("patient_id"))
    text = nw.col("conditioning").str.to_lowercase()
    known = choose(
        [(text.is_in(["unknown", "not done", "not applicable", ""]), nw.lit(None, nw.String))], text
    )
    return collect(first.select("patient_id", known.alias("regimen"), "tbi_gy"))


def stated(agent: str) -> pl.Expr:
    """Return the total dose of an agent that the regimen states with its unit, such as ``bu 12.8 mg/kg``."""
    limited = LIMITED[agent]
    name = {"busulfan": "busulfan|bu", "melphalan": "melphalan|mel", "thiotepa": "thiotepa|tepa|tt"}[agent]
    unit = limited.unit.replace("m2", "m(?:2|²)")
    found = pl.col("regimen").str.extract(
        rf"\b(?:{name})\W{{0,3}}([0-9]+(?:[.,][0-9]+)?) ?{unit}(?:[^/a-z0-9]|$)"
    )
    return found.str.replace(",", ".").cast(pl.Float64, strict=False)


def stated_tbi() -> pl.Expr:
    """Return the dose of TBI that the regimen states, such as ``TBI 12 Gy`` or ``200 cGy TBI``."""
    after = pl.col("regimen").str.extract_groups(
        r"(?:tbi|total body irradiation)\W{0,3}([0-9]+(?:[.,][0-9]+)?) ?(c?gy)"
    )
    before = pl.col("regimen").str.extract_groups(
        r"([0-9]+(?:[.,][0-9]+)?) ?(c?gy)\W{0,3}(?:f?tbi|total body irr)"
    )
    number = pl.coalesce(after.struct.field("1"), before.struct.field("1"))
    unit = pl.coalesce(after.struct.field("2"), before.struct.field("2"))
    gray = number.str.replace(",", ".").cast(pl.Float64, strict=False)
    return pl.when(unit == "cgy").then(gray / 100).otherwise(gray)
