"""Made-up results in the shape of a cohort of 78: two four-panel figures, groups, findings, a refusal."""

from __future__ import annotations

from dayzero.records.findings import Finding, Where, worst_first
from dayzero.study.results import (
    Characteristic,
    CohortStep,
    EndpointInfo,
    Figure,
    FollowUp,
    GroupInfo,
    Panel,
    Quantile,
    Refusal,
    Results,
    StudyInfo,
    Test,
)
from report.invented import LABELS, Patient, curve_and_estimate, observed, patients


def cohort_of_78() -> Results:
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
            CohortStep("cohort.include.1", "B-cell ALL", "immunophenotype = 'B-ALL'", 6, 0, 85),
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
        curves=tuple(f"{n}.curve" for n in names),
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
