# Both targets need nothing but Python 3.11 or newer; they make their own .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Byte code is kept, whatever the shell says: without it hundreds of processes compile synth anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: doorkey test audit lint clean

# The main job: a reward for MiniGrid DoorKey, then its audit.
doorkey: $(VENV)/.core
	$(BIN)/synth run doorkey

# All tests and every audit; the search for counterexamples, which takes longest, in two of them.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --reward-search=doorkey,garden

# Every audit whole.
audit: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 generated

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "synth needs Python 3.11 or newer; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[minigrid]"
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.core

clean:
	rm -rf $(VENV) build *.egg-info
