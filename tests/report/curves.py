"""Results with one panel of curves of any shape, for layout tests."""

from __future__ import annotations

from dayzero.study.results import (
    Curve,
    EndpointInfo,
    Estimate,
    Figure,
    GroupInfo,
    Panel,
    Results,
    StudyInfo,
    Test,
)

TICKS = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)


def curve(name: str, drops: list[float], *, rising: bool) -> Curve:
    """Return a curve with a step every few months: each drop takes its share of what is left."""
    left, values = 1.0, [1.0]
    for drop in drops:
        left *= 1 - drop
        values.append(left)
    times = tuple(60.0 * i / (len(values) + 1) for i in range(len(values)))
    heights = tuple(1 - v if rising else v for v in values)
    return Curve(
        id=f"X.g.{name}.curve",
        endpoint="X",
        label=name,
        kind="incidence" if rising else "survival",
        time=times,
        estimate=heights,
        lower=tuple(max(0.0, h - 0.15) for h in heights),
        upper=tuple(min(1.0, h + 0.15) for h in heights),
        censor_time=(5.0, 33.0, 55.0),
        censor_estimate=tuple(
            next(h for t, h in reversed([*zip(times, heights, strict=True)]) if t <= x) for x in (5, 33, 55)
        ),
        end=58.0,
        ticks=TICKS,
        at_risk=(1234, 99, 50, 20, 7, 0),
        n=1234,
        events=len(drops),
        unit="months",
        group_by="g",
        group=name,
        conf_type="log-log",
    )


def estimate(name: str, time: float) -> Estimate:
    """Return an estimate with the widest text one can have."""
    return Estimate(
        f"X.g.{name}.{time:g}", "X", time, "months", 0.999, 0.123, 0.999, "beta product (exact)", 0.95, "",
        1234, 5, 50, group_by="g", group=name,
    )  # fmt: skip


def drawn_figure(drops: list[list[float]], *, rising: bool, horizons: tuple[float, ...]) -> Results:
    """Return results whose only figure has one panel with these curves."""
    names = ["First group", "CR2", "Any later remission", "Other"][: len(drops)]
    curves = tuple(curve(n, d, rising=rising) for n, d in zip(names, drops, strict=True))
    estimates = tuple(estimate(n, t) for t in horizons for n in names)
    panel = Panel(
        "A",
        "Any outcome by any group",
        "X",
        curves[0].kind,
        "Any outcome",
        tuple(c.id for c in curves),
        tuple(e.id for e in estimates),
        group_by="g",
        test="X.g.test" if len(names) > 1 else None,
    )
    return Results(
        study=StudyInfo("T", "s.csv", "months", horizons, 0.95, "dayzero", 10, notice="Constructed data"),
        groups=(GroupInfo("g", "Group", tuple(names), (5,) * len(names), 0),),
        endpoints=(
            EndpointInfo(
                "X", "Any outcome", curves[0].kind, "day 0: first allogeneic transplant", "", (), "", "", "",
                10, ("event",), (3,), 7,
            ),
        ),
        estimates=estimates,
        tests=(Test("X.g.test", "X", "g", "log-rank test", 2.0, 1, 0.157, 10),),
        curves=curves,
        figures=(Figure("1", "Any figure", ((panel,),), "months", 60.0),),
    )  # fmt: skip
