"""32,000 changes in an account at its worst, through the engine into SQLite: none may be lost."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import sync
from storage.models import FACTS
from storage.sources import hubspot as connector
from tests.storage.conftest import fresh
from tests.storage.sources.fake_hubspot import SEARCH_CAP, TOKEN, FakeHubSpot
from tests.storage.sources.hubspot_harness import hubspot, served

pytestmark = pytest.mark.slow  # 32,000 changes

KEY = "hubspot:main"
TABLES = {
    "companies": "account", "deals": "opportunity", "tickets": "ticket",
    "subscriptions": "contract",
}  # fmt: skip
NAMES = {"companies": "name", "deals": "dealname", "tickets": "subject", "subscriptions": "hs_name"}
COLUMNS = {"companies": "name", "deals": "name", "tickets": "subject", "subscriptions": "number"}
ONE_BY_ONE = ("deals", "tickets", "subscriptions")
FAULTS = ("429", "500", "429_retry_after", "502", "drop", "html")
POLL = 600
DAY = timedelta(days=1)


class Busy:
    """An account whose people work while it is read; each of its changes is one that can be lost.

    Companies are updated by one batch, with one stamp. The others are changed, made and archived
    one by one, in between the requests too, and show in the search up to five minutes later.
    No record is changed twice, so that every change can be told from its loss.
    """

    def __init__(self, fake: FakeHubSpot, companies: int, others: int):
        self.fake, self.random = fake, random.Random(7)
        self.changes = 0
        self.ids = {
            kind: fake.create(kind, [{NAMES[kind]: f"{kind} {n}"} for n in range(count)])
            for kind, count in {"companies": companies, **dict.fromkeys(ONE_BY_ONE, others)}.items()
        }
        for kind in ONE_BY_ONE:
            for number, one in enumerate(self.ids[kind]):
                fake.link(kind, one, self.ids["companies"][number % companies], "Primary")
        self.todo = [
            (work, kind, one)
            for kind in ONE_BY_ONE
            for number, one in enumerate(self.ids[kind])
            for work in (("archive",) if number % 9 == 0 else ("change",))
        ] + [("create", kind, "") for kind in ONE_BY_ONE for _ in range(others // 9)]
        self.random.shuffle(self.todo)

    def batch(self):
        stamped = {one: {"name": f"company {one} renamed"} for one in self.ids["companies"]}
        self.fake.change("companies", stamped, late=40)
        self.changes += len(stamped)

    def work(self, changes):
        for _ in range(min(changes, len(self.todo))):
            self._one(*self.todo.pop())

    def _one(self, work, kind, record_id):
        late = self.random.choice((0, 5, 30, 59, 61, 120, 299))
        told = {NAMES[kind]: f"{work}d as change {self.changes}"}
        if work == "change":
            self.fake.change(kind, {record_id: told}, late)
        elif work == "archive":
            self.fake.archive(kind, [record_id], late)
        else:
            self.fake.create(kind, [told], late)
        self.changes += 1


class Follower:
    """The store, and the engine that keeps it up with the account."""

    def __init__(self, store, url, fake):
        self.store, self.url, self.fake = store, url, fake
        self.errors = 0

    def follow(self):
        """One poll of all streams; whether all of them went well."""
        source = hubspot(self.url, self.fake)
        try:
            results = sync.run(
                KEY, source, self.store, self.fake.now, owner="test",
                clock=lambda: self.fake.now, only=list(TABLES),
            )  # fmt: skip
        finally:
            source.http.close()
        failed = [result for result in results if result.error]
        self.errors += len(failed)
        return not failed

    def lost(self):
        """Records whose value here is not the one there, and those that are only here."""
        return [
            (kind, one)
            for kind, table in TABLES.items()
            for one in self._differing(kind, table, self.fake.living(kind))
        ]

    def _differing(self, kind, table, truth):
        there = {key: (one[NAMES[kind]], self._company(kind, key)) for key, one in truth.items()}
        rows = FACTS[table].__table__.select().where(text("deleted_at IS NULL"))
        with self.store.reader() as session:
            here = {
                row["source_id"]: (row[COLUMNS[kind]], row.get("account_ref"))
                for row in session.execute(rows).mappings()
            }
        return {one for one in {*there, *here} if there.get(one) != here.get(one)}

    def _company(self, kind, record_id):
        links = self.fake.objects(kind).links.get(int(record_id), [])
        return str(links[0][0]) if links else None


def play(fake, follower, busy, per_poll):
    """Loads all, then follows until the last change has had its time, within one day."""
    while not follower.follow():
        fake.advance(POLL)
    assert follower.lost() == []
    begun = fake.now
    fake.requests.clear()
    fake.advance(3600)
    busy.batch()
    fake.between = lambda: busy.work(2)
    while busy.todo:
        busy.work(per_poll)
        fake.advance(POLL)
        follower.follow()
    fake.between = lambda: None
    for _ in range(8):  # the archived are looked for by the hour
        fake.advance(POLL)
        follower.follow()
    assert fake.now - begun < DAY
    # no second reading of whole lists made good what the search did not give
    lists = [asked for method, _, asked in fake.requests if method == "GET"]
    assert {asked["archived"] for asked in lists} == {"true"}


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "leadline.db")
    yield made
    made.close()


@pytest.fixture
def server():
    with served(FakeHubSpot()) as server:
        yield server


def followed(server, store, companies, others, per_poll):
    fake = server.fake
    busy = Busy(fake, companies, others)
    fake.advance(60)
    fake.fail_every(31, *FAULTS)
    follower = Follower(store, server.url, fake)
    play(fake, follower, busy, per_poll)
    return busy, follower


@pytest.mark.slow
def test_none_of_32_000_changes_is_lost(server, store):
    busy, follower = followed(server, store, companies=12_002, others=6_000, per_poll=1_500)
    assert busy.changes == 32_000
    assert follower.lost() == []
    assert follower.errors > 0, "no fault of the account ended a run"
    assert set(server.fake.struck) == set(FAULTS)


def test_none_of_a_few_hundred_changes_is_lost(server, store):
    busy, follower = followed(server, store, companies=300, others=180, per_poll=50)
    assert busy.changes == 900
    assert follower.lost() == []


def test_a_source_that_trusts_the_search_at_once_loses_changes_here(server, store, monkeypatch):
    monkeypatch.setattr(connector, "LOOKBACK", timedelta(0))
    monkeypatch.setattr(connector, "SETTLE", timedelta(0))
    busy, follower = followed(server, store, companies=300, others=180, per_poll=50)
    assert busy.changes == 900
    assert len(follower.lost()) > 10


def test_the_account_refuses_to_page_a_search_beyond_its_cap():
    fake = FakeHubSpot()
    fake.create("companies", [{}] * (SEARCH_CAP + 1), late=0)
    asked = {"filterGroups": [], "properties": [], "sorts": ["hs_object_id"], "limit": 200}
    statuses = []
    for after in (0, SEARCH_CAP - 200, SEARCH_CAP):
        fake.advance(1)
        path = "/crm/v3/objects/companies/search"
        status, _ = fake.answer("POST", path, {**asked, "after": str(after)}, f"Bearer {TOKEN}")
        statuses.append(status)
    assert statuses == [200, 200, 400]
