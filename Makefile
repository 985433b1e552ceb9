# Every target sets up what it needs. Nothing here uses sudo; prerequisites: Python 3.11+, make, git.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The absolute folder may hold spaces, so it stands here alone.
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/$(BIN):$(PATH)
export JSII_NODE := $(CURDIR)/$(BIN)/node
export CDK_DISABLE_CLI_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Trust the authorities that the system trusts: a company's TLS proxy signs with one of its own.
export UV_SYSTEM_CERTS ?= true
export NODE_USE_SYSTEM_CA ?= 1
# Half a minute once; otherwise every start of the CDK app compiles the CDK where Python may write no bytecode.
export UV_COMPILE_BYTECODE ?= 1
export npm_config_update_notifier := false
# pip before 24.2 knows only its own list.
SYSTEM_CERTS := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem))

CDK := cdk --no-notices
ARGS ?=

.PHONY: help docs smoke-aws setup review demo demo-sentiment demo-object-detection local quick test check bootstrap synth deploy destroy lint types cfn-lint lock bench soak clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 24

setup: $(VENV)/.complete node_modules/.installed $(VENV)/checkov/.installed ## everything: .venv, pinned packages, Node, the pinned CDK CLI

# Enough for the command, the local AWS and the CDK app; half the size of the whole.
RUNNING := $(VENV)/.installed node_modules/.installed
RUNNING_PACKAGES := --constraint $(VENV)/pins.txt --editable ".[cli,local,app]"

pip_install = { $(BIN)/pip config get global.cert >/dev/null 2>&1 || export PIP_CERT="$${PIP_CERT-$(SYSTEM_CERTS)}"; $(BIN)/pip install -q $(1); }
# uv first; pip reads settings that uv does not, such as the index in a pip.conf.
install = $(BIN)/uv pip install --python $(BIN)/python $(1) \
	|| { echo "make: uv could not install the packages; trying pip, which takes longer" >&2; $(call pip_install,$(1)); } \
	|| { echo "make: the packages could not be installed; the lines above say why" >&2; exit 1; }

$(VENV)/.installed: requirements.txt pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "make: Python 3.11 or newer is missing: install it, or set PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$("$(PYTHON)" -V 2>&1 | cut -d" " -f2), 3.11 or newer is needed: set PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "make: Python's venv module is missing: install the system package python3-venv" >&2; exit 1; }
	@echo "set-up: Python environment in $(VENV)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(call pip_install,"$$(grep '^uv==' requirements.txt)") || { echo "make: pip could not install uv; the lines above say why" >&2; exit 1; }
	@echo "set-up: packages for the a2i command, the local AWS and the CDK app"
	@grep -v '^-e' requirements.txt > $(VENV)/pins.txt
	@$(call install,$(RUNNING_PACKAGES))
	@touch $@

$(VENV)/.complete: $(VENV)/.installed
	@echo "set-up: packages for development, examples and notebooks"
	@$(call install,--requirement requirements.txt)
	@touch $@

# In an environment of its own: it needs older versions of what the others need.
$(VENV)/checkov/.installed: requirements-checkov.txt $(VENV)/.installed
	@echo "set-up: checkov"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/checkov
	@$(BIN)/uv pip install -q --python $(VENV)/checkov/bin/python --requirement requirements-checkov.txt || { echo "make: checkov could not be installed; the lines above say why" >&2; exit 1; }
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@echo "set-up: CDK CLI in node_modules"
	@$(BIN)/npm ci --no-audit --no-fund || { echo "make: npm ci could not install the CDK CLI pinned in package-lock.json; the lines above say why" >&2; exit 1; }
	@touch $@

EXTRAS := app cli client demo dev local
# The AWS CLI wants an older docutils than Sphinx does, so the site has an environment of its own.
DOCS_EXTRAS := app cli client docs local
lock: $(VENV)/.installed ## write requirements.txt anew from pyproject.toml; ARGS=--upgrade takes newer versions
	@grep '==' requirements.txt > $(VENV)/lock.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml $(EXTRAS:%=--extra %) --python-version 3.11 --no-header --no-annotate --output-file $(VENV)/lock.txt $(ARGS)
	@{ echo "# The one file to install: pip install -r requirements.txt"; \
	   echo "# Written by 'make lock' from pyproject.toml; the only place with exact versions."; \
	   echo "-e .[cli,local,app,demo,dev]"; \
	   cat $(VENV)/lock.txt; } > requirements.txt.new
	@mv requirements.txt.new requirements.txt
	@echo "checkov>=3.3,<4" | $(BIN)/uv pip compile --quiet - --python-version 3.11 --no-annotate --custom-compile-command "make lock" --output-file requirements-checkov.txt $(ARGS)
	@grep -v '^docutils' $(VENV)/lock.txt > $(VENV)/docs-lock.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml $(DOCS_EXTRAS:%=--extra %) --constraint $(VENV)/docs-lock.txt --python-version 3.11 --no-annotate --custom-compile-command "make lock" --output-file requirements-docs.txt $(ARGS)

$(VENV)/docs/.installed: requirements-docs.txt $(VENV)/.installed
	@echo "set-up: packages for the reference site"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/docs
	@$(BIN)/uv pip install --quiet --python $(VENV)/docs/bin/python --requirement requirements-docs.txt --editable .
	@touch $@

docs: $(VENV)/docs/.installed ## the reference site in build/docs; a warning or a broken link fails it
	@$(VENV)/docs/bin/python -m sphinx --quiet --fail-on-warning --keep-going -c docs/site . build/docs $(ARGS)
	@echo "build/docs/docs/site/index.html"

# BACKEND=account: human loops in the account instead of A2I, see docs/backends.md.
export BACKEND

demo: $(RUNNING) ## deploy locally, take reviews from prediction to answer, destroy
	@$(BIN)/python examples/demos/human_review_demo.py run $(ARGS)

demo-sentiment: setup ## the sentiment example on the local AWS, with a picture in build/
	@$(BIN)/python examples/demos/sentiment_demo.py run $(ARGS)

demo-object-detection: setup ## the object detection example likewise
	@$(BIN)/python examples/demos/object_detection_demo.py run $(ARGS)

local: $(RUNNING) ## the same up to the open tasks, then stay for a browser; Ctrl-C ends it
	@$(BIN)/python examples/demos/human_review_demo.py stay $(ARGS)

quick: setup ## the tests that need no deployment, no browser and no other program
	@A2I_EFFORT=quick $(BIN)/pytest -q -m "not local_aws and not browser and not process" --numprocesses auto --maxprocesses 6 --dist loadfile $(ARGS)

# One more than processors: tests that deploy wait for a third of their time. Each takes up to 2 GB.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
test: setup ## all tests
	@$(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 6 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup lint types test synth cfn-lint ## ruff, codespell, mypy --strict, tests with rule packs and checkov, synth with cdk-nag, cfn-lint

lint: setup ## ruff, the arrows between the folders, codespell
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYTHONPATH=lambda_src $(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/codespell

types: setup ## mypy --strict
	@$(BIN)/mypy

bootstrap: $(RUNNING) ## prepare the account and region of the caller's credentials for the CDK, once
	@$(CDK) bootstrap $(ARGS)

synth: $(RUNNING) ## cdk.out, without credentials
	@$(CDK) synth --quiet $(ARGS)

permissions: setup ## the list of permissions in docs/security.md, from the template
	@$(BIN)/python -m tests.infra.permission_list

release-template: $(RUNNING) ## the template that the next version is upgraded from; VERSION=1.2.3, in the commit to be tagged
	@[[ "$(VERSION)" =~ ^[0-9]+\.[0-9]+\.[0-9]+$$ ]] || { echo "make: VERSION must be like 1.2.3, got '$(VERSION)'" >&2; exit 1; }
	@$(CDK) synth --quiet --output tests/end_to_end/releases/$(VERSION) -c a2i.data.removalPolicy='"destroy"' \
		-c a2i.workforce.removalPolicy='"destroy"' -c a2i.workforce.workers='["alice@example.com"]' $(ARGS)

element-table: setup ## the table of crowd elements in docs/templates.md, from the samples of the tests
	@$(BIN)/python -m tests.core.a2i_portal.crowd_elements.element_table

portal-pictures: setup ## the pictures of the worker portal in docs/images/portal
	@$(BIN)/python -m tests.tools.a2i_local.portal.screenshots
	@PYTHONPATH=lambda_src $(BIN)/python -m tests.core.a2i_portal.screenshots

REVIEW := build/review
CONTEXT ?=
synth_into = $(CDK) synth --quiet --output $(1) $(CONTEXT) >/dev/null || compgen -G "$(1)/*.template.json" >/dev/null

review: $(RUNNING) ## report on what this tree changes against BASE, a git ref or a cdk.out folder (CONTEXT="-c stage=prod")
	@[ -n "$(BASE)" ] || { echo "make: BASE is missing: make review BASE=main, or BASE=path/to/cdk.out" >&2; exit 1; }
	@rm -rf $(REVIEW) && mkdir -p $(REVIEW)/base
	@if [ -d "$(BASE)" ]; then cp -r "$(BASE)" $(REVIEW)/old; else \
	   git archive "$(BASE)" | tar -x -C $(REVIEW)/base; \
	   cd $(REVIEW)/base && export PYTHONPATH=constructs:core:lambda_src && $(call synth_into,$(CURDIR)/$(REVIEW)/old); fi
	@$(call synth_into,$(CURDIR)/$(REVIEW)/new)
	@$(BIN)/a2i stack diff $(REVIEW)/old $(REVIEW)/new --pictures $(REVIEW) $(ARGS) | tee $(REVIEW)/report.md

cfn-lint: synth ## cfn-lint on cdk.out
	@$(BIN)/cfn-lint --format parseable "cdk.out/**/*.template.json"

deploy: $(RUNNING) ## deploy to AWS with the caller's credentials
	@$(CDK) deploy --all $(ARGS)

destroy: $(RUNNING) ## destroy on AWS with the caller's credentials
	@$(CDK) destroy --all $(ARGS)

smoke-aws: setup ## one review in the account at hand, then everything removed again; asks first (ARGS=--worker=you@example.com)
	@$(BIN)/python -m a2i_cli.smoke run $(ARGS)

soak: setup ## the tests that draw at random, let things go wrong, or take many minutes: hours
	@A2I_EFFORT=soak $(BIN)/pytest -m "soak or long" --timeout 10800 $(ARGS)

bench: setup ## ratios of one run, into build/bench.json
	@PYTHONPATH=core:lambda_src $(BIN)/python -m benchmarks

clean: ## remove what the other targets made, but not .venv
	@rm -rf build cdk.out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
