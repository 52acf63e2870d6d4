# The two commands of the README: `make run` and `make test`. Each works alone on a machine with
# Python 3.11 and nothing else: the environment .venv is made and filled on first use.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: run kernels test check lint types architecture protos docs unit install peers clean help

help: ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: kernels ## Play games through the bus, learn, verify: jimbot-stream up $(ARGS)
	$(BIN)/jimbot-stream up $(ARGS)

test: check unit ## Everything that must hold before a change may land

check: lint types architecture protos docs ## All checks that run no test

install: $(INSTALLED) ## Make the environment .venv

$(INSTALLED): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v[:2] != (3, 11) and f"Python 3.11 is needed, {v[0]}.{v[1]} found: set PYTHON=/path/to/python3.11")'
	@echo "Making the environment $(VENV) (about 2 GB, two to four minutes the first time) ..."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=26"
	$(BIN)/python -m pip install --progress-bar on -c .ci/constraints.txt -e . --group dev
	@touch $@

peers: $(INSTALLED) ## What bench/learner.py runs beside ours, into the same environment
	$(BIN)/python -m pip install --progress-bar on -c .ci/constraints.txt --group peers
	bench/contenders/install_pufferlib.sh $(BIN)/python

lint: $(INSTALLED) ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: $(INSTALLED) ## Types
	$(BIN)/mypy

architecture: $(INSTALLED) ## Who may import whom
	$(BIN)/lint-imports

protos: $(INSTALLED) ## Contracts: style, and that the generated code is fresh
	$(BIN)/buf lint proto
	PYTHON=$(PYTHON) proto/generate.sh
	@git diff --exit-code --stat -- src/jimbot_stream/contracts/v1 || \
	  { echo "The generated contracts were stale; they are fresh now: commit them."; exit 1; }

docs: $(INSTALLED) ## That the reference pages are fresh
	$(BIN)/python docs/build.py --check

kernels: $(INSTALLED) ## Compile the rules (four to six minutes the first time)
	$(BIN)/python -m jimbot_stream.balatro.kernels
	$(BIN)/python -m jimbot_stream.balatro.lookahead
	$(BIN)/python -m jimbot_stream.agents.replay_memory

unit: kernels ## Tests
	$(BIN)/python -m pytest

clean: ## Remove the environment and all caches
	rm -rf $(VENV) .venv-protoc build .mypy_cache .ruff_cache .pytest_cache .hypothesis
