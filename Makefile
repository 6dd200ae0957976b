# A new user needs `make up` and `make test`. The other targets are for developers of partsearch.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The processes of the site also write coverage data, and may run as another account.
export COVERAGE_FILE := $(CURDIR)/.coverage-data/data
# The site's account cannot write compiled files beside the source of root: they are written at the installation and by the
# tests. Without them each command and each service compiles all its modules at every start.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(VENV)/bin/python -m compileall -q src
PIP := $(BIN)/python -m pip --disable-pip-version-check

# A test marked "alone" measures time and needs an idle machine, so such tests run last, one after the other. The others run
# in several processes: one more than cores, because a test waits about half of its time. Each file stays in one process,
# which sets up the fixtures of the file once. The long files come first in the alphabet, and so are started first.
# pytest exits with 5 where ARGUMENTS select no test of a run.
STREAMS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SIDE_BY_SIDE := -m "not alone" --numprocesses=$(STREAMS) --dist=loadfile --no-loadscope-reorder
ALONE := -m alone
OR_NONE := || [ $$? -eq 5 ]
# A test that fails runs again, without others beside it, and must pass: on a busy machine a deadline of the system under test
# can pass, and a machine can pause. Both results are printed, so a test that often needs its second run is seen.
AGAIN = || { found=$$?; [ $$found -eq 5 ] || { [ $$found -eq 1 ] && echo "Again, what failed:" && \
	$(BIN)/python -m pytest --last-failed --last-failed-no-failures=none $(1) $(ARGUMENTS); }; }

.PHONY: up down test coverage contract-on-debian contract-on-neon lint format lock benchmark benchmark-totals benchmark-imports soak fuzz clean

up: $(VENV)/installed
	$(BIN)/partsearch up

down: $(VENV)/installed
	$(BIN)/partsearch down

# Style, types, import rules, then every test with real processes. It installs everything that it needs.
test: lint
	tools/test-programs
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGUMENTS) $(call AGAIN,-m "not alone")
	$(BIN)/python -m pytest $(ALONE) $(ARGUMENTS) $(call AGAIN,$(ALONE))
	$(MAKE) --no-print-directory -j2 --output-sync=target contract-on-debian contract-on-neon

# The same tests, with a list of the lines that none of them runs.
coverage: lint
	tools/test-programs
	mkdir -p .coverage-data && chmod 1777 .coverage-data && rm -f .coverage-data/data*
	$(BIN)/python -m coverage run -m pytest $(SIDE_BY_SIDE) $(ARGUMENTS) $(OR_NONE)
	$(BIN)/python -m coverage run -m pytest $(ALONE) $(ARGUMENTS) $(OR_NONE)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report --skip-covered --show-missing --fail-under=85

# The tests of the contract on Debian's PostgreSQL, and through the pooler of the emulated Neon.
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

# The exact totals at up to ten million parts, against reading the parts and against two engines that scan. It takes hours
# and 50 GB, keeps its catalogs in var/benchmark-totals, and runs some of its steps with ARGUMENTS.
benchmark-totals: $(VENV)/installed-for-benchmarks
	tools/test-programs
	$(BIN)/python -m tests.benchmarks.totals $(ARGUMENTS)

# Imports of a million rows against COPY of the same rows, and searches during them. It takes about forty minutes
# and keeps its lists and results in var/benchmark-imports; ARGUMENTS give other rows.
benchmark-imports: $(VENV)/installed-for-tests
	tools/test-programs
	$(BIN)/python -m tests.benchmarks.imports $(ARGUMENTS)

# Twenty deployments in a row under load, and every kind of bad release. It takes about forty minutes.
soak: $(VENV)/installed-for-tests
	tools/test-programs
	$(BIN)/python -m tests.soak.deployments $(ARGUMENTS)

# Mutated price lists for each reader, for so many seconds. It stops at the first fault, and keeps the input that shows it.
SECONDS ?= 600
fuzz: $(VENV)/installed-for-tests
	$(BIN)/python -m tests.fuzz.run --seconds $(SECONDS) $(ARGUMENTS)

# The tested versions of all packages, with the hashes of their files. The lock is universal, so it works with every Python
# from 3.11 on. It includes the packages that build partsearch itself: nothing is downloaded without a hash.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --default-index=https://pypi.org/simple --no-header --python-version 3.11 --extra build
lock: $(VENV)/installed-for-tests
	env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(LOCK) --upgrade pyproject.toml -o requirements.lock
	env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(LOCK) --upgrade --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(LOCK) --upgrade --extra benchmark -c requirements-test.lock pyproject.toml -o requirements-benchmark.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "partsearch needs Python 3.11 or newer: make PYTHON=python3.12 up")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	$(COMPILE)
	touch $@

$(VENV)/installed-for-tests: requirements-test.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements-test.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	$(COMPILE)
	touch $@ $(VENV)/installed

# The engines that only make benchmark-totals uses.
$(VENV)/installed-for-benchmarks: requirements-benchmark.lock $(VENV)/installed-for-tests
	$(PIP) install --quiet --require-hashes -r requirements-benchmark.lock
	touch $@
