# SPDX-License-Identifier: Apache-2.0
# Two commands matter: `make demo` and `make test`. Everything they need is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
ARGS ?=

.PHONY: demo test lint clean

$(VENV)/run-time: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("steerclear needs Python 3.11 or newer; set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/test-time: $(VENV)/run-time
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(VENV)/run-time
	$(BIN)/steerclear demo $(ARGS)

test: $(VENV)/test-time lint
	$(BIN)/python -m pytest $(T)

lint: $(VENV)/test-time
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
