# Everything a checkout needs is under .venv (from the lock files) and var (data). `make help` lists the targets.

PYTHON ?= python3
VENV ?= .venv
PY = $(VENV)/bin/python
PORT ?= 8000
# Extra arguments for the tests: make test ARGS=-x
ARGS ?=

PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes
UV_COMPILE = $(PY) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make lock"
# One worker per core, but no more servers at once than a small machine bears; files stay together with their servers.
# These bring databases of their own, PostgreSQL among them, and have run on both with the others.
OWN_DATABASES = $(addprefix --ignore-glob=tests/games/,test_journal* test_store* test_sqlite* test_hosts* test_migrations*)
PARALLEL = -n auto --maxprocesses 4 --dist loadfile
TSC = .tools/typescript/node_modules/.bin/tsc
MESSAGES = $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help run dev test test-python test-pure test-postgres check check-js fix bench loadtest faults mutate-guards messages lock wheel clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: $(VENV)/.installed $(MESSAGES) ## serve on http://127.0.0.1:8000 (PORT=8001 for another port)
	@exec env PORT=$(PORT) $(PY) -m gameserver

dev: $(VENV)/.installed $(MESSAGES) ## serve for development: daphne, reload on change, DEBUG on
	@MADANG_DEBUG=1 $(PY) manage.py migrate --verbosity=0
	@exec env MADANG_DEBUG=1 PORT=$(PORT) $(PY) manage.py runserver $(PORT)

test: test-python test-pure test-postgres ## all tests

# A busy machine can be too slow for a person's patience: what failed is tried once more, alone, and both are in the output.
AGAIN = { echo "Once more, what failed, alone:"; $(1) --last-failed --last-failed-no-failures none $(ARGS); }
FAST = $(PY) -m pytest $(PARALLEL) -m "not slow"
SLOW = $(PY) -m pytest -m slow
ON_POSTGRES = $(PY) -m tests.servers postgres -- $(FAST) $(OWN_DATABASES) \
	tests/games tests/players tests/lobby tests/tournaments tests/moderation

# What starts browsers and many matches comes after the rest, alone: it would measure its neighbours.
test-python: $(VENV)/.installed-dev $(MESSAGES) ## the tests, on SQLite
	$(FAST) $(ARGS) || $(call AGAIN,$(FAST))
	$(SLOW) $(ARGS) || $(call AGAIN,$(SLOW))

test-postgres: $(VENV)/.installed-dev $(MESSAGES) ## what touches the database once more, on a private PostgreSQL
	$(ON_POSTGRES) $(ARGS) || $(call AGAIN,$(ON_POSTGRES))

test-pure: .venv-pure/.installed ## rules, protocol and host where Django is not installed
	.venv-pure/bin/python -m pytest -c tests/pure.ini --rootdir=. tests/rules tests/protocol tests/host tests/testing $(ARGS)

check: $(VENV)/.installed-dev check-js ## what the reviewers' machine checks: style, types, architecture, generated files
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) -m games.protocol.generate --check
	$(PY) -m gameserver.messages --check

check-js: ## types of the pages' scripts (JSDoc), where npm is there to fetch TypeScript
	@command -v npm >/dev/null || { echo "No npm here: the types of the pages' scripts are not checked."; exit 0; }; \
	test -x $(TSC) || npm install --silent --no-save --prefix .tools/typescript typescript@5.9.3; \
	$(TSC) -p .

fix: $(VENV)/.installed-dev ## format, and repair what ruff can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/.installed-dev $(MESSAGES) ## measure: what the server costs, beside others (ARGS="--short" or ARGS=A for less)
	$(PY) -m bench $(ARGS)

# Make's variables as the program's options; what is not given is the program's own to choose.
loadtest: $(VENV)/.installed-dev ## load a running server with bots: URL=… MATCHES=20 RATE=100 SECONDS=20
	$(PY) -m bench.loadtest $(if $(URL),--url $(URL)) $(if $(MATCHES),--matches $(MATCHES)) \
		$(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(REMOTE),--remote)

faults: $(VENV)/.installed-dev $(MESSAGES) ## measure every promise under faults: most of an hour (ARGS="killed redis" for some)
	$(PY) -m tests.faults $(ARGS)

mutate-guards: $(VENV)/.installed-dev $(MESSAGES) ## take each guard away, in a copy, and see its test go red
	$(PY) -m tests.faults.guards $(ARGS)

messages: $(VENV)/.installed-dev ## gather texts into locale/*.po, for translators
	$(PY) -m gameserver.messages

lock: $(VENV)/.installed-dev ## resolve the lock files anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(PY) -m pip install --quiet uv
	$(UV_COMPILE) $(UPGRADE) pyproject.toml --group build -o requirements.lock
	$(UV_COMPILE) $(UPGRADE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(UV_COMPILE) $(UPGRADE) --group pure -c requirements-dev.lock -o requirements-pure.lock

wheel: $(VENV)/.installed-dev ## build dist/madang-*.whl
	$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what make made, but not the data in var/
	rm -rf $(VENV) .venv-pure .tools dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

locale/%.mo: locale/%.po $(VENV)/.installed
	$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@

# The stamps: a second `make run` installs nothing.
$(VENV)/.installed: requirements.lock $(VENV)/.made
	@echo "Installing packages into $(VENV) (once; about half a minute) …"
	@$(PY) $(PIP_INSTALL) -r requirements.lock
	@$(PY) -m compileall -q -j 0 gameserver games players tournaments moderation
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the development packages into $(VENV) (once) …"
	@$(PY) $(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

$(VENV)/.made .venv-pure/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Madang needs Python 3.11 or newer; choose one with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv is missing: install it first (Debian and Ubuntu: sudo apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv $(@D)
	@touch $@

.venv-pure/.installed: requirements-pure.lock .venv-pure/.made
	@.venv-pure/bin/python $(PIP_INSTALL) -r requirements-pure.lock
	@touch $@
