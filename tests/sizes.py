"""How many rows answers are timed on: some in every run, a hundred thousand in `make bench`."""

import os

FULL = 100_000
ROWS = int(os.environ.get("BENCH_ANSWERS", "15000"))
# CPU seconds of an answer on as many rows: on the full number it takes three where nothing else
# runs, and a shared machine may take ten; less than a quarter of that says nothing
SECONDS = 10.0 * max(0.25, ROWS / FULL)
