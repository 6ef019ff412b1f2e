"""A sync that is killed at any point loses nothing and doubles nothing."""

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
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


class Syncs:
    """Syncs of one folder, one after the other, each of which can be killed."""

    def __init__(self, folder):
        self.forker = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("forked_syncs.py"),
             folder / "leadline.toml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def run(self, kill_after=None):
        """How it ended: 0 when it came to its end, 9 when it was killed; and its seconds."""
        self.forker.stdin.write("go\n")
        self.forker.stdin.flush()
        child, began = int(self.forker.stdout.readline()), time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it came to its end before
                os.kill(child, signal.SIGKILL)
        return int(self.forker.stdout.readline()), time.monotonic() - began

    def close(self):
        self.forker.stdin.close()
        self.forker.stdout.close()
        self.forker.wait(10)


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


@pytest.fixture
def folders(tmp_path):
    found = [exported(tmp_path / name) for name in ("whole", "killed")]
    syncs = [Syncs(folder) for folder in found]
    yield zip(found, syncs, strict=True)
    for one in syncs:
        one.close()


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_double_nothing(folders):
    (whole, unhurt), (killed, hurt) = folders
    unhurt.run()  # the first one is slower
    ended, takes = again(whole, unhurt)
    assert ended == 0
    rng, kills, in_the_middle = random.Random(7), 0, 0
    while kills < KILLS:
        ended, _ = hurt.run(kill_after=rng.uniform(0, 0.9) * takes)
        if ended != signal.SIGKILL:  # it was done before: begin a new store
            ended, _ = again(killed, hurt, kill_after=rng.uniform(0.1, 0.6) * takes)
        kills += ended == signal.SIGKILL
        in_the_middle += is_checked_in_the_middle(killed)
    assert hurt.run()[0] == 0
    for table in TABLES:
        query = (
            f"SELECT source_id, row_hash FROM {table} WHERE deleted_at IS NULL ORDER BY source_id"
        )
        assert content(killed, query) == content(whole, query)
    assert in_the_middle >= 10, "too few kills met a sync at work"


def again(folder, syncs, **more):
    """A sync into a new store."""
    for file in folder.glob("leadline.db*"):
        file.unlink()
    return syncs.run(**more)


def is_checked_in_the_middle(folder):
    """Checks what a killed sync left; whether it was at work."""
    made = "SELECT 1 FROM sqlite_master WHERE name = 'syncstate'"
    if not (folder / "leadline.db").exists() or not content(folder, made):
        return False
    check_cursor(folder)
    cursor = line_of_the_cursor(folder)
    return bool(cursor and not cursor[1])
