# Everything one needs, from a bare machine with Python 3.11, 3.12 or 3.13: `make repro`.

FITS := import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  $$name -c '$(FITS)' 2>/dev/null && echo $$name && exit; done; echo python3)
VERSION := -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
BIN := .venv/bin
INSTALLED := .venv/.installed
# Somebody who looks on sees pip's bars; a log has its last words alone.
SAYS := $(shell test -t 2 || echo -q)
STUDIO := .label-studio/venv/.installed
PORT ?= 5000

# An environment that is there is kept, unless its interpreter is gone or PYTHON= asks for another one.
ifneq ($(wildcard .venv),)
HELD := $(shell $(BIN)/python $(VERSION))
ASKED := $(if $(filter file,$(origin PYTHON)),$(HELD),$(shell $(PYTHON) $(VERSION)))
ifneq ($(HELD),$(ASKED))
STALE := $(or $(HELD),gone)
else ifeq ($(HELD),)
STALE := gone
endif
endif

.PHONY: repro test lint check doctor ui label-studio review-demo install help anew
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
	  echo "$(PYTHON) is no Python from 3.9 on; install Python 3.11, and name it: make PYTHON=python3.11 doctor" >&2; exit 1

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
$(INSTALLED): pyproject.toml constraints.txt $(if $(STALE),anew)
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is $$($(PYTHON) --version 2>&1); name one that fits: make PYTHON=python3.13" >&2; exit 1; }
	@test -z "$(STALE)" || echo "The Python of .venv is $(STALE), and $(PYTHON) is $$($(PYTHON) $(VERSION)): .venv is made anew."
	@test -z "$(STALE)" -a -x $(BIN)/python || $(PYTHON) -m venv --clear .venv
	@echo "Installing into .venv; this takes a few minutes, once."
	@$(BIN)/python -m pip install $(SAYS) --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# Label Studio wants an environment of its own (Django, its own OpenCV), of the Python of .venv.
$(STUDIO): constraints-label-studio.txt $(INSTALLED)
	@echo "Installing Label Studio into .label-studio/venv; this takes a minute, once."
	@test "$$(.label-studio/venv/bin/python $(VERSION))" = "$$($(BIN)/python $(VERSION))" || \
	  $(BIN)/python -m venv --clear .label-studio/venv
	@.label-studio/venv/bin/python -m pip install $(SAYS) --disable-pip-version-check -c constraints-label-studio.txt label-studio
	@touch $@
