# make serve: set up, publish the demo course, serve it, print sign-in links
# make test:  set up everything, a browser included, and run every check
# make lint, make bench, make soak, make clean

PYTHON ?= python3
MINUTES ?= 30
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# In the order of their names: the longest files, bench and browser, begin, and short ones end it.
TESTS := $(BIN)/pytest --nbval-lax -n 2 --dist loadfile --no-loadscope-reorder \
	tests lessons widgets results

.PHONY: serve test lint bench soak clean system

serve: .venv/.serve
	$(BIN)/weike serve

# The output of the throw-away PostgreSQL is dropped, so that the last words are the tests'.
test: lint system
	pg_virtualenv -t sh -c '$(TESTS) >&3' 3>&1 >/dev/null

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/.dev system
	PYTHONPATH=tests pg_virtualenv -t sh -c '$(BIN)/python -m bench >&3' 3>&1 >/dev/null

soak: .venv/.dev
	PYTHONPATH=tests $(BIN)/python -m bench.soak --minutes $(MINUTES)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/packages python3-venv
	$(PYTHON) -m venv .venv

.venv/.serve: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[demo]'
	touch $@

.venv/.dev: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	touch $@ .venv/.serve

system:
	.ci/packages chromium fonts-noto-cjk postgresql
