# Two commands matter: `make demo` and `make test`. Each sets up all that it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --disable-pip-version-check --progress-bar on --require-hashes
# where the machine has no Node, ours is there
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: bench bench-forecasts pictures demo run test check check-static quick format format-check lint types layers pins clean

$(VENV)/run.stamp: requirements.txt
	@echo "Setting up Python packages (about 50 MB to download, once)"
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-test.txt $(VENV)/run.stamp
	@echo "Setting up the test tools (about 200 MB to download, once)"
	@$(PIP) -r requirements-test.txt
	@touch $@

$(VENV)/node.stamp: requirements-node.txt $(VENV)/run.stamp
	@command -v npm >/dev/null || { echo "Setting up Node (about 60 MB to download, once)"; \
	  $(PIP) -r requirements-node.txt; }
	@touch $@

demo: $(VENV)/node.stamp ## a sample company and a local workspace in the browser
	@$(BIN)/python -m bot demo $(ARGS)

run: $(VENV)/run.stamp ## any verb: make run ARGS="ask lead-time"
	@$(BIN)/python -m bot $(ARGS)

test: $(VENV)/test.stamp $(VENV)/node.stamp ## all tests
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

quick: $(VENV)/test.stamp ## what needs no Node, browser or ERP
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

check: check-static quick ## what every commit passes

check-static: format-check lint types layers

format: $(VENV)/test.stamp
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

format-check: $(VENV)/test.stamp
	@$(BIN)/ruff format --check .

lint: $(VENV)/test.stamp
	@$(BIN)/ruff check .

types: $(VENV)/test.stamp
	@$(BIN)/mypy

layers: $(VENV)/test.stamp
	@$(BIN)/lint-imports

bench: $(VENV)/test.stamp ## answers on 100,000 rows, rules on a million lines, false alarms (minutes)
	@BENCH_ANSWERS=100000 $(BIN)/python -m pytest tests/commands tests/test_every_mode.py -k "in_seconds or in_time or many_lines" --durations=20
	@BENCH_LINES=1000000 $(BIN)/python -m pytest tests/bot/alerts/test_rounds_large.py tests/storage/metrics/bench_unusual.py --junit-xml=.cache/bench.xml
	@grep -o '<property [^>]*>' .cache/bench.xml
	@BENCH_ROWS=1000000 $(BIN)/python -m pytest tests/bot/test_backfill.py -k back_fill --junit-xml=.cache/backfill.xml
	@grep -o '<property [^>]*>' .cache/backfill.xml

bench-forecasts: $(VENV)/test.stamp requirements-bench.txt ## what forecasts reach beside what is asked of them (minutes); ARGS="--format json"
	@$(PIP) -q -r requirements-bench.txt
	@$(BIN)/python -W ignore -m tests.storage.forecasts.bench $(ARGS)

pictures: $(VENV)/test.stamp $(VENV)/node.stamp ## the pictures of the README, from the demo
	@$(BIN)/python -m tests.bot.demo.pictures

PINS := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url
pins: ## write the pinned requirements anew after a change in pyproject.toml
	$(PINS) pyproject.toml -o requirements.txt
	$(PINS) --extra test pyproject.toml -o requirements-test.txt
	$(PINS) --extra node pyproject.toml -o requirements-node.txt
	$(PINS) --extra bench --extra test pyproject.toml -o requirements-bench.txt
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["tryton-test"], sep="\n")' \
	  | $(PINS) - -o requirements-tryton.txt

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
