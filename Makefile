# Guichet. `make` alone tells what there is.

PYTHON3 ?= python3
VENV := .venv
PYTHON := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
PIP_INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes
# Neither the index nor any folder of the machine that compiled the pins belongs into them.
COMPILE := $(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check tests programs format catalogue lock nightly bench \
	drafts removal mutation clean

help: ## Tell what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' \
		| awk -F '\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: $(RUNTIME) ## Start everything on this machine: database, worker, mail page, portal
	@exec $(PYTHON) run.py

test: check tests ## Check and test everything, as CI does

check: $(DEV) ## Format, lint, types, import contracts, catalogues
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(PYTHON) -m tools.catalogue --check

tests: $(DEV) programs ## The tests alone
	$(PYTHON) -m pytest -n 3 --dist loadscope

programs: $(DEV)
	@$(PYTHON) -m tools.programs

format: $(DEV) ## Write the code in its one form
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

catalogue: $(RUNTIME) ## Merge and compile the texts of both languages
	$(PYTHON) -m tools.catalogue

lock: $(DEV) ## Pin every dependency again, with hashes, from requirements*.in
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	sed -i '1i # Made by `make lock` from requirements.in. Do not edit.' requirements.txt
	sed -i '1i # Made by `make lock` from requirements-dev.in. Do not edit.' requirements-dev.txt

nightly: check $(DEV) programs ## The tests with many more cases; the report goes to docs/reports
	$(PYTHON) -m tools.nightly

bench: $(DEV) ## Load a million of everything, measure every goal, write docs/performance.md
	$(PYTHON) -m tools.bench --write

drafts: $(DEV) ## Time how drafts go on under a new version, write docs/performance-drafts.md
	$(PYTHON) -m tools.bench.drafts --write

removal: $(DEV) ## Take out every guard, one by one; write which test notices to docs/removal.md
	$(PYTHON) -m tools.removal

mutation: $(DEV) ## Tell small lies about every rule; write what no test notices to docs/mutation.md
	$(PYTHON) -m tools.removal.mutants

clean: ## Remove what was built; data in instance/ stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf translations/*/LC_MESSAGES
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── the virtual environment: made once, filled again when the pins change ──────────────────

$(PYTHON):
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Guichet needs Python 3.11 or newer: set PYTHON3 to one"; exit 1; }
	@$(PYTHON3) -m venv $(VENV) \
		|| { echo "Install the venv module first: apt-get install python3-venv"; exit 1; }

$(RUNTIME): requirements.txt | $(PYTHON)
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV): requirements.txt requirements-dev.txt | $(PYTHON)
	$(PIP_INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@ $(RUNTIME)
