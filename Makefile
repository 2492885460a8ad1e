# The two commands of a newcomer: `make demo` and `make test`. Both set up a .venv in this folder first.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 3
STAMP := .venv/.ready
PEERS := .venv/peers/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo run test crash bench check format messages lock clean

help: ## Show what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## Make the .venv with everything needed

$(STAMP): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP) ## Run the main job without a token: a fictional list changes, subscribers hear of it
	$(BIN)/python -m bot demo

run: $(STAMP) ## Run for real from config.toml
	$(BIN)/python -m bot run

test: $(STAMP) ## Run all tests, three at a time; JOBS=0 runs them one after the other in this process
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

crash: $(STAMP) ## Kill the bot at every side effect, and 1,500 times at random: hours on two cores
	CRASH_TESTS=complete $(BIN)/python -m pytest -n 2 --dist worksteal tests/crash

bench: $(STAMP) $(PEERS) ## Measure what has a bound, beside its peers; LINE="STATION LIST" for some lines only
	$(BIN)/python -m tests.bench $(LINE)

$(PEERS): requirements-bench.txt
	$(PYTHON) -m venv .venv/peers
	.venv/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $(PEERS)

check: $(STAMP) ## Linters, types and the map of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Let ruff put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(STAMP) ## Collect the words of the code into locales/ and update every catalogue
	$(BIN)/pybabel extract --no-location --omit-header --sort-output -k N_ -k t -k n:1,2 -k c:1c,2 -o locales/messages.pot alerts subscribers bot
	$(BIN)/pybabel update --no-fuzzy-matching --ignore-obsolete -i locales/messages.pot -d locales

lock: ## Pin the requirements with hashes (needs uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --extra dev pyproject.toml -o requirements-dev.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --group bench -o requirements-bench.txt

clean: ## Remove what the other commands made
	rm -rf .venv build dist .ruff_cache .mypy_cache .import_linter_cache
