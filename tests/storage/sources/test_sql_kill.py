"""A sync from a database that is killed behind every page loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from storage.models import SyncState
from storage.store import Store

ROOT = Path(__file__).parents[3]
ROWS = 1_400
CONFIG = """
[sources.erp]
kind = "sql"
url = "URL"
clock = "SELECT max(changed) FROM lines"
"""
WHOLE = """
[sources.erp.streams.purchase_lines]
query = "SELECT id, po, vendor, day, came FROM lines"
key = ["id"]
columns = {order = "po", supplier = "vendor", ordered_at = "day", received_at = "came"}
"""
WINDOW = """
[sources.erp.streams.purchaseline]
query = "SELECT id, po, qty, changed FROM lines WHERE changed >= :since AND changed < :until"
key = ["id"]
columns = {order_ref = "po", qty = "qty"}
stamp = "changed"
"""
TABLES = ("party", "purchaseorder", "purchaseline", "receipt")
LEDGERS = [
    *(f"SELECT source_id, row_hash, deleted_at IS NULL FROM {table}" for table in TABLES),
    "SELECT entity, source_id, field, old, new FROM fieldchange",
    "SELECT source_id, error FROM quarantine",
]


class Place:
    """A store that is filled from the database, by syncs that die at a page of their own."""

    def __init__(self, folder, url, stream):
        folder.mkdir()
        (folder / "leadline.toml").write_text(CONFIG.replace("URL", url) + stream)
        self.store_url = f"sqlite:///{folder}/leadline.db"
        self.forker = subprocess.Popen(
            [sys.executable, ROOT / "tests/storage/dying_syncs.py", folder / "leadline.toml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": self.store_url},
        )  # fmt: skip

    def sync(self, when="stored", number=10_000):
        """By what it ended: 0, or 9 where it was killed."""
        self.forker.stdin.write(f"{when} {number}\n")
        self.forker.stdin.flush()
        return int(self.forker.stdout.readline())

    def ledgers(self):
        store = Store(self.store_url)
        with store.engine.connect() as connection:
            found = [sorted(map(str, connection.execute(text(query)))) for query in LEDGERS]
        store.close()
        return found

    def is_through(self):
        """Whether what is read now is stored to its end."""
        store = Store(self.store_url)
        with store.reader() as session:
            state = session.exec(select(SyncState)).first().cursor
        store.close()
        return bool(state.get("done", "window" not in state))

    def close(self):
        self.forker.stdin.close()
        self.forker.stdout.close()
        self.forker.wait(10)


@pytest.fixture(params=["sqlite", "postgres"])
def erp(request, tmp_path):
    url = f"sqlite:///{tmp_path}/erp.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    made = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    yield made, url
    made.dispose()


@pytest.fixture(params=[WHOLE, WINDOW], ids=["whole", "window"])
def places(request, erp, tmp_path):
    made = [Place(tmp_path / name, erp[1], request.param) for name in ("whole", "killed")]
    yield made
    for place in made:
        place.close()


def fill(engine, version):
    """The table anew; of some rows the quantity makes no sense, of others in each version."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS lines"))
        connection.execute(text(TABLE))
        connection.execute(text(INSERT), [row(number, version) for number in range(ROWS)])


def row(number, version):
    is_bad = (number + version) % 90 == 5
    return {
        "id": number,
        "po": f"P{number // 3}",
        "vendor": f"V{number % 7}",
        "day": "soon" if is_bad else "2026-01-02",
        "came": f"2026-02-{1 + (number + version) % 28:02}" if number % 2 else None,
        "qty": 10**13 if is_bad else number + version,
        "changed": f"2026-03-0{1 + version} 09:00:00",
    }


TABLE = """CREATE TABLE lines
    (id INT, po TEXT, vendor TEXT, day TEXT, came TEXT, qty BIGINT, changed TIMESTAMP)"""
INSERT = "INSERT INTO lines VALUES (:id, :po, :vendor, :day, :came, :qty, :changed)"


def syncs(place):
    """Syncs that die in turns behind a page and before the next one is in; how the last ended."""
    for kills in range(50):
        how = ("stored", 1) if kills % 2 else ("received", 2)
        ended = place.sync(*how)
        if ended != signal.SIGKILL or place.is_through():
            return ended, kills
    raise AssertionError("it gets nowhere")


@pytest.mark.slow
def test_a_sync_killed_at_every_page_ends_with_what_one_ends_with_that_was_not(erp, places):
    whole, killed = places
    for version in (0, 1):
        fill(erp[0], version)
        assert whole.sync() == 0
        ended, kills = syncs(killed)
        assert ended in (0, signal.SIGKILL)
        assert kills >= 3
        assert killed.sync() == 0
        for mine, theirs in zip(whole.ledgers(), killed.ledgers(), strict=True):
            assert mine == theirs
