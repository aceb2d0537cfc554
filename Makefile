# dayzero: everything a newcomer or a machine needs. `make help` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint types contracts unit validation bench pins clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: requirements/run.txt pyproject.toml scripts/venv.sh
	@PYTHON="$(PYTHON)" sh scripts/venv.sh $(VENV) requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml scripts/venv.sh
	@PYTHON="$(PYTHON)" sh scripts/venv.sh $(VENV) requirements/dev.txt
	@touch $(VENV)/.run $@

demo: $(VENV)/.run  ## run the four shipped examples into out/ and say where each report is
	@$(BIN)/dayzero demo --output out

test: $(VENV)/.dev  ## lint, strict types, import contracts, and every test
	@sh scripts/browser.sh
	@sh scripts/spark.sh $(VENV)
	@$(MAKE) --no-print-directory lint types contracts unit

lint: $(VENV)/.dev  ## ruff: style, naming, docstrings, security
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy --strict
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## the rooms import one way
	$(BIN)/lint-imports

unit: $(VENV)/.dev  ## pytest
	$(BIN)/python -m pytest

validation: $(VENV)/.dev  ## rewrite docs/validation.md from the stored results of R
	$(BIN)/python scripts/validation.py

bench:  ## measure speed beside other packages and write docs/benchmarks.md (minutes; its own environment)
	@PYTHON="$(PYTHON)" sh scripts/bench.sh

pins: $(VENV)/.dev  ## rewrite requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group build -o requirements/run.txt
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group build --group dev -c requirements/run.txt -o requirements/dev.txt
	echo 'pyspark>=4.0,<5' | uv pip compile -q - --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements/spark.txt

clean:  ## remove what the targets made
	rm -rf $(VENV) .bench-venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis
