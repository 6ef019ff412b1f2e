"""A sync by delta links that is killed behind every one of its pages loses and doubles nothing."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.store import Store
from tests.storage.sources.fake_dataverse import SECRET, TENANT, FakeDataverse
from tests.storage.sources.fake_odata4_server import Server

ROOT = Path(__file__).parents[2]
PAGE, ROWS = 40, 160
CONFIG = """
[sources.crm]
kind = "dataverse"
url = "{url}"
login = "{url}"
tenant = "{tenant}"
client = "app"
page = {page}
secret_env = "CRM_SECRET"
skip = ["contacts", "opportunities", "tickets", "activities", "contracts", "surveys"]
"""
LEDGER = "SELECT source_id, row_hash FROM account WHERE deleted_at IS NULL ORDER BY source_id"
CURSOR = "SELECT cursor FROM syncstate WHERE stream = 'accounts'"


class Place:
    """A store, and syncs into it of which one can say behind which page they are killed."""

    def __init__(self, folder, server):
        folder.mkdir()
        self.server, self.url = server, f"sqlite:///{folder}/leadline.db"
        config = CONFIG.format(url=server.url, tenant=TENANT, page=PAGE)
        (folder / "leadline.toml").write_text(config)
        self.forker = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("forked_syncs.py"),
             folder / "leadline.toml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": self.url,
                 "CRM_SECRET": SECRET},
        )  # fmt: skip
        self.store = Store(self.url)

    def sync(self, kill_at=None):
        """How it ended, and how many pages of accounts it asked for. `kill_at`: it is killed when
        it asks for this page, at which time the one before it is stored."""
        child, known, asked = [], threading.Event(), []

        def count(path):
            is_sweep = "orderby" in path and "filter" not in path
            is_glance = "top=1" in path  # whether the table is there
            if "/accounts?" not in path or is_sweep or is_glance:
                return
            asked.append(path)
            if len(asked) == kill_at and known.wait(30):
                os.kill(child[0], signal.SIGKILL)

        self.server.asked = count
        self.forker.stdin.write("go\n")
        self.forker.stdin.flush()
        child.append(int(self.forker.stdout.readline()))
        known.set()
        return int(self.forker.stdout.readline()), len(asked)

    def rows(self, query):
        with self.store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def close(self):
        self.store.close()
        self.forker.stdin.close()
        self.forker.stdout.close()
        self.forker.wait(10)


@pytest.fixture
def server():
    made = Server(lambda url: FakeDataverse("accounts", url=url, login="http://login.example.com"))
    yield made
    made.stop()


@pytest.fixture
def places(tmp_path, server):
    made = [Place(tmp_path / name, server) for name in ("whole", "killed")]
    yield made
    for place in made:
        place.close()


def killed_behind_every_page(place):
    """Syncs until one comes to its end, each killed behind its first page; how many were killed."""
    for kills in range(100):
        ended, _ = place.sync(kill_at=2)
        if ended != signal.SIGKILL:
            assert ended == 0
            return kills
    raise AssertionError("it never came to its end")


def write(fake, ids, turn):
    fake.advance(60)
    for one in ids:
        fake.write("accounts", one, name=f"Account {turn}")


@pytest.mark.slow
def test_a_sync_killed_behind_every_page_of_a_delta_feed_loses_and_doubles_nothing(places, server):
    whole, killed = places
    fake = server.fake
    ids = [fake.new() for _ in range(ROWS)]
    write(fake, ids, 1)
    assert killed_behind_every_page(killed) >= ROWS // PAGE
    write(fake, ids[2:150], 2)
    write(fake, [fake.new() for _ in range(20)], 2)
    for one in ids[-5:]:
        fake.delete("accounts", one)
    assert killed_behind_every_page(killed) >= 150 // PAGE
    assert whole.sync()[0] == 0
    stored = killed.rows(LEDGER)
    assert {one for one, _ in stored} == set(fake.sets["accounts"].rows)
    assert stored == whole.rows(LEDGER)
    assert '"next"' not in killed.rows(CURSOR)[0][0]


@pytest.mark.slow
def test_so_does_one_whose_links_expire_while_it_is_dead(places, server):
    whole, killed = places
    fake = server.fake
    write(fake, [fake.new() for _ in range(ROWS)], 1)
    assert killed.sync(kill_at=3)[0] == signal.SIGKILL
    fake.forgets_links.extend([410])
    write(fake, list(fake.sets["accounts"].rows)[:60], 2)
    assert killed.sync()[0] == 0
    assert whole.sync()[0] == 0
    assert killed.rows(LEDGER) == whole.rows(LEDGER)
