# The two commands of a newcomer are `make up` and `make test`; the rest is for those who work on partsearch.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The site's processes, which write their coverage too, may run as another account.
export COVERAGE_FILE := $(CURDIR)/.coverage-data/data
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Whole files, in the order of tests/streams.py. One process more than cores: a test waits as often as it computes.
STREAMS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SIDE_BY_SIDE := --numprocesses=$(STREAMS) --dist=loadfile --no-loadscope-reorder

.PHONY: up down test coverage contract-on-debian contract-on-neon lint format lock benchmark soak clean

up: $(VENV)/installed
	$(BIN)/partsearch up

down: $(VENV)/installed
	$(BIN)/partsearch down

# Style, types, import rules, then every test with real processes; needs nothing that it does not install.
test: lint
	tools/test-programs
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGUMENTS)
	$(MAKE) --no-print-directory -j2 --output-sync=target contract-on-debian contract-on-neon

# The tests once more, with a list of the lines that none of them runs.
coverage: lint
	tools/test-programs
	mkdir -p .coverage-data && chmod 1777 .coverage-data && rm -f .coverage-data/data*
	$(BIN)/python -m coverage run -m pytest $(SIDE_BY_SIDE) $(ARGUMENTS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report --skip-covered --show-missing --fail-under=85

# The contract once more, on Debian's PostgreSQL and through the pooler of the emulated Neon.
contract-on-debian contract-on-neon: contract-on-%: $(VENV)/installed-for-tests
	$(BIN)/python -m pytest -q tests/contract --database=$*

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff format --check --quiet src tests
	$(BIN)/ruff check --quiet src tests
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-for-tests
	$(BIN)/ruff format src tests
	$(BIN)/ruff check --fix src tests

# Both services against pgbench with the same SQL, on this machine, in one run.
benchmark: $(VENV)/installed-for-tests
	tools/test-programs
	$(BIN)/python -m tests.benchmarks.searches

# Twenty updates in a row under load, and every kind of bad release; some forty minutes.
soak: $(VENV)/installed-for-tests
	tools/test-programs
	$(BIN)/python -m tests.soak.updates $(ARGUMENTS)

# The set of packages that is tested, with the hashes of all their files; universal, so that it serves every Python from
# 3.11 on. What builds partsearch itself is among them: nothing without a hash is fetched.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --default-index=https://pypi.org/simple --no-header --python-version 3.11 --extra build
lock: $(VENV)/installed-for-tests
	env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(LOCK) --upgrade pyproject.toml -o requirements.lock
	env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(LOCK) --upgrade --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "partsearch needs Python 3.11 or newer: make PYTHON=python3.12 up")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/installed-for-tests: requirements-test.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements-test.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/installed
