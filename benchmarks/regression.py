"""Cox and Fine-Gray regression beside other packages: seconds, ratios, and how far the answers differ.

    .venv/bin/python benchmarks/regression.py                    # a million rows, ten covariates
    .venv/bin/python benchmarks/regression.py --rows 100000 --peers .bench-venv/bin/python

Other Python packages run in an environment of their own, made on the first run (`--peers` names one that
exists); R packages run if Rscript is there. Every program gets the same arrays in the form it likes best,
made outside the clock; the best of the repeats counts. A program that needs longer than `--limit` is stopped.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dayzero.stats import cox, fine_gray

HERE = Path(__file__).parent
PACKAGES = ["comprisk", "lifelines", "scikit-survival", "survival"]
COX = ["survival raw fit", "survival coxph", "R coxph", "lifelines", "scikit-survival (no SE)"]
FINE_GRAY = ["comprisk (model SE)", "comprisk robust_se", "R mets cifregFG"]
SMALL = ["R cmprsk crr", "survival finegray (naive SE)"]  # their work grows with the square of the rows


@dataclass(frozen=True)
class Cohort:
    """Whole days, causes 0 to 2, and covariates; stored for the other programs."""

    days: Any
    cause: Any
    x: Any
    folder: Path

    @property
    def name(self) -> str:
        """Size in words."""
        return f"n = {len(self.days):,}, {self.x.shape[1]} covariates"


def cohort(rows: int, columns: int, folder: Path) -> Cohort:
    """Simulate day-tied data like a registry's: ten years, two causes, staggered censoring."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((rows, columns))
    effect = rng.normal(size=columns) * 0.2
    first = np.ceil(rng.exponential(1500 / np.exp(x @ effect)))
    second = np.ceil(rng.exponential(2500 / np.exp(0.1 * x[:, 0])))
    end = rng.integers(1, 3650, rows)
    days = np.minimum(np.minimum(first, second), end)
    cause = np.where(days == end, 0, np.where(first <= second, 1, 2))
    np.savez(folder / "data.npz", days=days, cause=cause, x=x)
    np.column_stack([days, cause, x]).T.tofile(folder / "data.bin")
    return Cohort(days, cause, x, folder)


def ours(fit: Any, repeats: int) -> dict[str, Any]:
    """Time dayzero in this process."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        model = fit()
        best = min(best, time.perf_counter() - begin)
    return {"seconds": best, "coef": model.coef, "std_err": model.std_err}


def theirs(name: str, data: Cohort, peers: str, repeats: int, limit: float) -> dict[str, Any] | str:
    """Time another program in its own process; return why not if it cannot be timed."""
    n, p = data.x.shape
    if name.startswith("R "):
        command = [
            "Rscript",
            str(HERE / "regression_peers.R"),
            name,
            str(data.folder / "data.bin"),
            str(n),
            str(p),
        ]
    else:
        command = [peers, str(HERE / "regression_peers.py"), name, str(data.folder / "data.npz")]
    try:
        done = subprocess.run(
            [*command, str(repeats)], capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {limit:.0f} s"
    except FileNotFoundError:
        return "not installed"
    if done.returncode:
        return f"failed: {(done.stderr.strip().splitlines() or ['no message'])[-1][:90]}"
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def difference(found: Any, reference: Any) -> str:
    """Largest difference relative to the largest of the reference."""
    if found is None:
        return "-"
    a, b = np.asarray(found, dtype=float), np.asarray(reference, dtype=float)
    return f"{np.abs(a - b).max() / np.abs(b).max():.1e}"


def compare(title: str, fit: Any, names: list[str], data: Cohort, options: argparse.Namespace) -> None:
    """Print one table."""
    print(f"\n{title}, {data.name}")
    print(f"{'':32}{'seconds':>10}{'ratio':>9}{'coef differs':>14}{'SE differs':>12}")
    own = ours(fit, options.repeats)
    print(f"{'dayzero':32}{own['seconds']:>10.4f}{1:>9.1f}")
    for name in names:
        found = theirs(name, data, options.peers, 2, options.limit)
        if isinstance(found, str):
            print(f"{name:32}  {found}")
            continue
        coef, error = difference(found["coef"], own["coef"]), difference(found["std_err"], own["std_err"])
        ratio = found["seconds"] / own["seconds"]
        print(f"{name:32}{found['seconds']:>10.4f}{ratio:>9.1f}{coef:>14}{error:>12}", flush=True)


def peers_python(given: str | None) -> str:
    """Return the Python of the other packages, after making their environment if none is given."""
    if given:
        return given
    folder = HERE.parent / ".bench-venv"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000, help="rows where quadratic programs take part")
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--limit", type=float, default=600, help="seconds before a program is stopped")
    parser.add_argument("--peers", help="Python of an environment with " + ", ".join(PACKAGES))
    options = parser.parse_args()
    options.peers = peers_python(options.peers)
    folder = Path(tempfile.mkdtemp())
    try:
        for rows in (options.small, options.rows):
            data = cohort(rows, options.columns, folder)
            event = data.cause == 1
            names = FINE_GRAY + (SMALL if rows <= options.small else [])
            compare("Cox, Efron", lambda d=data, e=event: cox(d.days, e, d.x), COX, data, options)
            compare("Fine-Gray", lambda d=data: fine_gray(d.days, d.cause, d.x), names, data, options)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
