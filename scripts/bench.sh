#!/bin/sh
# Make the environment of the benchmarks, with dayzero and what it is compared with, and write docs/benchmarks.md.
set -eu
venv=.bench-venv
peers="statsmodels==0.15.0 lifelines==0.30.3 comprisk==0.8.0 scikit-survival==0.28.0 survival==2.0.0 duckdb==1.5.6"

if [ ! -e "$venv/.made" ]; then
    PYTHON="${PYTHON:-python3}" sh scripts/venv.sh "$venv" requirements/run.txt
    for peer in $peers; do
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$peer" ||
            echo "$peer cannot be installed here: it is left out and the page says so." >&2
    done
    touch "$venv/.made"
fi
command -v Rscript >/dev/null 2>&1 || echo "Rscript is not installed: R is left out and the page says so." >&2
"$venv/bin/python" -W ignore benchmarks/table.py --output docs/benchmarks.md "$@"
"$venv/bin/python" -W ignore benchmarks/report.py --output docs/benchmarks.md
"$venv/bin/python" -W ignore benchmarks/scale.py --output docs/benchmarks.md
