"""Hand-made results in the shape of two small paediatric studies, for tests of what the report prints.

The patients are invented; the estimates are computed here by short textbook loops (product limit,
Aalen-Johansen), so the report is tested without the statistics room.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from dayzero.records.findings import Finding, Where, worst_first
from dayzero.study.results import (
    Characteristic,
    CohortStep,
    Curve,
    EndpointInfo,
    Estimate,
    Figure,
    FollowUp,
    GroupInfo,
    Listing,
    Panel,
    Quantile,
    Refusal,
    Results,
    StudyInfo,
    Test,
)

CONVENTION = (
    "Kaplan-Meier (product limit) with Greenwood's variance; 95% CI on the log(-log) scale; preset dayzero"
)
INCIDENCE = "Aalen-Johansen with Aalen's variance; 95% CI on the log(-log) scale; preset dayzero"
EXACT = "Clopper-Pearson (exact)"
TICKS = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)


@dataclass(frozen=True)
class Patient:
    """Months to the first of relapse (1), death without relapse (2) or last contact (0); months to death."""

    remission: str
    inotuzumab: str
    time: float
    cause: int
    death: float | None
    last: float


def patients() -> list[Patient]:
    """Return 78 invented patients: 14 in CR1, 64 in CR2/3 of whom 26 had inotuzumab."""
    draw = random.Random(20240331)  # noqa: S311 - invented patients, not a secret
    made = []
    for index in range(78):
        remission = "CR1" if index < 14 else "CR2/3"
        inotuzumab = "" if index < 14 else ("Inotuzumab" if index < 40 else "No inotuzumab")
        last = round(draw.uniform(4, 62), 2)
        cause, time, death = 0, last, None
        if index in {3, 70}:
            cause, time = 2, round(draw.uniform(1, min(last, 9)), 2)
            death = last = time
        elif index in {15, 27} or (40 <= index < 70 and index % 2 == 0 and index > 41):
            cause, time = 1, round(draw.uniform(2, min(last, 16)), 2)
            last = time + round(draw.uniform(3, 30), 2)
            death = last if draw.random() < 0.45 else None
        made.append(Patient(remission, inotuzumab, time, cause, death, last))
    return made


def product_limit(
    times: list[float], events: list[bool]
) -> list[tuple[float, float, float | None, float | None]]:
    """Return (time, S, lower, upper) at 0 and at each event time."""
    steps: list[tuple[float, float, float | None, float | None]] = [(0.0, 1.0, 1.0, 1.0)]
    surviving, greenwood = 1.0, 0.0
    for time in sorted({t for t, e in zip(times, events, strict=True) if e}):
        risk = sum(t >= time for t in times)
        died = sum(e and t == time for t, e in zip(times, events, strict=True))
        surviving *= 1 - died / risk
        greenwood += died / (risk * (risk - died)) if risk > died else math.inf
        steps.append((time, surviving, *log_log(surviving, greenwood)))
    return steps


def log_log(value: float, relative_variance: float) -> tuple[float | None, float | None]:
    """Return the log(-log) limits of a probability whose relative variance is given."""
    if not 0 < value < 1 or math.isinf(relative_variance):
        return None, None
    width = 1.959963984540054 * math.sqrt(relative_variance) / abs(math.log(value))
    return value ** math.exp(width), value ** math.exp(-width)


def aalen_johansen(
    times: list[float], causes: list[int], cause: int
) -> list[tuple[float, float, float | None, float | None]]:
    """Return (time, CIF, lower, upper) at 0 and at each event of the cause (limits only roughly right)."""
    steps: list[tuple[float, float, float | None, float | None]] = [(0.0, 0.0, 0.0, 0.0)]
    free, incidence = 1.0, 0.0
    for time in sorted({t for t, c in zip(times, causes, strict=True) if c}):
        risk = sum(t >= time for t in times)
        of_interest = sum(c == cause and t == time for t, c in zip(times, causes, strict=True))
        any_cause = sum(c > 0 and t == time for t, c in zip(times, causes, strict=True))
        incidence += free * of_interest / risk
        free *= 1 - any_cause / risk
        if of_interest:
            spread = math.sqrt(incidence * (1 - incidence) / len(times))
            lower, upper = log_log(incidence, (spread / max(incidence, 1e-9)) ** 2)
            steps.append((time, incidence, *(sorted((lower, upper)) if lower and upper else (None, None))))
    return steps


@dataclass(frozen=True)
class Data:
    """Times and causes of one group of patients for one endpoint."""

    times: list[float]
    causes: list[int]
    survival: bool
    cause: int = 1


def observed(name: str, group: list[Patient]) -> Data:
    """Return an endpoint's times and causes."""
    if name == "OS":
        return Data(
            [p.death or p.last for p in group], [int(p.death is not None) for p in group], survival=True
        )
    if name == "OS_after_relapse":
        relapsed = [p for p in group if p.cause == 1]
        return Data(
            [round((p.death or p.last) - p.time, 2) for p in relapsed],
            [int(p.death is not None) for p in relapsed],
            survival=True,
        )
    if name == "DFS":
        return Data([p.time for p in group], [int(p.cause > 0) for p in group], survival=True)
    return Data(
        [p.time for p in group], [p.cause for p in group], survival=False, cause=1 if name == "CIR" else 2
    )


def value_at(
    steps: list[tuple[float, float, float | None, float | None]], time: float
) -> tuple[float, float | None, float | None]:
    """Return the last step at or before a time."""
    return [step for step in steps if step[0] <= time][-1][1:]


LABELS = {
    "OS": "Overall survival",
    "DFS": "Disease-free survival",
    "CIR": "Cumulative incidence of relapse",
    "NRM": "Non-relapse mortality",
    "OS_after_relapse": "Survival after relapse",
}


def curve_and_estimate(
    name: str, group: list[Patient], by: str | None = None, level: str | None = None, among: str = ""
) -> tuple[Curve, Estimate]:
    """Return what a figure and a table show of one endpoint in one group."""
    data = observed(name, group)
    if data.survival:
        steps = product_limit(data.times, [c > 0 for c in data.causes])
    else:
        steps = aalen_johansen(data.times, data.causes, data.cause)
    prefix = f"{name}.{by}.{level}" if by else name
    censored = [t for t, c in zip(data.times, data.causes, strict=True) if c == 0]
    estimate, lower, upper = value_at(steps, 24)
    events = sum(c == data.cause and t <= 24 for t, c in zip(data.times, data.causes, strict=True))
    method, conf, note = ("Kaplan-Meier" if data.survival else "Aalen-Johansen"), "log-log", ""
    if lower is None or lower == upper:
        risk = sum(t >= 24 for t in data.times)
        bound = 1 - 0.025 ** (1 / max(risk, 1))
        lower, upper = (1 - bound, 1.0) if data.survival else (0.0, bound)
        conf, note = "beta product (exact)", "no event: exact interval"
    curve = Curve(
        id=prefix,
        endpoint=name,
        label=level or "All patients",
        kind="survival" if data.survival else "incidence",
        time=tuple(s[0] for s in steps),
        estimate=tuple(s[1] for s in steps),
        lower=tuple(s[2] for s in steps),
        upper=tuple(s[3] for s in steps),
        censor_time=tuple(sorted(censored)),
        censor_estimate=tuple(value_at(steps, t)[0] for t in sorted(censored)),
        end=max(data.times),
        ticks=TICKS,
        at_risk=tuple(sum(t >= tick for t in data.times) for tick in TICKS),
        n=len(data.times),
        events=sum(c == data.cause for c in data.causes),
        unit="months",
        group_by=by,
        group=level,
        conf_type=conf,
    )
    return curve, Estimate(
        id=f"{prefix}.24",
        endpoint=name,
        time=24,
        unit="months",
        estimate=estimate,
        lower=lower,
        upper=upper,
        conf_type=conf,
        conf_level=0.95,
        method=method,
        n=len(data.times),
        events=events,
        at_risk=sum(t >= 24 for t in data.times),
        group_by=by,
        group=level,
        among=among,
        convention=CONVENTION if data.survival else INCIDENCE,
        note=note,
    )


def algeri() -> Results:
    """Return results with two four-panel figures, one single figure, groups, findings and a refusal."""
    cohort = patients()
    relapsed = [p for p in cohort if p.remission == "CR2/3"]
    curves, estimates = [], []
    for name in LABELS:
        whole = curve_and_estimate(name, cohort)
        curves.append(whole[0])
        estimates.append(whole[1])
    for name in ("OS", "DFS", "CIR"):
        for by, among, members in (
            ("remission", "", {"CR1": cohort, "CR2/3": cohort}),
            ("inotuzumab", "remission_number >= 2", {"Inotuzumab": relapsed, "No inotuzumab": relapsed}),
        ):
            for level, people in members.items():
                part = [p for p in people if getattr(p, by) == level]
                curve, estimate = curve_and_estimate(name, part, by, level, among)
                curves.append(curve)
                estimates.append(estimate)
    return Results(
        study=StudyInfo(
            title="Blinatumomab as last consolidation before allogeneic HSCT",
            question="Do children and young adults in remission after blinatumomab relapse less often after "
            "transplant in first remission, or when they also had inotuzumab?",
            source="cohort.xlsx",
            unit="months",
            horizons=(24.0,),
            conf_level=0.95,
            convention="dayzero",
            n=78,
            data_cutoff="2024-03-31",
            notice="Constructed data: not real patients",
            citation="Algeri et al., Haematologica 2025;110(3):596-607",
        ),
        cohort=(
            CohortStep("cohort.all", "Patients in the data", "", 0, 0, 91),
            CohortStep("cohort.1", "B-cell ALL", "immunophenotype = 'B-ALL'", 6, 0, 85),
            CohortStep(
                "cohort.2", "Blinatumomab last before HSCT", "last_therapy = 'blinatumomab'", 7, 2, 78
            ),
        ),
        groups=(
            GroupInfo("remission", "Remission at HSCT", ("CR1", "CR2/3"), (14, 64), 0),
            GroupInfo(
                "inotuzumab",
                "Inotuzumab before blinatumomab",
                ("Inotuzumab", "No inotuzumab"),
                (26, 38),
                0,
                "remission_number >= 2",
                "CR2/3",
            ),
        ),
        characteristics=characteristics(),
        endpoints=tuple(endpoint(name, cohort) for name in LABELS),
        estimates=tuple(estimates),
        tests=tests(),
        quantiles=(
            Quantile("OS.median", "OS", 0.5, None, None, None, "months", "log-log", note="not reached"),
            Quantile(
                "OS_after_relapse.median", "OS_after_relapse", 0.5, 18.42, 6.1, None, "months", "log-log"
            ),
        ),
        follow_up=(
            FollowUp("follow_up.median", "reverse Kaplan-Meier of OS", 78, 23.23, "months", 18.9, 29.71),
            FollowUp(
                "follow_up.survivors",
                "patients alive at last contact",
                69,
                24.05,
                "months",
                None,
                None,
                1.2,
                62.1,
            ),
        ),
        curves=tuple(curves),
        figures=figures(),
        refusals=(
            Refusal(
                "OS.agvhd.test",
                "OS",
                "Survival from day 0 by acute GVHD: the groups are known only after day 0",
                "survival from a landmark, such as day 100, by acute GVHD before that day",
                "Anderson et al., J Clin Oncol 1983;1:710-719",
                "agvhd",
            ),
        ),
        findings=findings(),
    )


def endpoint(name: str, cohort: list[Patient]) -> EndpointInfo:
    """Return the definition of an endpoint and how many patients had what."""
    data = observed(name, cohort)
    survival = data.survival
    counts = (sum(c == data.cause for c in data.causes),)
    if not survival:
        counts += (sum(c not in (0, data.cause) for c in data.causes),)
    causes = {
        "OS": ("death",),
        "DFS": ("relapse or death",),
        "CIR": ("relapse", "death without relapse"),
        "NRM": ("death without relapse", "relapse"),
        "OS_after_relapse": ("death",),
    }[name]
    return EndpointInfo(
        name=name,
        label=LABELS[name],
        kind="survival" if survival else "incidence",
        origin="first relapse after transplant"
        if name == "OS_after_relapse"
        else "first allogeneic transplant",
        event=causes[0],
        competing=causes[1:],
        censoring="last contact, or the data cut-off if earlier",
        eligible="every patient in the cohort"
        if name != "OS_after_relapse"
        else "patients who relapsed after transplant",
        source="Kanate et al., Biol Blood Marrow Transplant 2020",
        n=len(data.times),
        causes=causes,
        counts=counts,
        censored=sum(c == 0 for c in data.causes),
        not_eligible=78 - len(data.times),
        reasons=("no relapse after transplant: 62",) if name == "OS_after_relapse" else (),
        conventions=(
            ("Kaplan-Meier with Greenwood's variance", "log-rank test")
            if survival
            else ("Aalen-Johansen with Aalen's variance", "Gray's test")
        ),
    )


def tests() -> tuple[Test, ...]:
    """Return comparisons of the two groupings."""
    made = []
    for name, by, p in (
        ("OS", "remission", 0.4127),
        ("OS", "inotuzumab", 0.0893),
        ("DFS", "remission", 0.1797),
        ("DFS", "inotuzumab", 0.0311),
        ("CIR", "remission", 0.0497),
        ("CIR", "inotuzumab", 0.0234),
    ):
        log_rank = name != "CIR"
        made.append(
            Test(
                f"{name}.{by}.test",
                name,
                by,
                "log-rank test" if log_rank else "Gray's test",
                1.8,
                1,
                p,
                78 if by == "remission" else 64,
                among="" if by == "remission" else "remission_number >= 2",
                groups=("CR1", "CR2/3") if by == "remission" else ("Inotuzumab", "No inotuzumab"),
                convention="log-rank test (rho = 0), two-sided"
                if log_rank
                else "Gray's test (rho = 0), two-sided",
            )
        )
    return tuple(made)


def _panel(letter: str, name: str, by: str | None = None) -> Panel:
    levels = {"remission": ("CR1", "CR2/3"), "inotuzumab": ("Inotuzumab", "No inotuzumab")}
    names = [f"{name}.{by}.{level}" for level in levels[by]] if by else [name]
    words = {"remission": " by remission at HSCT", "inotuzumab": " by inotuzumab"}
    return Panel(
        letter=letter,
        title=LABELS[name] + (words[by] if by else ""),
        endpoint=name,
        kind="survival" if "S" in name else "incidence",
        y_label=LABELS[name],
        curves=tuple(names),
        estimates=tuple(f"{n}.24" for n in names),
        group_by=by,
        among_label="CR2/3" if by == "inotuzumab" else "",
        test=f"{name}.{by}.test" if by else None,
    )


def figures() -> tuple[Figure, ...]:
    """Return the two 2x2 figures and one single-panel figure."""
    return (
        Figure(
            "1",
            "Relapse and non-relapse mortality",
            (
                (_panel("A", "CIR"), _panel("B", "CIR", "remission")),
                (_panel("C", "CIR", "inotuzumab"), _panel("D", "NRM")),
            ),
            "months",
            60.0,
        ),
        Figure(
            "2",
            "Overall and disease-free survival",
            (
                (_panel("A", "OS"), _panel("B", "DFS")),
                (_panel("C", "DFS", "remission"), _panel("D", "DFS", "inotuzumab")),
            ),
            "months",
            60.0,
        ),
        Figure("3", "Survival after relapse", ((_panel("", "OS_after_relapse"),),), "months", 36.0),
    )


def _level(
    variable: str, label: str, level: str, counts: tuple[int, int], missing: int = 0
) -> list[Characteristic]:
    made = []
    for group, n, size in ((None, sum(counts), 78), ("CR1", counts[0], 14), ("CR2/3", counts[1], 64)):
        total = size - (missing if group != "CR1" else 0)
        made.append(
            Characteristic(
                f"char.{variable}.{level}" if group is None else f"char.remission.{group}.{variable}.{level}",
                variable,
                label,
                "level",
                n,
                total,
                size - total,
                None if group is None else "remission",
                group,
                level,
                n / total,
            )
        )
    return made


def characteristics() -> tuple[Characteristic, ...]:
    """Return a few lines of a characteristics table, for all patients and by remission."""
    made = [
        Characteristic(
            "char.age" if group is None else f"char.remission.{group}.age",
            "age",
            "Age at HSCT",
            "number",
            n,
            n,
            0,
            None if group is None else "remission",
            group,
            median=8.0,
            minimum=low,
            maximum=25.0,
            q1=5.0,
            q3=13.5,
            unit="years",
        )
        for group, n, low in ((None, 78, 1.0), ("CR1", 14, 1.0), ("CR2/3", 64, 2.5))
    ]
    made += _level("sex", "Sex", "female", (6, 27)) + _level("sex", "Sex", "male", (8, 37))
    made += _level("mrd", "MRD before HSCT", "negative", (13, 57), 2)
    made += _level("mrd", "MRD before HSCT", "positive", (1, 5), 2)
    for level, counts in (("matched related", (3, 10)), ("unrelated", (6, 27)), ("haploidentical", (5, 27))):
        made += _level("donor", "Donor", level, counts)
    return tuple(made)


def findings() -> tuple[Finding, ...]:
    """Return findings of every severity, one of them repeated."""
    many = [
        Finding(
            "records.unknown_code",
            "warning",
            "unknown code for graft",
            Where("transplants", 10 + i, "graft", f"P{i:03d}"),
            "use one of the allowed codes",
            "bone marow",
            "bone marrow, peripheral blood, cord blood",
        )
        for i in range(14)
    ]
    return worst_first(
        [
            *many,
            Finding(
                "study.known_after_day0",
                "refuse",
                "groups known only after day 0 cannot start a curve at day 0",
                Where(item="OS by agvhd"),
                "use a landmark",
                source="Anderson 1983",
            ),
            Finding(
                "records.order",
                "error",
                "death before transplant",
                Where("events", 57, "date", "P031"),
                "correct the date",
                "-12",
                "day 0 or later",
            ),
            Finding(
                "study.few_at_risk",
                "warning",
                "fewer than 5 patients at risk at the horizon",
                Where(item="DFS by remission, CR1, 24 months"),
                "show the interval beside the estimate, or choose an earlier horizon",
                "3",
                "5 or more",
            ),
            Finding("study.cutoff", "note", "3 patients were censored at the data cut-off", Where(item="OS")),
        ]
    )


def _proportion(name: str, events: int, lower: float, upper: float, note: str = "") -> Estimate:
    return Estimate(
        id=f"{name}.proportion",
        endpoint=name,
        time=None,
        unit="days",
        estimate=events / 5,
        lower=lower,
        upper=upper,
        conf_type=EXACT,
        conf_level=0.95,
        method="proportion",
        n=5,
        events=events,
        at_risk=None,
        convention="Clopper-Pearson exact interval",
        note=note,
    )


PROPORTIONS = {
    "OS": ("Alive at last contact", 5, 0.4782, 1.0),
    "NRM": ("Non-relapse mortality", 0, 0.0, 0.5218),
    "CMV": ("CMV reactivation", 3, 0.1466, 0.9473),
    "ES": ("Engraftment syndrome", 4, 0.2836, 0.9949),
}


def tulsiyan() -> Results:
    """Return results of five patients: proportions with exact intervals and a listing, no curves."""
    labels = (
        "Patient",
        "Age (years)",
        "Sex",
        "Relapse",
        "MRD before HSCT",
        "Donor",
        "Conditioning",
        "TBI",
        "GVHD prophylaxis",
        "Neutrophils (day)",
        "Platelets (day)",
        "Donor chimerism (%)",
        "Engraftment syndrome",
        "CMV reactivation",
        "Follow-up (days)",
    )
    rows = (
        (
            "1",
            "12",
            "male",
            "second, late combined",
            "negative",
            "matched sibling",
            "TT-Flu-Bu",
            "no",
            "CSA-MTX",
            "11",
            "9",
            "100",
            "no",
            "no",
            "1,015",
        ),
        (
            "2",
            "5",
            "male",
            "early isolated medullary",
            "negative",
            "haploidentical",
            "Flu-TBI",
            "yes",
            "PTCy-CSA-MMF",
            "12",
            "15",
            "100",
            "yes",
            "yes",
            "899",
        ),
        (
            "3",
            "10",
            "male",
            "late isolated medullary",
            "negative",
            "haploidentical",
            "Flu-TBI",
            "yes",
            "PTCy-CSA-MMF",
            "12",
            "7",
            "98.4",
            "yes",
            "yes",
            "177",
        ),
        (
            "4",
            "5",
            "male",
            "early combined",
            "negative",
            "haploidentical",
            "Flu-TBI",
            "yes",
            "PTCy-CSA-MMF",
            "12",
            "9",
            "100",
            "yes",
            "no",
            "59",
        ),
        (
            "5",
            "5",
            "male",
            "very early combined (CNS)",
            "negative",
            "haploidentical",
            "Flu-TBI + cranial boost",
            "yes",
            "PTCy-CSA-MMF",
            "12",
            "9",
            "100",
            "yes",
            "yes",
            "52",
        ),
    )
    return Results(
        study=StudyInfo(
            title="Five children bridged to transplant with blinatumomab",
            source="tulsiyan2025.csv",
            unit="days",
            horizons=(),
            conf_level=0.95,
            convention="dayzero",
            n=5,
            citation="Tulsiyan et al., J Hematol 2025;14(6):307-313",
        ),
        cohort=(CohortStep("cohort.all", "Patients in the data", "", 0, 0, 5),),
        characteristics=(
            Characteristic(
                "char.age",
                "age",
                "Age at HSCT",
                "number",
                5,
                5,
                0,
                median=5.0,
                minimum=5.0,
                maximum=12.0,
                q1=5.0,
                q3=10.0,
                unit="years",
            ),
            Characteristic("char.sex.male", "sex", "Sex", "level", 5, 5, 0, level="male", fraction=1.0),
            Characteristic(
                "char.anc_day",
                "anc_day",
                "Neutrophil engraftment",
                "number",
                5,
                5,
                0,
                median=12.0,
                minimum=11.0,
                maximum=12.0,
                q1=12.0,
                q3=12.0,
                unit="day",
            ),
        ),
        endpoints=tuple(
            EndpointInfo(
                name=name,
                label=label,
                kind="proportion",
                origin="first allogeneic transplant",
                event=label.lower(),
                competing=(),
                censoring="last contact",
                eligible="every patient in the cohort",
                source="",
                n=5,
                causes=(label.lower(),),
                counts=(events,),
                censored=5 - events,
                conventions=("Clopper-Pearson exact interval",),
            )
            for name, (label, events, _, _) in PROPORTIONS.items()
        ),
        estimates=tuple(
            _proportion(name, events, lower, upper, "no event: exact interval" if events == 0 else "")
            for name, (_, events, lower, upper) in PROPORTIONS.items()
        ),
        follow_up=(
            FollowUp(
                "follow_up.observed", "time to last contact", 5, 177.0, "days", None, None, 52.0, 1015.0
            ),
            FollowUp("follow_up.median", "reverse Kaplan-Meier of OS", 5, 177.0, "days", 52.0, None),
        ),
        listing=Listing(tuple(label.lower() for label in labels), labels, rows),
        findings=worst_first(
            [
                Finding(
                    "endpoints.platelets_before_neutrophils",
                    "warning",
                    "platelet engraftment before neutrophil engraftment",
                    Where("tulsiyan2025.csv", row, None, str(row - 1)),
                    "confirm that platelets fell below the threshold",
                )
                for row in (2, 4, 5, 6)
            ]
        ),
    )


def renamed(results: Results, title: str) -> Results:
    """Return the same results under another title, such as one that must be escaped."""
    return replace(results, study=replace(results.study, title=title))
