# What you can ask for: `make help`. Everything lands inside this folder: .venv, node_modules and
# s11audit/web/static/dist. Only `make test` may install Debian packages (it says which).

PYTHON ?= python3
DEMO_DIRECTORY ?= demo-data

BIN := .venv/bin
INSTALLED := .venv/.installed
NODE_MODULES := node_modules/.installed
BUILT := s11audit/web/static/dist
STYLE_SHEET := $(BUILT)/s11audit.css
GOVUK := node_modules/govuk-frontend
BARE := not browser and not office and not benchmark and not scanner
FAST := $(BARE) and not slow
PYTEST := $(BIN)/pytest --quiet -p no:cacheprovider
PROCESSORS := $(or $(shell nproc 2>/dev/null),2)
# The longest first, so that no processor waits for another at the end.
PARTS := test-postgresql test-slow test-browser test-scanner test-fast-pages test-fast

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check $(PARTS) install static lock wheel system-packages lint clean

help: ## List what you can ask for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install static ## Serve two made-up partnerships on this machine, to try everything out
	$(BIN)/s11audit demo --directory $(DEMO_DIRECTORY)

# What measures speed runs alone; then as many parts at a time as there are processors.
test: install static lint system-packages ## Prove everything, on SQLite and on PostgreSQL, in a browser and an office
	$(BIN)/s11audit questionnaires check
	$(PYTEST) -m benchmark
	@$(MAKE) --no-print-directory --jobs=$(PROCESSORS) --keep-going $(PARTS)

# Lint, types, contracts and the fast tests; the pages take as long as all the rest.
check: install static lint ## Lint, types, contracts and the fast tests
	@$(MAKE) --no-print-directory --jobs=$(PROCESSORS) --keep-going test-fast-pages test-fast

# What takes seconds a test makes queries that the fast tests have proved there.
test-postgresql:
	@S11AUDIT_TEST_DATABASE=postgresql $(PYTEST) -m "$(FAST)"

test-slow:
	@$(PYTEST) -m "$(BARE) and slow"

test-browser:
	@$(PYTEST) -m "browser or office"

test-scanner:
	@$(PYTEST) -m scanner

test-fast-pages:
	@$(PYTEST) -m "$(FAST)" tests/web

test-fast:
	@$(PYTEST) -m "$(FAST)" --ignore=tests/web

install: $(INSTALLED) ## Make .venv with the locked packages and this checkout

static: $(STYLE_SHEET) ## Build the style sheet and scripts of the pages

wheel: install static ## Build the wheel into dist/
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

$(INSTALLED): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "s11audit needs Python 3.11 or newer; name yours with 'make PYTHON=python3.12 …'."; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# npm comes from the machine or, where it has none, from a locked Python package that carries it.
$(NODE_MODULES): package.json package-lock.json | $(INSTALLED)
	command -v npm >/dev/null || $(BIN)/pip install --quiet --require-hashes -r requirements-node.txt
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --omit=optional --ignore-scripts --no-progress --loglevel=error
	@touch $@

$(STYLE_SHEET): $(NODE_MODULES) $(wildcard s11audit/web/assets/*.scss)
	@mkdir -p $(BUILT)
	cp $(GOVUK)/dist/govuk/govuk-frontend.min.js $(BUILT)/
	cp s11audit/web/assets/third-party-licences.txt $(BUILT)/
	PATH="$$PATH:$(CURDIR)/$(BIN)" node node_modules/sass/sass.js --load-path=node_modules \
	  --style=compressed --no-source-map s11audit/web/assets/s11audit.scss $@

system-packages: | $(INSTALLED)
	@sh tests/install-system-packages.sh

# Ranges in pyproject.toml and package.json become exact versions with hashes and without addresses.
UV_COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

# npm records where authors ask for money; a lock needs no addresses.
WITHOUT_FUNDING = const fs = require("fs"), file = "package-lock.json", \
  lock = JSON.parse(fs.readFileSync(file)); \
  Object.values(lock.packages).forEach((entry) => delete entry.funding); \
  fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n");

# What the demonstration shows and the tests prove of what a server may do without.
EXTRAS = --extra postgresql --extra openid --extra s3

lock: install ## Choose the newest versions that the ranges allow
	$(UV_COMPILE) pyproject.toml $(EXTRAS) --output-file requirements.txt
	$(UV_COMPILE) pyproject.toml $(EXTRAS) --group test --constraint requirements.txt \
	  --output-file requirements-dev.txt
	$(UV_COMPILE) --group node --output-file requirements-node.txt
	npm update --package-lock-only --ignore-scripts
	@node -e '$(WITHOUT_FUNDING)'
	@! grep -n '://' requirements*.txt package-lock.json

clean: ## Remove what was built (not your data)
	rm -rf .venv node_modules $(BUILT) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
