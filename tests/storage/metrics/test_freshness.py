"""Freshness: old, failed and never read never look healthy."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.metrics.freshness import freshness
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def found(world, limits=None):
    with world.reader() as session:
        return {one.stream: one for one in freshness(session, NOW, limits or {}, 2 * HOUR)}


def test_a_stream_is_stale_beyond_the_limit_of_its_source(world):
    world.synced("odoo:erp", "sales", "salesorder", NOW - 2 * HOUR)
    world.synced("odoo:erp", "items", "item", NOW - 2 * HOUR - timedelta(microseconds=1))
    assert {name: one.is_stale for name, one in found(world).items()} == {
        "sales": False, "items": True,
    }  # fmt: skip
    assert found(world, {"odoo:erp": HOUR})["sales"].is_stale


def test_a_stream_that_never_succeeded_has_no_age_and_is_stale(world):
    world.synced("odoo:erp", "sales", "", None, tried=NOW, error="refused", failures=3)
    one = found(world)["sales"]
    assert (one.age, one.is_stale, one.is_healthy) == (None, True, False)
    assert (one.tables, one.error, one.failures) == ((), "refused", 3)


def test_a_fresh_stream_whose_last_pull_failed_is_not_healthy(world):
    world.synced("odoo:erp", "sales", "salesorder", NOW - HOUR, error="timed out", failures=1)
    one = found(world)["sales"]
    assert (one.is_stale, one.is_healthy) == (False, False)


def test_refused_rows_are_counted_by_stream(world):
    world.synced("odoo:erp", "sales", "salesorder,salesline", NOW, rows=7)
    world.synced("odoo:erp", "items", "item", NOW)
    for number in range(3):
        world.quarantined("odoo:erp", "sales", str(number), "no date", NOW)
    world.quarantined("odoo:other", "sales", "9", "no date", NOW)
    assert (found(world)["sales"].refused, found(world)["items"].refused) == (3, 0)
    assert found(world)["sales"].written == 7
    assert found(world)["sales"].tables == ("salesorder", "salesline")


def test_a_replay_of_the_past_has_no_negative_age(world):
    world.synced("odoo:erp", "sales", "salesorder", NOW + HOUR)
    assert found(world)["sales"].age == timedelta(0)
