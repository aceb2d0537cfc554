"""Run every benchmark and print one table; with --output write it as a page: python benchmarks/table.py.

Other Python packages run in this process or with the same Python, R beside it; who is missing is named.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from measure import Line, Measured, Peer, duration, everything
from page_parts import part_of

PACKAGES = ("numpy", "scipy", "statsmodels", "lifelines", "comprisk", "scikit-survival", "survival")
R_PACKAGES = ("survival", "cmprsk", "mets", "prodlim")
# Why a target is missed and what it would take; printed beside a line that misses it.
WHY = {
    "KM + CIF": (
        "Each call reads the three columns and finds the cells anew; the unit is the count alone. "
        "One shared `EventTable` or codes of 8 bits for cause and group stay below the target."
    ),
    "Cox": (
        "The fastest is the bare compiled fit of the Rust package on prepared arrays; its documented `coxph` "
        "is among all programs below. Six times faster than that would take compiled code here too."
    ),
    "Fine-Gray": "The variance with the estimation of the censoring is a second pass.",
    "Gray": "What is left is the cost of some dozens of NumPy calls; less would take a compiled kernel.",
}


# Two complete runs on one shared machine differed by up to this factor in the figure of a line.
SPREAD = 1 / 1.2


def machine() -> list[str]:
    """Return cores, processor and versions; nothing that names the machine."""
    processor = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [
            x.split(":", 1)[1].strip() for x in info.read_text().splitlines() if x.startswith("model name")
        ]
        processor = named[0] if named else processor
    lines = [
        f"- {os.cpu_count()} cores, {processor}, {platform.system()} ({platform.machine()})",
        f"- Python {platform.python_version()}",
    ]
    present, absent = [], []
    for name in PACKAGES:
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    lines.append("- " + ", ".join(present))
    if absent:
        lines.append("- not installed, so not compared: " + ", ".join(absent))
    return [*lines, "- " + r_packages()]


def r_packages() -> str:
    """Return the versions of R and its packages."""
    program = shutil.which("Rscript")
    if program is None:
        return "R is not installed, so not compared"
    code = (
        'cat("R", as.character(getRversion()), "");'
        f"for (p in c({', '.join(repr(p) for p in R_PACKAGES)}))"
        'cat(p, tryCatch(as.character(packageVersion(p)), error = function(e) "not installed"), "")'
    )
    done = subprocess.run([program, "-e", code], capture_output=True, text=True, check=True)
    words = done.stdout.split()
    return ", ".join(f"{a} {b}" for a, b in zip(words[::2], words[1::2], strict=False))


def figure(value: float, unit: str) -> str:
    """Print a figure with its unit."""
    text = f"{value:,.0f}" if value >= 100 else f"{value:.2f}".removesuffix(".00")
    return f"{text} {unit}"


def verdict(line: Line) -> str:
    """Say whether the target is reached, or by how much it is missed."""
    if not line.measured:
        return "not measured"
    if not line.reached:
        return f"**no**, by a factor of {line.missed_by:.2f}"
    return "yes" if line.missed_by < SPREAD else "yes, narrowly"


def main_table(lines: list[Line]) -> list[str]:
    """Return the table of the targets."""
    out = ["| work | dayzero | figure | target | reached | beside |", "|---|---|---|---|---|---|"]
    for line in lines:
        sign = "at least" if line.more_is_better else "at most"
        target = f"{sign} {figure(line.target, line.unit)}" if line.target != 1 else "faster"
        found = figure(line.found, line.unit) if line.measured else "-"
        seconds = line.seconds or "-"
        out.append(f"| {line.work} | {seconds} | {found} | {target} | {verdict(line)} | {line.beside} |")
    return out


def misses(lines: list[Line]) -> list[str]:
    """Return one item a missed target, with its reason."""
    out = []
    for line in lines:
        if line.measured and not line.reached:
            why = next((text for key, text in WHY.items() if line.work.startswith(key)), "")
            out.append(
                f"- {line.work}: {figure(line.found, line.unit)}, a factor of {line.missed_by:.2f}. {why}"
            )
    return out or ["None."]


def peer_table(peers: list[Peer]) -> list[str]:
    """Return the table of all programs; below 1, they are faster than dayzero."""
    out = ["| work | program | seconds | times dayzero | remark |", "|---|---|---|---|---|"]
    for peer in peers:
        if peer.seconds == peer.seconds:  # not NaN
            times = f"{peer.seconds / peer.own:,.1f}"
            out.append(
                f"| {peer.work} | {peer.program} | {duration(peer.seconds)} | {times} | {peer.remark} |"
            )
        else:
            out.append(f"| {peer.work} | {peer.program} | - | - | {peer.remark} |")
    return out


def page(found: Measured) -> str:
    """Return the whole page."""
    lines = [
        "# Speed",
        "",
        "Written by `make bench`, which installs the other packages into an environment of their own and",
        "runs everything below on one machine. The best of several runs counts, of dayzero and of the others",
        "alike; the unit of the first lines is one `np.bincount` over the same rows with their cells already",
        "known, which no program that reads the rows can beat. No test depends on a time.",
        "",
        *machine(),
        "",
        "## Targets",
        "",
        *main_table(found.lines),
        "",
        "*Narrowly*: a figure within a fifth of its target. Two complete runs on the same shared machine",
        "differed by as much, mostly because the unit itself did: the next may fall on the other side.",
        "",
        "## Targets missed",
        "",
        *misses(found.lines),
        "",
        "## Every program",
        "",
        "Their time, and their time over that of dayzero at the same work: below 1 they are faster. They",
        "do not all do the same: statsmodels has no interval of an incidence; comprisk's Fine-Gray errors",
        "differ from crr's; `survival raw fit` returns coefficients and their variance; the Cox model of",
        "scikit-survival has no standard errors; lifelines breaks ties of causes at random.",
        "",
        *peer_table(found.peers),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often the counts are measured")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the regression models")
    parser.add_argument("--limit", type=float, default=150, help="seconds before another program is stopped")
    parser.add_argument("--output", type=Path, help="the page to write")
    options = parser.parse_args()
    options.peers = sys.executable
    text = page(everything(options))
    print(text)
    if options.output:
        old = options.output.read_text(encoding="utf-8") if options.output.exists() else ""
        options.output.write_text(
            text + part_of(old, "report") + part_of(old, "scale"), encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    main()
