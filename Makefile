# Two commands do everything: `make demo` and `make test`.  Each installs what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
# As many tests at once as there are cores.  Each worker has its own databases, servers and browser.
WORKERS ?= logical
AT_ONCE := -n $(WORKERS) --dist worksteal
SOAK ?= 20
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Many processes of the portal are started: none need compile it again.
unexport PYTHONDONTWRITEBYTECODE

help: ## Say what there is.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.run static/built/manifest.json ## Virtual environment, locked dependencies, front-end assets.

demo: install ## Run the portal here with invented cases, until Ctrl-C.
	@exec $(BIN)/portal demo

test: install-test lint test-code test-browser ## All checks.

test-code: install-test ## Unit, integration, rules and fault tests, on SQLite and PostgreSQL.
	$(PYTEST) $(AT_ONCE) tests --ignore=tests/browser

test-browser: install-test chromium ## Journeys and the page walk, in a browser.
	$(PYTEST) $(AT_ONCE) tests/browser

soak: install-test chromium ## The heavy repetitions at their full count.
	$(PYTEST) $(AT_ONCE) tests --ignore=tests/browser --soak=$(SOAK)
	$(PYTEST) $(AT_ONCE) tests/browser --soak=$(SOAK)

lint: install-test ## Style, types, and who may import whom.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: install-test ## Put the code into its form.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: $(VENV)/.run ## Collect the strings, and bring every catalogue up to date.
	$(BIN)/pybabel -q extract -F locales/babel.cfg -k pgettext:1c,2 --add-comments=Translators: --no-location --sort-output --omit-header -o locales/portal.pot .
	$(BIN)/pybabel -q update -i locales/portal.pot -d locales -D portal --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

check-translations: install-test ## Fail on strings that are missing, stale or broken.
	$(PYTEST) -q tests/rules/test_translations.py

bench: install ## Measure the conditions page against its yardsticks.
	$(BIN)/python -m bench.page

lock: install ## Resolve the dependencies anew.
	$(BIN)/python -m pip install --quiet uv
	for set in run test node bench; do $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/$$set.in -o requirements/$$set.txt; done

install-test: install $(VENV)/.test

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	touch $@

# Node builds the assets; where the system has none, a wheel brings it.
$(VENV)/.node: $(VENV)/.run requirements/node.txt
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
	touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc $(VENV)/.node
	npm ci --ignore-scripts --no-progress --loglevel=error
	touch $@

static/built/manifest.json: node_modules/.package-lock.json $(shell find static/scss templates static/*.js static/*.mjs static/*.scss -type f 2>/dev/null)
	node static/build.mjs

# Chromium for the tests: the system's, Playwright's own, or Debian's package where we may install it.
chromium: install-test
	@$(BIN)/python -m tests.browser.chromium || $(BIN)/playwright install chromium || { apt-get update -qq && apt-get install -y -qq chromium; }

.PHONY: help install demo test test-code test-browser soak lint format translations check-translations bench lock install-test chromium
