# make demo    set everything up and run the demo federation
# make test    set everything up and run every check and every test
# make help    the other targets
#
# Every step leaves a mark in .venv, so a second run only does what changed.

PYTHON ?= python3
ARGS ?=
MINUTES ?= 20
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CSS := broker/web/static/dkfds/css/dkfds.min.css
NODE_SP := tests/interop/node
# Whole files at a time and in their order: in some, each test goes on where the one before ended.
TWO := -n 2 --dist loadfile --no-loadscope-reorder
CATALOGUES := $(wildcard broker/web/translations/*/LC_MESSAGES/*.po)
SOURCES := broker tests deploy

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup dev demo test catalogue optimised guards fuzz bench soak screenshots debian lint format wheel lock clean

help:  ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: $(VENV)/.project $(CSS) $(CATALOGUES:.po=.mo)  ## .venv with the locked packages, the stylesheet and the translations
	@:

demo: setup  ## The demo federation on this machine; ARGS="--port 9000" is passed on
	@exec $(BIN)/broker demo $(ARGS)

test: debian setup dev lint  ## Every check and every test; ARGS="-k discovery" or "-n 0" is passed on to pytest
	@exec env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest $(TWO) --catalogue=catalogue/index.html $(ARGS)

catalogue: debian setup dev  ## The attacks that we know of, each with its tests and their outcome, as a page
	@$(BIN)/python -m pytest $(TWO) -q --catalogue=catalogue/index.html \
		tests/hostile $$($(BIN)/python -m tests.hostile.catalogue) $(ARGS)

optimised: setup dev  ## The hostile messages against the product under `python -O`
	@exec $(BIN)/python -m tests.optimised $(ARGS)

guards: setup dev  ## Takes each guard of the verification path out in turn; a test has to miss it. ARGS=broker.saml.xml takes some
	@exec $(BIN)/python -m tests.guards $(ARGS)

fuzz: setup dev $(VENV)/.fuzz  ## Changed messages for MINUTES=10, led by what they reach in the product
	@exec $(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10) $(ARGS)

bench: debian setup dev  ## What a login costs, beside another hub and among a million grants; ARGS=--hubs is only hubs
	@exec $(BIN)/python -m tests.bench $(ARGS)

soak: debian setup dev  ## Honest and hostile load together for MINUTES=20, and whether all of it holds
	@exec $(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

lint: setup dev  ## ruff, mypy and the import rules
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: setup dev  ## Let ruff format and repair what it safely can
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

wheel: setup  ## dist/*.whl, which runs `broker demo` on its own
	@$(BIN)/hatchling build --target wheel --directory dist

lock: $(VENV)/.dev  ## Resolve the lock files again; ARGS=--upgrade takes new releases
	@echo "Resolving the lock files"
	@$(LOCK) --group build --output-file requirements.txt pyproject.toml
	@$(LOCK) --group build --group dev --constraints requirements.txt --output-file requirements-dev.txt pyproject.toml
	@$(LOCK) --group node --output-file requirements-node.txt
	@$(LOCK) --group fuzz --output-file requirements-fuzz.txt
	@$(LOCK) --group satosa --output-file tests/bench/hubs/satosa-requirements.txt
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS)

clean:  ## Everything that make made, except dist
	rm -rf $(VENV) catalogue node_modules $(NODE_SP)/node_modules broker/web/static/dkfds $(CATALOGUES:.po=.mo) \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

dev: $(VENV)/.dev $(VENV)/.node-saml

screenshots: debian setup dev  ## Pictures of the pages in every state to screenshots/, each looked at with axe; ARGS="--only many" takes some
	@exec $(BIN)/python -m tests.browser.screenshots $(ARGS)

debian:
	@sh deploy/debian_packages.sh chromium chromium-headless-shell libapache2-mod-shib nginx postgresql xmlsec1

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@PYTHON=$(PYTHON) sh deploy/debian_packages.sh python3-venv
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing the locked packages"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/.runtime
	@echo "Installing the locked packages for development"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.fuzz: requirements-fuzz.txt | $(VENV)/.dev
	@echo "Installing the fuzzer"
	@$(PIP) install --require-hashes -r requirements-fuzz.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.runtime
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# npm comes from the system, or else from a lock of its own.
$(VENV)/.npm: requirements-node.txt | $(BIN)/python
	@command -v npm >/dev/null || { echo "Installing npm into $(VENV)"; \
		$(PIP) install --require-hashes -r requirements-node.txt; }
	@touch $@

$(CSS): package.json package-lock.json .npmrc deploy/build_static.py | $(VENV)/.npm
	@echo "Fetching the design system"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python deploy/build_static.py

# The interop tests sign in at a service provider in Node.js.
$(VENV)/.node-saml: $(addprefix $(NODE_SP)/,package.json package-lock.json .npmrc) | $(VENV)/.npm
	@echo "Installing the service provider of the interop tests"
	@cd $(NODE_SP) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
