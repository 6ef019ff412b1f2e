"""A sync that is killed at any point loses nothing and doubles nothing."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import select

from storage.models import SyncState
from storage.sources._csv_rows import PAGE
from storage.store import Store

ROOT = Path(__file__).parents[2]
ROWS, GONE, TRIES = 3_000, 100, 20
CONFIG = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["id"]
[sources.old.streams.purchase_lines.columns]
order = "po"
supplier = "vendor"
ordered_at = "day"
received_at = "in"
promised_on = "promised"
"""
TABLES = ("party", "purchaseorder", "purchaseline", "receipt")
# Whatever a kill may not change: the facts, what they said before, and what was held back.
LEDGERS = [
    *(f"SELECT source_id, row_hash, deleted_at IS NULL FROM {table}" for table in TABLES),
    "SELECT entity, source_id, field, old, new FROM fieldchange",
    "SELECT source_id, error FROM quarantine",
]


def rows_of(version, count=ROWS):
    """The rows of a version of the file: two an order; all promises differ from the last one's.

    Some make no sense and some have no key, others in each version.
    """
    for number in range(count):
        turn = number + version
        day = f"2026-{number % 12 + 1:02}-{number % 27 + 1:02}"
        yield {
            "id": "" if turn % 400 == 0 else f"L{number}",
            "po": f"P{number // 2}",
            "vendor": f"V{number % 50}",
            "day": day,
            "in": "soon" if turn % 40 == 7 else day if number % 3 else "",
            "promised": f"2026-12-{turn % 28 + 1:02}",
        }


class Place:
    """A folder with an export, a store, and syncs between them that can be killed."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        folder.mkdir()
        (folder / "leadline.toml").write_text(CONFIG)
        self.forker = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("forked_syncs.py"),
             folder / "leadline.toml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": url},
        )  # fmt: skip
        self.store = Store(url)

    def export(self, version, count=ROWS):
        """Puts a new file in the place of the old one."""
        with (self.folder / "new").open("w", newline="") as file:
            out = csv.DictWriter(file, ["id", "po", "vendor", "day", "in", "promised"])
            out.writeheader()
            out.writerows(rows_of(version, count))
        (self.folder / "new").replace(self.folder / "po.csv")

    def begin(self):
        """A sync goes off; its process."""
        self.forker.stdin.write("go\n")
        self.forker.stdin.flush()
        return int(self.forker.stdout.readline())

    def end(self):
        """How it ended: 0 when it came to its end, 9 when it was killed."""
        return int(self.forker.stdout.readline())

    def run(self, kill_after=None):
        """How it ended, and its seconds."""
        child, began = self.begin(), time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            kill(child)
        return self.end(), time.monotonic() - began

    def rows(self, query):
        with self.store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def state(self):
        """The cursor of the stream and whether it was swept since; null before its first page."""
        if not inspect(self.store.engine).has_table("syncstate"):
            return None
        with self.store.reader() as session:
            state = session.exec(select(SyncState)).first()
        return (state.cursor, state.swept_at is not None) if state and state.cursor else None

    def ledgers(self):
        return [sorted(self.rows(query), key=str) for query in LEDGERS]

    def close(self):
        self.store.close()
        self.forker.stdin.close()
        self.forker.stdout.close()
        self.forker.wait(10)


def kill(child):
    with suppress(ProcessLookupError):  # it came to its end before
        os.kill(child, signal.SIGKILL)


@pytest.fixture(params=[("sqlite", 50), ("postgres", 12)], ids=lambda how: how[0])
def places(request, tmp_path):
    """Two places that get the same files, and how many syncs of the second are to be killed."""
    (engine, kills), opened = request.param, ExitStack()
    names = ("whole", "killed")
    if engine == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}/leadline.db" for name in names]
    else:
        server = request.getfixturevalue("postgres_server")
        urls = [opened.enter_context(server.database()) for _ in names]
    made = [Place(tmp_path / name, url) for name, url in zip(names, urls, strict=True)]
    yield *made, kills
    for place in made:
        place.close()
    opened.close()


class Versions:
    """Gives both places a new file each time the second has the last one whole."""

    def __init__(self, whole, killed):
        self.whole, self.killed, self.number = whole, killed, -1
        self.next()

    def next(self, count=ROWS):
        self.number += 1
        for place in (self.whole, self.killed):
            place.export(self.number, count)
        ended, self.takes = self.whole.run()
        assert ended == 0

    def compare(self):
        for mine, theirs in zip(self.whole.ledgers(), self.killed.ledgers(), strict=True):
            assert mine == theirs

    def is_checked_in_the_middle(self):
        """Whether a killed sync was at work; and then, whether it left what its cursor says."""
        state = self.killed.state()
        if state is None or state[0]["done"] or not state[0]["rows"]:
            return False
        rows = list(rows_of(self.number))
        stored = dict(self.killed.rows("SELECT source_id, promised_on FROM purchaseline"))
        come = {row["id"] for row in rows if stored.get(row["id"]) == row["promised"]}
        sure = {row["id"] for row in rows[: state[0]["rows"]] if row["id"] and row["in"] != "soon"}
        assert sure <= come
        assert len(come - sure) <= PAGE
        return True


@pytest.mark.slow
def test_kills_lose_nothing_and_double_nothing(places):
    whole, killed, wanted = places
    versions = Versions(whole, killed)
    rng, kills, in_the_middle = random.Random(7), 0, 0
    while kills < wanted:
        ended, _ = killed.run(kill_after=rng.uniform(0, 0.9) * versions.takes)
        if ended == signal.SIGKILL:
            kills += 1
            in_the_middle += versions.is_checked_in_the_middle()
        else:
            assert ended == 0
            versions.compare()
            versions.next()
    assert killed.run()[0] == 0
    versions.compare()
    assert in_the_middle >= wanted / 5, "too few kills met a sync at work"


@pytest.mark.slow
def test_rows_that_left_the_file_go_also_if_the_sync_was_killed_before_it_looked(places):
    whole, killed, _ = places
    versions = Versions(whole, killed)
    for _ in range(TRIES):  # the moment between the last page and the look is a short one
        assert killed.run()[0] == 0
        versions.next(ROWS - GONE)
        if is_killed_before_its_sweep(killed):
            break
        versions.next()
    else:
        raise AssertionError("it was too quick to be caught")
    assert len(killed.rows("SELECT 1 FROM purchaseline WHERE deleted_at IS NULL")) > ROWS - GONE
    assert killed.run()[0] == 0
    versions.compare()


def is_killed_before_its_sweep(place):
    """Kills a sync that has stored its last page and not looked yet for what is gone."""
    before, child = place.state(), place.begin()
    while (state := place.state()) == before or not state[0]["done"]:
        time.sleep(0.001)
    kill(child)
    return place.end() == signal.SIGKILL and place.state() == (state[0], False)
