from __future__ import annotations

import subprocess
import sys


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, dayzero.report; "
        "print([m for m in ('pypdfium2', 'PIL', 'numpy', 'jinja2', 'xlsxwriter', 'docx', 'typst', 'scipy', "
        "'pydantic', 'polars') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


HEAVY = """
import sys, tempfile, pathlib, dayzero.report
from dayzero.study.results import CohortStep, Results, StudyInfo
steps = (CohortStep("cohort.all", "All", "", 0, 0, 2), CohortStep("cohort.include.1", "A", "a", 1, 0, 1))
results = Results(StudyInfo("T", "s", "days", (), 0.95, "dayzero", 1), cohort=steps)
dayzero.report.write(results, pathlib.Path(tempfile.mkdtemp()))
assert {"typst", "pypdfium2"} <= set(sys.modules)
print([m for m in ("scipy", "tkinter", "pandas") if m in sys.modules])
"""


def test_a_report_with_figures_needs_no_scipy_and_no_window() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
