# Two commands: `make demo` and `make test`. Needs Python 3.11 or newer, and make.

PYTHON ?= python3
VENV ?= .venv
ARGS ?= --data .demo
TESTS ?= tests
BIN = $(VENV)/bin

.PHONY: demo test node lint format docs lock clean

demo: $(VENV)/demo.installed  ## open the service over a simulated tenant; ARGS=--once scans it and ends
	@$(BIN)/residency demo $(ARGS)

test: $(VENV)/dev.installed node  ## run every test
	$(BIN)/python -m pytest -n auto $(TESTS)

# Microsoft's KQL parser and Grafana's own code run in node; without npm the tests that need them
# skip and say so.
node:
	@if command -v npm > /dev/null; then \
	  for folder in tests/kql tests/dashboards/grafana_data; do \
	    [ -d $$folder/node_modules ] || \
	      npm ci --silent --no-fund --no-audit --ignore-scripts --prefix $$folder || exit 1; done; fi

lint: $(VENV)/dev.installed  ## style, types, layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(VENV)/dev.installed  ## mend the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/dev.installed  ## write the generated pages and dashboards again
	for page in docs/generate_*.py; do $(BIN)/python $$page || exit 1; done
	$(BIN)/python -m dashboards.source

lock:  ## pin every dependency by hash, without the address of an index (needs uv)
	for set in ":requirements.lock" \
	  "--extra demo --group build:requirements-demo.lock" \
	  "--extra demo --group dev:requirements-dev.lock"; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --upgrade pyproject.toml $${set%%:*} -o $${set##*:} || exit 1; \
	done

clean:  ## remove the environment and what the tools keep
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "residency needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.installed: requirements-demo.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV) (the first time only) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-demo.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.installed: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV) (the first time only) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
