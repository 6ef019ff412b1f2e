"""A sync that is killed behind every page of a keyset loses nothing and doubles nothing."""

import os
import queue
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.store import Store
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.fake_salesforce_tokens import CLIENT, SECRET
from tests.storage.sources.loopback import Loopback

ROOT = Path(__file__).parents[2]
PAGE = 20
CONFIG = """
[sources.crm]
kind = "salesforce"
url = "{url}"
client = "{client}"
secret_env = "CRM_SECRET"
page_rows = {page}
skip = ["accounts", "contacts", "contracts", "tickets", "activities", "items", "sales",
        "sale_lines"]
"""
LEDGERS = [
    "SELECT source_id, row_hash, deleted_at IS NULL FROM opportunity",
    "SELECT entity, source_id, field, old, new FROM fieldchange",
]


class Lethal(FakeSalesforce):
    """Kills who asks for a second page: the first one is stored by then."""

    def __init__(self):
        super().__init__()
        self.children, self.pages, self.kills = queue.Queue(), 0, False

    def answer(self, method, url, headers, body):
        if "SELECT+Id%2C" in url or "SELECT%20Id%2C" in url:
            self.pages += 1
            if self.kills and self.pages == 2:
                os.kill(self.children.get(timeout=20), signal.SIGKILL)
                return 0, {}, b""
        return super().answer(method, url, headers, body)


class Place:
    """A folder with a store that syncs, forked off one process, fill from the fake."""

    def __init__(self, folder, server):
        self.fake, self.url = server.fake, f"sqlite:///{folder}/leadline.db"
        folder.mkdir()
        config = folder / "leadline.toml"
        config.write_text(CONFIG.format(url=server.url, client=CLIENT, page=PAGE))
        self.forker = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("forked_syncs.py"), config],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
                 "DATABASE_URL": self.url, "CRM_SECRET": SECRET},
        )  # fmt: skip

    def run(self, kills):
        """How a sync ended: 0 at its end, 9 if it was killed."""
        self.fake.pages, self.fake.kills = 0, kills
        self.fake.children = queue.Queue()
        self.forker.stdin.write("go\n")
        self.forker.stdin.flush()
        self.fake.children.put(int(self.forker.stdout.readline()))
        return int(self.forker.stdout.readline())

    def ledgers(self):
        store = Store(self.url)
        with store.engine.connect() as connection:
            found = [sorted(map(tuple, connection.execute(text(query))), key=str)
                     for query in LEDGERS]  # fmt: skip
        store.close()
        return found

    def close(self):
        self.forker.stdin.close()
        self.forker.stdout.close()
        self.forker.wait(10)


@pytest.fixture
def server():
    fake = Lethal()
    server = Loopback(fake)
    fake.url = server.url
    yield server
    server.stop()


@pytest.fixture
def places(tmp_path, server):
    made = [Place(tmp_path / name, server) for name in ("whole", "killed")]
    yield made
    for place in made:
        place.close()


@pytest.mark.slow
def test_a_kill_behind_every_page_loses_nothing_and_doubles_nothing(places, server):
    whole, killed = places
    fake, kills = server.fake, 0
    ids = fake.put("Opportunity", [values(n) for n in range(5 * PAGE + 7)])
    fake.advance(3600)
    for version in range(2):
        for number, id_ in enumerate(ids):  # all with one stamp
            fake.change("Opportunity", id_, **values(number, version))
        fake.delete("Opportunity", ids[:4])
        ids = ids[4:]
        fake.advance(3600)
        while killed.run(kills=True) == signal.SIGKILL:
            kills += 1
            fake.change("Opportunity", ids[kills % len(ids)], Amount=kills + 0.75)
            fake.advance(1)
        fake.advance(600)
        assert killed.run(kills=False) == 0
        assert whole.run(kills=False) == 0
        assert [killed.ledgers()[0]] == [whole.ledgers()[0]]
        assert set(killed.ledgers()[1]) >= set(whole.ledgers()[1])
    assert kills >= 2 * 5


def values(number, version=0):
    return {"Name": f"Deal {number}", "StageName": f"Stage {version}", "Amount": number + 0.5,
            "Owner.Email": "a@b.example"}  # fmt: skip
