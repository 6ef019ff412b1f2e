"""The mark changes when something could be known that was not; else it stays the same."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.known.version import version
from storage.models import SyncRun, SyncState
from tests.storage.world import BERLIN, World

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    put(made, SyncState(source="odoo:erp", stream="sales"), ran())
    return made


def ran(outcome="ok", written=5, deleted=0):
    return SyncRun(
        source="odoo:erp", stream="sales", started_at=NOON, outcome=outcome, written=written,
        deleted=deleted,
    )  # fmt: skip


def put(world, *rows):
    with world.store.writer() as session:
        for row in rows:
            session.add(row)


def mark(world, now=NOON, *zones):
    with world.reader() as session:
        return version(session, now, zones or (BERLIN,))


def test_nothing_changes_within_a_day_by_itself(world):
    assert mark(world) == mark(world, NOON + timedelta(hours=9))
    put(world, ran(written=0))
    assert mark(world) == mark(world, NOON + timedelta(hours=9))


@pytest.mark.parametrize(
    "run", [ran(), ran(written=0, deleted=1), ran("failed"), ran("abandoned", 0), ran("running", 0)]
)
def test_a_pull_that_changed_something_or_may_have_changes_it(world, run):
    before = mark(world)
    put(world, run)
    assert mark(world) != before


def test_a_day_that_ends_in_any_zone_changes_it(world):
    tokyo = ZoneInfo("Asia/Tokyo")
    before = mark(world, NOON, BERLIN, tokyo)
    assert mark(world, NOON + timedelta(hours=2), BERLIN, tokyo) == before
    assert mark(world, NOON + timedelta(hours=4), BERLIN, tokyo) != before


def test_the_zones_of_sites_count_too_and_one_that_is_none_is_passed_over(world):
    world.site("Tokyo", tz="Asia/Tokyo")
    world.site("Nowhere", tz="Mars/Base")
    assert mark(world) != mark(world, NOON + timedelta(hours=4))


def test_a_word_on_a_link_changes_it(world):
    before = mark(world)
    world.link("p", "a")
    assert mark(world) != before


def test_while_something_is_pulled_nobody_can_tell(world):
    put(world, SyncState(source="odoo:erp", stream="orders", lease_until=NOON))
    assert mark(world) is None
