"""A sync that is killed at any point loses nothing and doubles nothing."""

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.sources.csv_file import PAGE

ROOT = Path(__file__).parents[2]
ROWS, KILLS = 12_000, 50
CONFIG = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po"]
[sources.old.streams.purchase_lines.columns]
supplier = "vendor"
ordered_at = "day"
received_at = "in"
"""
TABLES = ("party", "purchaseorder", "purchaseline", "receipt")


def exported(folder):
    folder.mkdir()
    (folder / "leadline.toml").write_text(CONFIG)
    with (folder / "po.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["po", "vendor", "day", "in"])
        for number in range(ROWS):
            day = f"2026-{number % 12 + 1:02}-{number % 27 + 1:02}"
            out.writerow([f"P{number}", f"V{number % 50}", day, day if number % 3 else ""])
    return folder


def sync(folder):
    env = {**os.environ, "LEADLINE_CONFIG": str(folder / "leadline.toml"),
           "PYTHONPATH": str(ROOT), "LEADLINE_NOW": "2027-01-01T00:00:00Z"}  # fmt: skip
    env.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "sync", "old"], env=env, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def finished(folder):
    with sync(folder) as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said


def content(folder, sql):
    store = sqlite3.connect(folder / "leadline.db")
    try:
        return store.execute(sql).fetchall()
    finally:
        store.close()


def line_of_the_cursor(folder):
    """The last line of the file that is stored, by the cursor; null before the first page."""
    found = content(folder, "SELECT cursor->>'line', cursor->>'done' FROM syncstate")
    return found[0] if found and found[0][0] is not None else None


def check_cursor(folder):
    """What the cursor says is stored is stored, and at most a part of the next page beyond it."""
    orders = content(folder, "SELECT count(*) FROM purchaseorder")[0][0]
    cursor = line_of_the_cursor(folder)
    line, is_done = cursor or (1, False)
    sure = ROWS if is_done else line - 1
    assert sure <= orders <= min(ROWS, sure + PAGE)


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path):
    whole = exported(tmp_path / "whole")
    began = time.monotonic()
    finished(whole)
    takes = time.monotonic() - began
    killed = exported(tmp_path / "killed")
    rng, kills, in_the_middle = random.Random(7), 0, 0
    while kills < KILLS:
        process = sync(killed)
        time.sleep(rng.uniform(0.45, 1.1) * takes)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:  # it was done before: begin a new store
            for file in killed.glob("leadline.db*"):
                file.unlink()
            continue
        kills += 1
        if (killed / "leadline.db").exists() and content(
            killed, "SELECT 1 FROM sqlite_master WHERE name = 'syncstate'"
        ):
            check_cursor(killed)
            cursor = line_of_the_cursor(killed)
            in_the_middle += bool(cursor and not cursor[1])
    finished(killed)
    for table in TABLES:
        query = (
            f"SELECT source_id, row_hash FROM {table} WHERE deleted_at IS NULL ORDER BY source_id"
        )
        assert content(killed, query) == content(whole, query)
    assert in_the_middle >= 10, "too few kills met a sync at work"
