import copy
from datetime import UTC, datetime, timedelta

import pytest

from storage.metrics._unrest import History
from storage.metrics.unusual import LEVEL, fires, level, unusual
from tests.storage.metrics.alarms import BEFORE, YEAR, alarms, delays
from tests.storage.metrics.supplied import Supplier, day, purchases
from tests.storage.world import BERLIN, World

DAILY, WEEKLY = timedelta(days=1), timedelta(days=7)


def slowed(seed, one=None, at=BEFORE, factor=1.5):
    return History(purchases(one or Supplier(), seed, at + YEAR, at, factor))


def test_among_many_suppliers_a_chance_finding_is_not_named():
    one = slowed(2).on(day(BEFORE + 80))

    def seen(p):
        found = copy.copy(one)
        found.__dict__["p"] = p
        return found

    assert fires({"x": seen(LEVEL)}, DAILY) == {"x"}
    many = {number: seen(0.5) for number in range(200)}
    assert fires({**many, "x": seen(LEVEL)}, DAILY) == set()
    assert fires({**many, "x": seen(LEVEL / 10)}, DAILY) == {"x"}
    assert fires({**many, "x": seen(2 * LEVEL)}, DAILY) == set()


def test_who_looks_more_rarely_may_believe_more_at_each_look():
    looks = 20 * 365.25
    assert level(timedelta(days=30)) == pytest.approx(30 / looks, rel=1e-3)
    assert level(WEEKLY) == level(DAILY) == level(timedelta(minutes=10)) == LEVEL


@pytest.mark.slow
def test_suppliers_of_a_store_are_told_by_their_key(tmp_path):
    world = World(tmp_path)
    coil = world.item("Coil")
    slow, rare = world.supplier("Borealis"), world.supplier("Rare")
    now = datetime.combine(day(570), datetime.min.time(), UTC) + timedelta(hours=9)
    for one in purchases(Supplier(), 1, 570, 500):
        came = one.end if one.end < now.date() else None
        world.purchase(slow, coil, one.start, received=came)
    world.purchase(rare, coil, day(400), received=day(410))
    with world.reader() as session:
        first, last = unusual(session, now, BERLIN, DAILY)
    alone = slowed(1, at=500).on(day(569))
    assert (first.supplier.name, first.fires, first.why) == ("Borealis", True, "")
    assert first.supplier.ref == slow
    assert (first.p, first.median, first.n, first.open) == (
        alone.p, alone.median, alone.n, alone.open,
    )  # fmt: skip
    assert (last.supplier.name, last.why) == ("Rare", "not enough history")
    assert (last.fires, last.p) == (False, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one a day of 7 lines", "closing"])
def test_a_steady_supplier_is_quiet_for_two_years(name):
    """Twenty years of each kind, and how sure that makes one, are `make bench`."""
    assert alarms(name, 1, 7, years=2) == 0


@pytest.mark.slow
def test_a_slowdown_of_a_half_is_found_within_a_quarter():
    assert max(delays("five a day", 2, step=7)) <= 90
