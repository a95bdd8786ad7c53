# Everything a person or CI does here. `make` alone explains the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test test-long faults fault-mutants test-worked simulate-report mutants feed-docs check bench bench-year bench-streams bench-watch lock clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# The hashed requirements are installed without their dependencies, so nothing unpinned comes along.
$(STAMP): requirements.txt pyproject.toml
ifneq ($(UV),)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $(STAMP)

install: $(STAMP) ## make .venv with the product and what its tests need

demo: $(STAMP) ## receive a simulated council and show what an officer would want first
	@$(BIN)/counterfoil demo

# Most of the time goes into planning small questions: many small pieces of memory, kept at hand by
# the C library (where it is not GNU's, this says nothing).
AT_HAND := GLIBC_TUNABLES=glibc.malloc.tcache_count=2000:glibc.malloc.tcache_max=4096

test: $(STAMP) ## the test suite
	$(AT_HAND) $(BIN)/python -m pytest -q -n 4 --dist worksteal

test-long: $(STAMP) ## the laws on a thousand generated councils each, and 300 kills
	LONG_TESTS=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal tests/projections tests/watch tests/faults --timeout 7200

test-worked: $(STAMP) ## councils worked out elsewhere: make test-worked WORKED_DATA=FOLDER (worked/, hhcrsp/)
	WORKED_DATA=$(WORKED_DATA) $(BIN)/python -m pytest -q -n 2 --dist worksteal -rs tests/projections/test_worked_councils.py

simulate-report: $(STAMP) ## what is found of a simulated council's truth, by kind, with its usual noise
	$(BIN)/python -m tests.simulation

faults: $(STAMP) ## the whole fault matrix, seeds printed (twenty minutes)
	LONG_TESTS=1 $(BIN)/python -m pytest -q -n 0 -s tests/faults --timeout 3600

fault-mutants: $(STAMP) ## let workers, the log and its follower cheat in every way, and see that the tests see it
	LONG_TESTS=1 $(BIN)/python -m pytest -q -n 0 -s tests/faults tests/watch -k "cheats or mutants or skips"

mutants: $(STAMP) ## change every clause of every rule, and see that a test sees it (half an hour)
	$(BIN)/python -m tests.mutants

feed-docs: $(STAMP) ## write docs/feed anew: the JSON Schemas and the AsyncAPI document of the feed
	$(BIN)/counterfoil schema --to docs/feed

check: $(STAMP) ## format, lint, types, import directions, SQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint -p 2 -q $(addprefix projections/sql/,facts findings scorecard states)

bench: $(STAMP) ## how fast, in one run, against the plain way; then streams
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.streams

bench-year: $(STAMP) ## a council's year (3 million events): import, findings, one question, memory
	@$(BIN)/python -m benchmarks.year

bench-streams: $(STAMP) ## a stream into PostgreSQL: events a second, and publish to visible finding
	@$(BIN)/python -m benchmarks.streams

bench-watch: $(STAMP) ## how soon a call is on record as missed, amid 100,000 pending
	@$(BIN)/python -m benchmarks.watching

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11

lock: ## write requirements.txt, and of it what runs, requirements-run.txt, anew (needs uv)
	$(COMPILE) --group dev pyproject.toml -o requirements.txt
	$(COMPILE) --constraints requirements.txt pyproject.toml -o requirements-run.txt

clean: ## remove what was made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
