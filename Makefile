# What one does here, each under one word. The work is in scripts/; nothing but make itself is needed to start.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run test test-fast coverage lint type screens notebook docs

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: ## a rendered person squats before the real model
	scripts/run

test: ## every test, a worker for every core and one more
	scripts/test

test-fast: ## the rooms by themselves, in less than a minute
	scripts/test_fast -q

coverage: ## how much of mirror/ the fast tests reach, and which lines they miss
	scripts/test_fast -q --cov=mirror --cov-report=term-missing:skip-covered

lint: .venv-test/dev ## ruff's rules and format, shellcheck
	scripts/lint code

type: .venv-test/dev ## mypy, strict
	scripts/lint types

screens: ## every scene as a picture, in build/screens
	. scripts/environment.sh && make_environment .venv analyze
	.venv/bin/python scripts/screens build/screens

notebook: ## docs/notebook.ipynb, run anew, with what it shows now
	. scripts/environment.sh && make_environment .venv-test analyze,test
	.venv-test/bin/python scripts/run_notebook.py

docs: ## these pages as a site, in build/site; fails where a link leads nowhere
	. scripts/environment.sh && make_environment .venv-docs docs
	.venv-docs/bin/mkdocs build --strict --quiet

.venv-test/dev: pyproject.toml
	. scripts/environment.sh && make_environment .venv-test analyze,test
	.venv-test/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@
