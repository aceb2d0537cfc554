"""Measure the works of the speed table with the other files of this folder, and say what was reached."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import continuous
import multistate
import nonparametric
import regression
import resampling

from dayzero import stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOUR = nonparametric.FOUR
CALLS = {"Kaplan-Meier": "KM", "cumulative incidence": "CIF", "log-rank": "log-rank", "Gray": "Gray"}


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes
    ----------
    work : str
        What is done, to how many rows.
    seconds : str
        The time of dayzero, with its unit.
    found, target : float
        The figure that the target is about; NaN when there was nothing to compare with.
    unit : str
        "passes", "times faster", "s", "ms" or "x input".
    beside : str
        What it was compared with.
    """

    work: str
    seconds: str
    found: float
    target: float
    unit: str
    beside: str = ""

    @property
    def more_is_better(self) -> bool:
        """Whether the figure should be at least the target."""
        return self.unit == "times faster"

    @property
    def measured(self) -> bool:
        """Whether there was anything to compare with."""
        return self.found == self.found  # NaN is not

    @property
    def reached(self) -> bool:
        """Whether the target is met."""
        return self.found >= self.target if self.more_is_better else self.found <= self.target

    @property
    def missed_by(self) -> float:
        """Factor by which the target is missed."""
        return self.target / self.found if self.more_is_better else self.found / self.target


@dataclass(frozen=True)
class Peer:
    """Another program at the same work: its time, or why there is none."""

    work: str
    program: str
    seconds: float
    own: float
    remark: str = ""


@dataclass(frozen=True)
class Measured:
    """Everything that was measured."""

    lines: list[Line]
    peers: list[Peer]


def duration(seconds: float) -> str:
    """Print a time with three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def rounds_of(work: Callable[[], dict[str, float]], rounds: int) -> dict[str, float]:
    """Return the best of some rounds, each figure by itself."""
    found = [work() for _ in range(rounds)]
    return {name: min(one[name] for one in found) for name in found[0]}


def counted(n: int, rounds: int) -> tuple[list[Line], dict[str, float]]:
    """Return the passes of four calls from arrays and on a shared table, and the seconds of each call."""
    rows = nonparametric.people(n)
    best = rounds_of(lambda: nonparametric.ours(rows) | {"unit": nonparametric.unit(rows)}, rounds)
    apart = sum(best[name] for name in FOUR)
    shared = best["event table"] + best["all four on one table"]
    work = f"KM + CIF with variance + log-rank + Gray, two groups, n = {n:,}"
    beside = f"one `np.bincount` of the rows, {duration(best['unit'])}"
    lines = [
        Line(f"{work}, from arrays", duration(apart), apart / best["unit"], 10, "passes", beside),
        Line(f"{work}, one `EventTable`", duration(shared), shared / best["unit"], 4, "passes", beside),
    ]
    return lines, best


def memory_line() -> Line:
    """Return the memory of the largest of the tables."""
    rows = nonparametric.people(10_000_000)
    ratio = 1 + nonparametric.memory(rows)
    return Line("memory with the input, n = 10,000,000", "", ratio, 3, "x input")


def small_lines(rounds: int) -> Iterator[Line]:
    """One call at n = 100."""
    rows = nonparametric.people(100)
    best = rounds_of(lambda: nonparametric.ours(rows), rounds)
    for name in FOUR:
        ms = best[name] * 1e3
        yield Line(f"{CALLS[name]}, one call at n = 100", f"{ms:.3f} ms", ms, 0.3, "ms")


def counted_peers(n: int, own: dict[str, float]) -> Iterator[Peer]:
    """Time each call of the other programs at the same rows."""
    rows = nonparametric.people(n)
    for program, calls in nonparametric.PEERS.items():
        if find_spec(program) is None:
            yield Peer(f"KM, n = {n:,}", program, float("nan"), 0, "not installed")
            continue
        for name, call in calls(rows):
            yield Peer(f"{CALLS[name]}, n = {n:,}", program, nonparametric.best(call, 3.0), own[name])
    names = {
        "Kaplan-Meier": "R survfit",
        "log-rank": "R survdiff",
        "cumulative incidence and Gray": "R cuminc",
    }
    for name, seconds in (nonparametric.in_r(n) or {}).items():
        mine = own[name] if name in own else own["cumulative incidence"] + own["Gray"]
        title = CALLS.get(name, "CIF and Gray")
        yield Peer(f"{title}, n = {n:,}", names[name], seconds, mine)


def aalen_johansen() -> tuple[list[Line], list[Peer]]:
    """Distinct times: two causes, and illness-death."""
    work = "Aalen-Johansen with variance, 50,000 distinct times"
    rows = continuous.people(50_000)
    own = continuous.ours(rows)
    rust, r = continuous.survival_rust(rows), continuous.in_r(rows)
    nan = float("nan")
    peers = [Peer(work, "survival (Rust) survfit", rust or nan, own, "" if rust else "not installed")]
    if r is not None:
        peers += [Peer(work, "R survfit", r[0], own), Peer(work, "R cuminc", r[2], own)]
    seconds = duration(own)
    lines = [
        Line(work, seconds, r[0] / own if r else nan, 10, "times faster", "R survfit"),
        Line(work, seconds, rust / own if rust else nan, 1, "times faster", "survival (Rust)"),
    ]
    illness, end, died = multistate.patients(multistate.PATIENTS[-1])
    histories = stats.illness_death(illness, end, died)
    own = multistate.best(lambda: stats.state_occupancy(histories))
    beside = multistate.in_r(histories)
    work = "the same, illness-death model"
    ratio = beside[0] / own if beside else nan
    lines.append(Line(work, duration(own), ratio, 10, "times faster", "R survfit"))
    if beside:
        peers.append(Peer(work, "R survfit", beside[0], own))
    return lines, peers


def bootstrap() -> tuple[list[Line], list[Peer]]:
    """10,000 replicates of both curves at n = 200."""
    time_, cause = resampling.people(200)
    own = resampling.best(
        lambda: stats.bootstrap(
            time_, cause, statistic=resampling.both, seed=1, replicates=resampling.REPLICATES
        )
    )
    work = "10,000 bootstrap replicates of KM and CIF, n = 200"
    called = {"statsmodels": resampling.statsmodels_call(), "lifelines": resampling.lifelines_call()}
    peers = [
        Peer(work, name, call * resampling.REPLICATES, own, "one call times 10,000")
        if call
        else Peer(work, name, float("nan"), own, "not installed")
        for name, call in called.items()
    ]
    r = resampling.in_r()
    if r is not None:
        peers.append(Peer(work, "R survfit and cuminc", r[0], own, "200 replicates times 50"))
    return [Line(work, duration(own), own, 0.5, "s")], peers


def models(rows: int, names: tuple[list[str], list[str]], options: Any) -> tuple[list[Line], list[Peer]]:
    """Cox and Fine-Gray on simulated rows."""
    folder = Path(tempfile.mkdtemp())
    try:
        data = regression.cohort(rows, 10, folder)
        event = data.cause == 1
        fits: dict[str, Callable[[], Any]] = {
            "Cox, Efron, with SE": lambda: stats.cox(data.days, event, data.x),
            "Fine-Gray with crr's variance": lambda: stats.fine_gray(data.days, data.cause, data.x),
        }
        lines: list[Line] = []
        peers: list[Peer] = []
        for (title, fit), programs in zip(fits.items(), names, strict=True):
            work, own = f"{title}, {data.name}", regression.ours(fit, 7)
            found = {
                p: regression.theirs(
                    p, data, options.peers, 1 if "crr" in p or "mets" in p else 3, options.limit
                )
                for p in programs
            }
            peers += [model_peer(work, p, answer, own["seconds"]) for p, answer in found.items()]
            lines += model_lines(work, own["seconds"], found)
        return lines, peers
    finally:
        shutil.rmtree(folder)


def model_peer(work: str, program: str, answer: dict[str, Any] | str, own: float) -> Peer:
    """Return the row of one program, or why it has no time."""
    if isinstance(answer, str):
        return Peer(work, program, float("nan"), own, answer)
    return Peer(work, program, answer["seconds"], own)


def model_lines(work: str, own: float, found: dict[str, dict[str, Any] | str]) -> Iterator[Line]:
    """Return the lines of one model: the fastest program that does this work is what counts."""
    timed = {p: a["seconds"] for p, a in found.items() if not isinstance(a, str)}
    stopped = {p: a for p, a in found.items() if isinstance(a, str) and a.startswith("stopped after")}
    if not found:
        return
    if work.startswith("Cox"):
        full = {p: s for p, s in timed.items() if "no SE" not in p}
        yield _fastest(work, own, full, 6)
        return
    if "n = 10,000," in work:
        crr = {p: s for p, s in timed.items() if p.endswith("crr")}
        at_least = {p: float(a.split()[2]) for p, a in stopped.items() if p.endswith("crr")}
        yield _fastest(work, own, crr or at_least, 1000, "" if crr else "at least; ")
        return
    yield _fastest(work, own, {p: s for p, s in timed.items() if p.startswith("comprisk")}, 5)


def _fastest(work: str, own: float, found: dict[str, float], target: float, remark: str = "") -> Line:
    if not found:
        return Line(work, duration(own), float("nan"), target, "times faster", "nothing installed to compare")
    program = min(found, key=lambda p: found[p])
    beside = f"{program}, {remark}{duration(found[program])}"
    return Line(work, duration(own), found[program] / own, target, "times faster", beside)


def everything(options: Any) -> Measured:
    """Measure the whole table."""
    lines: list[Line] = []
    peers: list[Peer] = []
    for n in (1_000_000, 10_000_000):
        more, own = counted(n, options.rounds)
        lines += more
        if n == 1_000_000:
            peers += counted_peers(n, own)
    lines.append(memory_line())
    small = rounds_of(lambda: nonparametric.ours(nonparametric.people(100)), options.rounds)
    lines += small_lines(options.rounds)
    peers += counted_peers(100, small)
    for measured in (
        bootstrap(),
        aalen_johansen(),
        models(options.rows, (regression.COX, regression.FINE_GRAY), options),
        models(10_000, ([], regression.FINE_GRAY + regression.SMALL), options),
    ):
        lines += measured[0]
        peers += measured[1]
    return Measured(
        [line for line in lines if not line.work.startswith("Cox, Efron, with SE, n = 10,000,")], peers
    )
