# Every target sets up what it needs. Nothing here uses sudo; prerequisites: Python 3.11+, make, git.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(CURDIR)/node_modules/.bin:$(BIN):$(PATH)
export JSII_NODE := $(BIN)/node
export CDK_DISABLE_CLI_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

CDK := cdk --no-notices
ARGS ?=

.PHONY: help setup demo demo-sentiment demo-object-detection local test check synth deploy destroy lint types cfn-lint lock bench soak clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 24

setup: $(VENV)/.installed node_modules/.installed ## .venv, pinned packages, Node, the pinned CDK CLI

$(VENV)/.installed: requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: Python 3.11 or newer is missing: install it, or set PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) -V 2>&1 | cut -d" " -f2), 3.11 or newer is needed: set PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: Python's venv module is missing: install the system package python3-venv" >&2; exit 1; }
	@echo "setting up $(VENV) (once; under a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq "$$(grep '^uv==' requirements.txt)" || { echo "make: pip could not install uv; the lines above say why" >&2; exit 1; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --requirement requirements.txt || { echo "uv could not install requirements.txt; trying pip, which takes longer" >&2; $(BIN)/pip install -qq --requirement requirements.txt; } || { echo "make: requirements.txt could not be installed; the lines above say why" >&2; exit 1; }
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@$(BIN)/npm ci --silent --no-audit --no-fund || { echo "make: npm ci could not install the CDK CLI pinned in package-lock.json; the lines above say why" >&2; exit 1; }
	@touch $@

lock: $(VENV)/.installed ## write requirements.txt anew from pyproject.toml
	@{ echo "# The one file to install: pip install -r requirements.txt"; \
	   echo "# Written by 'make lock' from pyproject.toml; the only place with exact versions."; \
	   echo "-e .[cli,local,app,demo,dev]"; \
	   $(BIN)/uv pip compile --quiet pyproject.toml --all-extras --python-version 3.11 --no-header --no-annotate; } > requirements.txt.new
	@mv requirements.txt.new requirements.txt

demo: setup ## deploy locally, take reviews from prediction to answer, destroy
	@$(BIN)/python -m a2i_cli.demo run $(ARGS)

demo-sentiment: setup ## the sentiment example on the local AWS, with a picture in build/
	@$(BIN)/python -m a2i_cli.demo.sentiment $(ARGS)

demo-object-detection: setup ## the object detection example likewise
	@$(BIN)/python -m a2i_cli.demo.object_detection $(ARGS)

local: setup ## the same up to the open tasks, then stay for a browser; Ctrl-C ends it
	@$(BIN)/python -m a2i_cli.demo stay $(ARGS)

test: setup ## all tests
	@$(BIN)/pytest --numprocesses auto --maxprocesses 6 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup lint types test synth cfn-lint ## ruff, mypy --strict, tests, synth with cdk-nag, cfn-lint

lint: setup ## ruff, and the arrows between the folders
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYTHONPATH=lambda_src $(BIN)/lint-imports --no-cache --no-logo

types: setup ## mypy --strict
	@$(BIN)/mypy

synth: setup ## cdk.out, without credentials
	@$(CDK) synth --quiet $(ARGS)

cfn-lint: synth ## cfn-lint on cdk.out
	@$(BIN)/cfn-lint --format parseable "cdk.out/**/*.template.json"

deploy: setup ## deploy to AWS with the caller's credentials
	@$(CDK) deploy --all $(ARGS)

destroy: setup ## destroy on AWS with the caller's credentials
	@$(CDK) destroy --all $(ARGS)

soak: setup ## the tests that draw at random or let things go wrong, for an hour or so
	@A2I_SOAK=1 $(BIN)/pytest -m soak --timeout 10800 $(ARGS)

bench: setup ## ratios of one run, into build/bench.json
	@PYTHONPATH=core:lambda_src $(BIN)/python -m benchmarks

clean: ## remove what the other targets made, but not .venv
	@rm -rf build cdk.out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
