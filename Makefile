# One command each, from a clean clone. `make help` lists them.
PYTHON := .venv/bin/python

.PHONY: help setup run test test-fast check fix bench golden locks clean

help:      ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup:     ## make both environments, test tools included
	@deploy/environments.sh test

run:       ## set up what is missing and start the service; Ctrl-C stops it
	@deploy/environments.sh run
	@exec .venv/bin/medbrain run

test: setup  ## run every test
	$(PYTHON) -m pytest

test-fast: setup  ## the tests that start no other process
	$(PYTHON) -m pytest tests/unit tests/contract tests/generative tests/clinical tests/architecture

check: setup  ## format, lint, types, imports, spelling, knowledge
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/codespell
	$(PYTHON) -m knowledge_graph.core.lint

fix: setup  ## format, and mend what lint can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: setup  ## measure, and write docs/benchmarks.md
	$(PYTHON) -m tests.bench

golden: setup  ## write the golden files again; review them as text
	MEDBRAIN_WRITE_GOLDEN=1 $(PYTHON) -m pytest tests/contract -q

locks: setup  ## resolve the lock files again
	.tools/bin/uv pip compile -q --python 3.11 --no-emit-index-url --no-header --generate-hashes --override requirements/overrides.txt pyproject.toml -o requirements/main.txt
	.tools/bin/uv pip compile -q --python 3.11 --no-emit-index-url --no-header --generate-hashes --override requirements/overrides.txt --extra dev -c requirements/main.txt pyproject.toml -o requirements/dev.txt
	.tools/bin/uv pip compile -q --python 3.11 --no-emit-index-url --no-header --generate-hashes requirements/tools.in -o requirements/tools.txt
	.tools/bin/uv pip compile -q --python .venv-rasa/bin/python --no-emit-index-url --no-header --generate-hashes assistant/rasa_project/requirements.in -o assistant/rasa_project/requirements.txt

clean:     ## remove environments and everything the service wrote
	rm -rf .venv .venv-rasa .tools var
