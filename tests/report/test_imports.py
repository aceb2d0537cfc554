from __future__ import annotations

import subprocess
import sys


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, dayzero.report; "
        "print([m for m in ('matplotlib', 'numpy', 'jinja2', 'xlsxwriter', 'scipy', 'pydantic', 'polars') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_report_needs_no_scipy_and_no_font_search() -> None:
    code = (
        "import sys, tempfile, pathlib, dayzero.report as r; from dayzero.study.results import *; "
        "s = StudyInfo('T', 's', 'days', (), 0.95, 'dayzero', 1); "
        "r.write(Results(s, cohort=(CohortStep('cohort.all', 'All', '', 0, 0, 1),)), "
        "pathlib.Path(tempfile.mkdtemp())); "
        "print([m for m in ('scipy', 'matplotlib.pyplot', 'tkinter', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
