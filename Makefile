# One word per ritual. Everything happens in .venv; nothing else on the machine is touched.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help install browser demo test hard check docs format bench chaos clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/installed  ## create .venv and install qcjobs with everything that tests and demo need

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

demo: install  ## three strategies, end to end, on this machine (with QC_USER_ID and QC_API_TOKEN: in the cloud)
	$(BIN)/qcjobs demo

browser: install  ## Chromium for the tests of the dashboard: as root on Debian; elsewhere those tests are skipped
	@if $(BIN)/python -c 'from tests.support.browser import missing; raise SystemExit(missing() is None)' \
	  && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install --yes -qq --no-install-recommends chromium chromium-driver >/dev/null || true; fi
	@$(BIN)/python -c 'from tests.support.browser import missing; print(missing() or "a browser is there")'

test: install browser  ## everything that CI runs as tests
	$(BIN)/pytest -n auto tests/unit tests/integration verticals
	$(BIN)/pytest tests/acceptance  # one at a time: they measure how soon a killed job goes on

hard: install  ## the tests that invent their input, with ten thousand command lines and twenty thousand steps: ten minutes
	$(BIN)/pytest --hypothesis-profile=hard tests/integration/test_any_command_line.py \
	  tests/integration/orchestrator/test_any_order.py

check: install  ## format, lint, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: install  ## the pages as a site, in site/
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --builder html docs site
	@echo "site/index.html"

format: install  ## let ruff write
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## the figures of benchmarks/README.md
	$(BIN)/python -m benchmarks.backtests
	$(BIN)/python -m benchmarks.client
	$(BIN)/python -m benchmarks.queue
	$(BIN)/python -m benchmarks.peers --jobs 20 --nodes 2
	$(BIN)/python -m benchmarks.peers --jobs 100 --nodes 10

chaos: install  ## the table of docs/reliability.md: everything fails in turn (JOBS, MINUTES, NODES, SEED)
	$(BIN)/python -m benchmarks.chaos --jobs $(or $(JOBS),100) --minutes $(or $(MINUTES),5) --nodes $(or $(NODES),6) \
		--seed $(or $(SEED),1)

clean:  ## remove the environment and the caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
