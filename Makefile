# Everything one needs, from a bare machine with Python 3.11 or 3.12: `make repro`.

FITS := import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))
PYTHON ?= $(shell for name in python3 python3.12 python3.11; do \
  $$name -c '$(FITS)' 2>/dev/null && echo $$name && exit; done; echo python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
# Somebody who looks on sees pip's bars; a log has its last words alone.
SAYS := $(shell test -t 2 || echo -q)
STUDIO := .label-studio/venv/.installed
PORT ?= 5000

.PHONY: repro test lint check doctor ui label-studio review-demo install help
.DEFAULT_GOAL := help

repro: $(INSTALLED) ## the whole road, from drawings to the leaderboard; does only what is not up to date
	@$(BIN)/python -m pipelines repro

test: $(INSTALLED) $(STUDIO) ## all tests
	@$(BIN)/python -m pytest

lint: $(INSTALLED) ## style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check: $(INSTALLED) ## types
	@$(BIN)/mypy

# Must run where nothing else does, so it installs nothing and takes any Python there is.
doctor: ## what this machine has for the road, each trouble with its remedy; put it into a bug report
	@for python in $(BIN)/python $(PYTHON); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null && exec $$python -m pipelines doctor; done; \
	  echo "$(PYTHON) is no Python that runs; install Python 3.11, and name it: make PYTHON=python3.11 doctor" >&2; exit 1

ui: $(INSTALLED) ## MLflow on the leaderboard, until Ctrl-C; PORT=5001 for another port
	@$(BIN)/python -m pipelines ui --port $(PORT)

label-studio: PORT = 8080
label-studio: $(INSTALLED) $(STUDIO) ## a Label Studio on this machine, until Ctrl-C; PORT=8081 for another port
	@$(BIN)/python -m dataset_tools review serve --port $(PORT)

review-demo: PORT = 8080
review-demo: $(INSTALLED) $(STUDIO) ## the same, filled with the pairs of the data that are worth a look
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/dvc repro --quiet qa
	@$(BIN)/python -m dataset_tools review serve --fill --port $(PORT)

install: $(INSTALLED) ## only the environment

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is written last: an installation that broke off is made again.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || \
	  { echo "Python 3.11 or 3.12 is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1); name one that fits: make PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv; this takes a few minutes, once."
	@$(BIN)/pip install $(SAYS) --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# Label Studio wants an environment of its own (Django, its own OpenCV).
$(STUDIO): constraints-label-studio.txt
	@echo "Installing Label Studio into .label-studio/venv; this takes a minute, once."
	@test -x .label-studio/venv/bin/python || $(BIN)/python -m venv .label-studio/venv
	@.label-studio/venv/bin/pip install $(SAYS) --disable-pip-version-check -c constraints-label-studio.txt label-studio
	@touch $@
