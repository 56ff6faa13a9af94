# `make` alone lists what there is. Each target makes the environment that it needs, once.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# More options: make chat ARGS='--as-of 2025-06-30', make test ARGS='-k maximum', make policies-check DIR=folder, make datasette DB=file
ARGS ?=
DIR ?=
DB ?=
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help accept chat crash test check bench datasette format format-check lint types arrows docs docs-check policies-check pin clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile

chat: $(VENV)/.ready ## talk with the bot in the terminal
	@$(BIN)/python -m bot chat $(ARGS)

test: $(VENV)/.ready-dev ## all tests
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

check: format-check lint types arrows docs-check policies-check test ## all that CI runs

crash: $(VENV)/.ready-dev ## kill the running bot 200 times while people talk
	@$(BIN)/python -m tests.crash $(ARGS)

accept: $(VENV)/.ready-dev ## take over the wording of the transcripts; then read the diff
	@$(BIN)/python -m tests.test_transcripts --accept

bench: $(VENV)/.ready-bench ## speed and questions asked, printed beside others
	@$(BIN)/python -m tests.bench $(ARGS)

datasette: $(VENV)/.ready-look ## the log in a browser, read-only (DB=file, default KEDUI_DB)
	@mkdir -p .datasette
	@$(BIN)/python -m bot log export --force .datasette/log.db $(if $(DB),--db $(DB))
	@$(BIN)/datasette serve --immutable .datasette/log.db --metadata bot/journal/datasette.yaml $(ARGS)

format: $(VENV)/.ready-dev ## write the code in one form
	@$(BIN)/ruff check --quiet --select I --fix .
	@$(BIN)/ruff format .

format-check: $(VENV)/.ready-dev
	@$(BIN)/ruff format --check --output-format concise . || { echo 'put right by: make format' >&2; exit 1; }

lint: $(VENV)/.ready-dev ## likely mistakes (ruff)
	@$(BIN)/ruff check --quiet --output-format concise .

types: $(VENV)/.ready-dev ## types (mypy, strict)
	@$(BIN)/mypy

arrows: $(VENV)/.ready-dev ## who may import whom (import-linter)
	@$(BIN)/lint-imports --no-cache

docs: $(VENV)/.ready-dev ## write docs/reference anew from the tables and the code
	@$(BIN)/python -m docs.generate

docs-check: $(VENV)/.ready-dev
	@$(BIN)/python -m docs.generate --check

policies-check: $(VENV)/.ready ## faults in the policy tables
	@$(BIN)/python -m bot policies check $(DIR)

pin: $(VENV)/.ready-dev ## write constraints.txt anew from what is installed
	@{ head -n 1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | LC_ALL=C sort -f; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove the environment and what tools left
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment: a stamp for each set of packages, so that a second run starts at once ----

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo '没有找到 Python 3.11 或更高版本，请先安装，或用 make PYTHON=路径 指定' >&2; exit 1; }
	@echo '第一次运行，准备运行环境，约需一分钟…' >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready: $(VENV)/.made pyproject.toml constraints.txt
	@$(PIP) --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/.ready-look: $(VENV)/.ready
	@$(PIP) --editable '.[look]'
	@touch $@

$(VENV)/.ready-bench: $(VENV)/.ready-dev
	@$(PIP) --editable '.[dev,bench]'
	@touch $@
