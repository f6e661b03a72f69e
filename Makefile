# One command each: make run, make test, make lint, make benchmark. README.md shows the plain commands beneath.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
PYTEST := $(PY) -m pytest --durations=15

.DEFAULT_GOAL := help
.PHONY: help run serve test unit pages faults browser nightly lint types benchmark peers lock clean

help:  ## What there is to make
	@grep -E '^[a-z ]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z ]+):.*## /\1\t/' | expand -t 28

run: .venv/app.stamp  ## Set up what is missing and start the app in a browser
	$(PY) -m streamlit run app.py

serve: .venv/app.stamp  ## The app for a class: every address of this machine, port 8501
	$(PY) -m uvicorn app:app --host 0.0.0.0 --port 8501

test: .venv/dev.stamp  ## Set up what is missing, then all checks and tests: unit, pages, faults, browser
	@tools/browser.sh
	@tools/test.sh

unit pages faults browser: .venv/dev.stamp  ## One kind of test
	$(PYTEST) tests/$@

nightly: .venv/dev.stamp  ## The long tests
	$(PYTEST) -m nightly tests

lint: .venv/dev.stamp  ## Style and types
	$(PY) -m ruff check .
	$(PY) -m mypy

benchmark: .venv/dev.stamp  ## The engine against its peers (make peers adds PyTorch)
	$(PY) benchmarks/engine.py

peers: .venv/dev.stamp  ## What only the benchmarks need
	$(PY) -m pip install -r requirements-peers.txt

# Written anew from the ranges in requirements*.txt, with every package that those need.
lock:  ## New lock files from the ranges in requirements*.txt
	tools/lock.sh

clean:  ## Remove the environment and caches; runs and models in .dlcore stay
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache

.venv/app.stamp: requirements.lock
	@tools/environment.sh "$(PYTHON)" requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock
	@tools/environment.sh "$(PYTHON)" requirements-dev.lock
	@touch .venv/app.stamp $@
