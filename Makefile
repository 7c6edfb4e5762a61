# Banyan needs Python 3.11 and make, nothing else. `make help` lists what can be asked.

PYTHON ?= python3.11
INSTANCE ?= a
SECONDS ?= 20
BIN := .venv/bin
SYNCED := .venv/.synced
JUDGES := .venv/.judges
STACK := $(BIN)/python -m deploy.embedded
MANAGE := $(BIN)/python manage.py

# Hundreds of processes start in a run of the tests; without bytecode each would compile the whole house anew.
unexport PYTHONDONTWRITEBYTECODE

# A whole run takes all cores, each process with a stack of its own; four fill 24 GiB no more than two.
PROCESSES ?= auto
PARALLEL := --numprocesses $(PROCESSES) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# For tools that load settings and connect to nothing.
NOWHERE := env BANYAN_SECRET_KEY=for-checks-only:nothing-is-ever-signed-with-this-key-0123456789 \
	BANYAN_DIRECTORY_URL=postgres://nobody@localhost:1/directory \
	BANYAN_INSTANCES=a=postgres://nobody@localhost:1/a,b=postgres://nobody@localhost:1/b \
	BANYAN_REPLICAS=a_replica1=postgres://nobody@localhost:1/a BANYAN_REDIS_CACHE_URL=redis://localhost:1/0 \
	BANYAN_REDIS_HOT_URL=redis://localhost:1/1 BANYAN_BROKER_URL=redis://localhost:1/2 \
	BANYAN_PUBLIC_URL=https://localhost:1 BANYAN_FRONTEND_URL=https://localhost:1 BANYAN_EMAIL_URL=smtps://localhost:1
NEW_KEY := from deploy.embedded import secrets; print(secrets.generate().oidc_private_key)
# `makemigrations --check` would like to ask the databases as well.
NO_SERVER := -W 'ignore:Got an error checking a consistent migration history'

.DEFAULT_GOAL := help
.PHONY: up down url reset logs mail psql shell demo verify-demo test redis-test broker-test metrics-test restore-test pooled-test profiles-test failover-test tls-test check doors newcontext migrations bench openapi sdk contract linted judged alerts image-test help

help: ## list what can be asked
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

up: $(SYNCED) ## run everything until Ctrl-C: databases, Redis, API, worker, beat, relay
	@exec $(STACK) up

down: $(SYNCED) ## stop it from another terminal
	@exec $(STACK) down

url: $(SYNCED) ## print where its API answers
	@exec $(STACK) url

reset: $(SYNCED) ## delete its data, after asking; FORCE=1 does not ask, DRY_RUN=1 only says what would go
	@exec $(STACK) reset $(if $(FORCE),--force) $(if $(DRY_RUN),--dry-run)

logs: $(SYNCED) ## follow all logs, or NAME="api relay"
	@exec $(STACK) logs $(NAME)

mail: $(SYNCED) ## print the newest mail that was sent, or N=3 of them
	@exec $(STACK) mail -n $(or $(N),1)

psql: $(SYNCED) ## open psql on INSTANCE=directory|a|b|a_replica1
	@exec $(STACK) psql $(INSTANCE)

shell: $(SYNCED) ## open a Python shell with Django loaded
	@exec $(MANAGE) shell

demo: $(SYNCED) ## load the demo; FOLLOWS=file.tsv.gz TEXTS=file.txt.gz USERS=n take a real graph
	@exec $(MANAGE) demo $(if $(FOLLOWS),--follows $(FOLLOWS)) $(if $(TEXTS),--texts $(TEXTS)) $(if $(USERS),--users $(USERS))

verify-demo: $(SYNCED) ## compare 200 users' counts and homes with the file they came from
	@exec $(MANAGE) verify_demo $(if $(FOLLOWS),--follows $(FOLLOWS)) $(if $(TEXTS),--texts $(TEXTS)) $(if $(USERS),--users $(USERS))

test: $(if $(CONTRACT),$(JUDGES) openapi/tools/node_modules,$(SYNCED)) ## run the tests on a throwaway stack; ARGS="tests/stack -k port", CONTRACT=1 with the contract's
	@exec $(BIN)/python -m pytest $(if $(CONTRACT),--override-ini 'norecursedirs=broker image backup failover pooled deploy_profiles .* __pycache__ node_modules') $(if $(ARGS),$(ARGS),$(PARALLEL))

redis-test: $(SYNCED) ## freeze and kill one of three hot Redis, and look where every key lies
	@exec $(BIN)/python -m pytest tests/kernel/test_redis_servers.py tests/journeys/test_hot_redis.py $(ARGS)

metrics-test: alerts ## let promtool test alerts and dashboard, and a live stack tell every metric they ask for
	@exec $(BIN)/python -m pytest tests/observability $(ARGS)

broker-test: $(SYNCED) ## run the crash suite with a RabbitMQ 4 of its own as the broker; needs root
	@$(BIN)/python -m tests.broker.rabbitmq
	@exec $(BIN)/python -m pytest $(or $(ARGS),tests/broker)

restore-test: $(SYNCED) ## back up under load, lose every database, restore them to a moment, audit and repair
	@exec $(BIN)/python -m pytest $(or $(ARGS),tests/backup)

pooled-test: $(SYNCED) ## run journeys through Debian's PgBouncer in transaction mode, installed if it is not
	@$(BIN)/python -m tests.pooled.pgbouncer
	@exec $(BIN)/python -m pytest $(or $(ARGS),tests/pooled)

profiles-test: $(SYNCED) ## kill a primary under Patroni and a hot Redis under Sentinel, by deploy/profiles
	@$(BIN)/python -m tests.deploy_profiles.installed
	@exec $(BIN)/python -m pytest $(or $(ARGS),tests/deploy_profiles)

failover-test: $(SYNCED) ## kill a primary under writers, promote its standby, and count what was acknowledged
	@exec $(BIN)/python -m pytest $(or $(ARGS),tests/failover)

tls-test: $(SYNCED) ## every process through TLS to PostgreSQL and Redis, and nowhere where nobody is trusted
	@exec $(BIN)/python -m pytest tests/stack/test_tls.py tests/kernel/test_redis_tls.py $(ARGS)

check: $(SYNCED) ## format, lint, types, contracts, system checks, schema and API drift, migrations that lock
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	@$(NOWHERE) $(BIN)/python $(NO_SERVER) manage.py drift
	@BANYAN_OIDC_PRIVATE_KEY="$$($(BIN)/python -c '$(NEW_KEY)')" DJANGO_SETTINGS_MODULE=config.settings.production \
		$(NOWHERE) $(MANAGE) check --deploy --fail-level WARNING

doors: $(SYNCED) ## write modules/DOORS.md: what contexts offer each other
	@$(NOWHERE) $(MANAGE) doors --write

newcontext: $(SYNCED) ## write and register a context; NAME=stars, ONE=… if that is not the name without its s
	@$(NOWHERE) $(MANAGE) newcontext $(NAME) $(if $(ONE),--one $(ONE))

migrations: $(SYNCED) ## write what models have changed, sharded tables with their fence, and freeze it; NAME=stars
	@$(NOWHERE) $(BIN)/python $(NO_SERVER) manage.py makemigrations $(NAME)
	@$(NOWHERE) $(MANAGE) freeze

bench: $(SYNCED) ## measure reads, writes and fan-out beside their floors; ARGS=…
	@exec $(BIN)/python -m benchmarks $(ARGS)

openapi: $(SYNCED) ## draw openapi/banyan.yaml from the endpoints
	@$(NOWHERE) $(MANAGE) openapi

sdk: $(JUDGES) ## generate the SDKs in openapi/sdk from openapi/banyan.yaml
	@exec $(BIN)/python openapi/sdk/generate.py

contract: linted judged ## hold the running API to the contract; SECONDS=20 each role, SEED=n
	@exec $(BIN)/python -m pytest tests/contract $(PARALLEL)

# The document by two linters, and the SDKs that are drawn from it.
linted: $(JUDGES) openapi/tools/node_modules
	@PATH="$(CURDIR)/$(BIN):$$PATH"; cd openapi/tools && node_modules/.bin/redocly lint ../banyan.yaml
	@PATH="$(CURDIR)/$(BIN):$$PATH"; cd openapi/tools && node_modules/.bin/spectral lint ../banyan.yaml --fail-severity warn
	@$(BIN)/python openapi/sdk/generate.py --check

# What the document promises, asked of the running API by schemathesis.
judged: $(JUDGES)
	@exec $(BIN)/python -m tests.contract.judge --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

image-test: $(JUDGES) ## build the image, run docker-compose.yml on an engine of its own, break it, release under load; needs root
	@exec $(BIN)/python -m tests.image

# The part of it that needs no server.
alerts: $(SYNCED) .venv/promtool
	@$(BIN)/python -m deploy.observability.check $(abspath .venv/promtool)

# Prometheus' own tool alone, out of Debian's package: nothing is installed, and no server starts.
.venv/promtool: | $(SYNCED)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && if command -v promtool >/dev/null; then \
		ln -sf "$$(command -v promtool)" $@; \
	elif cd "$$folder" && { apt-get download -q prometheus || \
		{ apt-get update -q && apt-get download -q prometheus; }; } && dpkg-deb -x prometheus_*.deb .; then \
		cp "$$folder/usr/bin/promtool" "$(CURDIR)/$@"; \
	else \
		echo "make metrics-test needs promtool: install Debian's prometheus, or put it on the PATH" >&2; exit 1; \
	fi

openapi/tools/node_modules: openapi/tools/package-lock.json | $(JUDGES)
	@PATH="$(CURDIR)/$(BIN):$$PATH"; cd openapi/tools && npm ci --ignore-scripts --silent && touch node_modules

# uv comes hashed by pip, everything else hashed by uv. Bytecode now, not by six processes at their first start.
$(SYNCED): requirements/uv.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Banyan needs Python 3.11 or newer and '$(PYTHON)' is not that. Install it, or say make PYTHON=/path/to/python3.11"; \
		exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { echo "Making .venv …"; $(PYTHON) -m venv --clear .venv; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes -p $(BIN)/python requirements/uv.txt requirements/dev.txt
	@touch $@

# Node and its like come with the judges, so that `make up` need not download them.
$(JUDGES): $(SYNCED) requirements/contract.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes -p $(BIN)/python requirements/uv.txt requirements/contract.txt
	@touch $@
