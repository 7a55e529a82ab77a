# Everything that a person does with Dure. `make help` lists it.
PYTHON ?= python3
PORT ?= 8000
V := .venv/bin/python
M := $(V) manage.py

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test check bench format requirements messages openapi migrations staff-login clean-data

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

install:
	@$(PYTHON) scripts/bootstrap.py requirements.txt

install-dev:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt

run: install ## everything, on http://127.0.0.1:8000 (PORT=8010 make run); Ctrl-C ends it
	@exec env DEBUG=1 PORT=$(PORT) $(M) run

staff-login: install ## the demo's staff login, again
	@env DEBUG=1 $(M) staff_login

clean-data: install ## remove the databases and files that `make run` made
	@env DEBUG=1 $(M) services erase

requirements: install-dev ## compile requirements*.in to the hashed requirements*.txt
	@$(V) scripts/requirements.py

