# `make demo` and `make test` need python3 (3.11 or newer, with venv) and nothing else:
# each builds .venv first.  Another interpreter: make PYTHON=python3.13 test

PYTHON ?= python3
PYTEST_WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin

export PYRIGHT_PYTHON_IGNORE_WARNINGS = 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two installations must not work in the same .venv at once.
.NOTPARALLEL:

.PHONY: help
help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.stamp-demo ## check the five documents and write build/report.html
	$(BIN)/symcnn demo

.PHONY: test
test: lint ## ruff, pyright, then all tests and doctests
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup

.PHONY: soak
soak: $(VENV)/.stamp-test ## random tests for soundness, as long as wanted; MINUTES=20 SEED=1
	$(BIN)/python -m tests.soundness --workers $(PYTEST_WORKERS) \
		$(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

.PHONY: proofs
proofs: ## replay all stored proofs in a bare interpreter
	'$(PYTHON)' -I -S symcnn/kernel proofs

.PHONY: lint
lint: $(VENV)/.stamp-test ## ruff and pyright only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

.PHONY: format
format: $(VENV)/.stamp-test ## reformat the code and sort its imports
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: bench
bench: $(VENV)/.stamp-bench ## run the benchmarks
	$(BIN)/python -m pytest benchmarks --benchmark-only

.PHONY: theorems
theorems: $(VENV)/.stamp-demo ## search for each theorem of proofs and write docs/theorems.md; SECONDS=4
	$(BIN)/python -m benchmarks.theorems $(if $(SECONDS),--seconds $(SECONDS))

.PHONY: mutants
mutants: $(VENV)/.stamp-test ## change the project and see that tests notice; TARGET=kernel MODULE=laws SAMPLE=50 SEED=1 QUICK=1
	$(BIN)/python -m tests.mutation $(MODULE) $(if $(TARGET),--target $(TARGET)) \
		$(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(QUICK),--quick)

.PHONY: clean
clean: ## remove caches and build results
	rm -rf build dist *.egg-info .benchmarks .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## remove .venv as well
	rm -rf $(VENV)

# Install $(what) into the venv, and make it first where there is none.
#
# The stamp is written last.  The file .unfinished is there only while the work goes on: when it is still
# there at the next call, or when the venv has no working pip, the work was broken off half-way and the
# venv is made again from nothing.
define install_into_venv
@command -v '$(PYTHON)' >/dev/null 2>&1 || { \
	echo "error: no '$(PYTHON)' on this machine. Install Python 3.11 or newer," \
		"or name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "error: '$(PYTHON)' is $$('$(PYTHON)' --version 2>&1); symcnn needs Python 3.11 or newer." \
		"Name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
@'$(PYTHON)' -c 'import venv, ensurepip' 2>/dev/null || { \
	echo "error: '$(PYTHON)' has no venv module (with ensurepip)." \
		"On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
@set -e; \
if [ -e $(VENV) ] && { [ -e $(VENV)/.unfinished ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; }; then \
	echo "$(VENV) was left half-made: making it again"; \
	rm -rf $(VENV); \
fi; \
if [ ! -e $(VENV) ]; then \
	echo "making $(VENV)"; \
	mkdir $(VENV); : > $(VENV)/.unfinished; \
	'$(PYTHON)' -m venv $(VENV); \
fi; \
echo "installing $(what) (a minute or two the first time)"; \
: > $(VENV)/.unfinished; \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(what)'; \
rm $(VENV)/.unfinished; \
touch $@
endef

$(VENV)/.stamp-demo: what = .[plots]
$(VENV)/.stamp-demo: pyproject.toml
	$(install_into_venv)

$(VENV)/.stamp-test: what = .[test,dev]
$(VENV)/.stamp-test: pyproject.toml
	$(install_into_venv)
	@touch $(VENV)/.stamp-demo

$(VENV)/.stamp-bench: what = .[bench]
$(VENV)/.stamp-bench: pyproject.toml
	$(install_into_venv)
	@touch $(VENV)/.stamp-demo
