# Every command of the project. They need make and Python 3.11 or newer; the rest they fetch themselves.
# Nothing here is newer than GNU make 3.81 and POSIX sh.

SHELL = /bin/sh
.DEFAULT_GOAL = help

VENV_PYTHON = .venv/bin/python
PYTEST = $(VENV_PYTHON) -m pytest
ON_EVERY_CORE = --numprocesses=auto --maxprocesses=4
NPM = sh tools/npm.sh
# Python starts many times in a test run: what it has compiled is kept, even where the shell says otherwise.
export PYTHONDONTWRITEBYTECODE =
# What a server on the internet would be started with: `check --deploy` judges these.
PRODUCTION = SECRET_KEY="$$($(VENV_PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	DEBUG=false DEMO=false PUBLIC_URL=https://consent.example.com ALLOWED_HOSTS=consent.example.com \
	DATABASE_URL=sqlite:///:memory: TRUSTED_PROXIES=1

.PHONY: help run test test-snippet test-sqlite test-postgresql test-browser check format build benchmark-client gallery clean \
	server-packages all-packages node-packages

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

run: server-packages .env ## Start Sayso with its demo websites. Another port: make run PORT=9000
	@exec $(VENV_PYTHON) manage.py serve --maintain 30

test: test-snippet test-sqlite test-postgresql test-browser ## Run every test, on SQLite, on PostgreSQL and in a real browser.

test-snippet: node-packages ## Run the snippet's tests in Node.
	@$(NPM) test

test-sqlite: all-packages ## Run the server's tests on SQLite.
	@$(PYTEST) $(ON_EVERY_CORE) tests --ignore=tests/e2e

test-postgresql: all-packages ## Run the tests that use a database again, on a real PostgreSQL.
	@TEST_DATABASE=postgresql $(PYTEST) $(ON_EVERY_CORE) tests --ignore=tests/e2e

test-browser: node-packages ## Run the tests in a real Chromium, and the main paths in Firefox and WebKit.
	@$(VENV_PYTHON) -m tools.chromium
	@$(VENV_PYTHON) -m tools.engines
	@$(PYTEST) $(ON_EVERY_CORE) tests/e2e
	@$(VENV_PYTHON) -m tools.engines --left-out

check: all-packages node-packages ## Check style, types, migrations, settings and that the built snippet is current.
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	@echo "mypy"; $(PRODUCTION) $(VENV_PYTHON) -m mypy
	@echo "manage.py makemigrations --check --dry-run"; $(PRODUCTION) $(VENV_PYTHON) manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy --fail-level WARNING"; $(PRODUCTION) $(VENV_PYTHON) manage.py check --deploy --fail-level WARNING
	@$(NPM) run check
	@sh tools/check_build.sh

format: all-packages ## Format the Python files and repair what can be repaired.
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

build: node-packages ## Build the snippet into static/dist.
	@$(NPM) run build

benchmark-client: node-packages ## Measure the snippet beside its peers, in a real Chromium. Shorter: make benchmark-client OPTIONS=--quick
	@$(VENV_PYTHON) -m tools.chromium
	@$(VENV_PYTHON) -m benchmarks.client $(OPTIONS)

gallery: node-packages ## Take a picture of every state of the snippet, into var/gallery/.
	@$(VENV_PYTHON) -m tools.chromium
	@$(VENV_PYTHON) -m tools.gallery

clean: ## Remove what the commands installed or built; .env and the data in var/ stay.
	rm -rf .venv node_modules benchmarks/client/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis var/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The three below do nothing, quickly, when all is in place.
server-packages:
	@sh tools/install.sh requirements.txt

all-packages:
	@sh tools/install.sh requirements.txt requirements-dev.txt

node-packages: all-packages
	@cmp -s package-lock.json node_modules/.installed-lock || \
		{ $(NPM) ci --ignore-scripts --no-audit --no-fund && cp package-lock.json node_modules/.installed-lock; }

# Made once, with a key of its own; later runs leave it alone.
.env: | server-packages
	@umask 077 && rm -f .env.new && $(VENV_PYTHON) -m tools.first_settings > .env.new && mv .env.new .env
	@echo "Made .env: this installation's settings, with a new secret key."
