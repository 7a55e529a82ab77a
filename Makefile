# Everything that a person does with Dure. `make help` lists it.
PYTHON ?= python3
PORT ?= 8000
ONLY ?=
SCHEDULES ?= 10000
PRODUCT ?=
BAKE_PYTHON ?= python3.11
TESTS ?= tests
V := .venv/bin/python
M := env DEBUG=1 $(V) manage.py
# Without a key given, Django would keep one in a folder of this clone outside the clone; only `run` needs that.
N := env DEBUG=1 SECRET_KEY=signs-nothing

.DEFAULT_GOAL := help
.PHONY: help run staff-login clean-data test chaos check bench format requirements messages openapi install install-dev assets bake

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: install ## everything, on http://127.0.0.1:8000 (PORT=8010 make run); Ctrl-C ends it
	@exec env DEBUG=1 PORT=$(PORT) $(V) manage.py run

staff-login: install ## the demo's staff login, once more
	@$(M) staff_login

clean-data: install ## remove the databases and files that `make run` made
	@$(N) $(V) manage.py services erase

test: assets ## every test, on services and a browser of its own (TESTS=tests/unit make test)
	@$(V) scripts/browser.py
	@exec $(N) $(V) scripts/tests.py $(TESTS)

chaos: assets ## 10,000 random schedules of people, and a factory under 100 kills (SCHEDULES=500 make chaos)
	@exec env DURE_SCHEDULES=$(SCHEDULES) $(N) $(V) scripts/tests.py -s tests/concurrency tests/stack/test_factory_chaos.py

check: assets ## style, types, layers, templates, migrations, translations, requirements, API file
	@$(V) scripts/check.py

bench: assets ## every benchmark (ONLY=rules make bench)
	@exec $(N) $(V) manage.py services exec $(V) -m benchmarks $(ONLY)

format: install-dev ## format Python and templates
	@$(V) scripts/check.py --format

messages: install-dev ## bring the translations up to date with the sources
	@$(N) $(V) scripts/messages.py

requirements: install-dev ## compile requirements*.in to the hashed requirements*.txt
	@$(V) scripts/requirements.py

openapi: install-dev ## write docs/openapi.yaml
	@$(N) $(V) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

bake: ## photograph a product anew, with Blender, for an hour or so (PRODUCT=on-dam make bake; needs Python 3.11)
	@DURE_VENV=.venv-bake $(BAKE_PYTHON) scripts/bootstrap.py photography/requirements.txt
	@.venv-bake/bin/python -m photography $(or $(PRODUCT),$(error Which product? PRODUCT=on-dam make bake)) $(BAKE)

install:
	@$(PYTHON) scripts/bootstrap.py requirements.txt

install-dev:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt

assets: install-dev
	@$(N) $(V) manage.py assets
