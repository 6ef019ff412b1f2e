"""Velocity on a line whose stage times are known."""

import pytest

from commands import Ask, Grant
from commands._house import read_house
from storage.known.making import bills
from storage.metrics.velocity import Velocity, related, velocity
from tests.commands.dialogue import BERLIN
from tests.storage.metrics.line import NOW, Pace, batches, day, stock, tell, truth
from tests.storage.world import World

pytestmark = pytest.mark.slow  # simulates lines of production

ASK = Ask("", NOW, BERLIN, Grant.everything())
LATER = Pace(production=12, material=20)


def told(folder, every, *, items=(), has_stock=True, **how):
    """The velocity of the last 90 days and of the 90 before, and the house."""
    world = World(folder)
    coil, desk = tell(world, every, **how)
    if has_stock:
        stock(world, every, coil, desk, backflush=how.get("backflush", False))
    return seen(world, frozenset((world.erp, one) for one in items))


def seen(world, items=frozenset()):
    with world.reader() as session:
        found = read_house(session, ASK, items, day(180))
    return velocity(found, day(90), day(0)), velocity(found, day(180), day(91))


def days(found):
    return {one.name: one.days for one in found.stages}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("backflush", [False, True])
def test_every_stage_is_found_within_a_tenth(tmp_path, seed, backflush):
    every = batches(Pace(), seed=seed)
    for found, window in zip(
        told(tmp_path, every, backflush=backflush), ((90, 1), (180, 91)), strict=True
    ):
        right = truth(every, *window)
        assert days(found) == pytest.approx(right, rel=0.1)
        assert found.total == pytest.approx(sum(right.values()), rel=0.03)
        assert not any(one.is_faulty for one in found.stages)


def test_a_slowdown_shows_in_the_stage_that_slowed_down(tmp_path):
    every = batches(Pace(), later=LATER, since=80)
    now, before = told(tmp_path, every)
    right = truth(every, 90, 1)
    assert days(now) == pytest.approx(right, rel=0.1)
    assert days(before) == pytest.approx(truth(every, 180, 91), rel=0.1)
    assert right["production"] > 9
    moved = {
        one.name: one.days - then.days for one, then in zip(now.stages, before.stages, strict=True)
    }
    assert {name for name, change in moved.items() if change > 1} == {
        "production",
        "material stock",
    }


def test_the_share_within_some_days_is_that_of_the_batches(tmp_path):
    every = batches(Pace())
    now, _ = told(tmp_path, every)
    # those not delivered yet count on the day they were sent
    took = [
        one.received - (one.delivered if one.delivered >= 1 else one.sent)
        for one in every
        if 1 <= one.sent <= 90
    ]
    assert now.sent == len(took)
    # batches overtake each other by a day, lots do not
    for limit in (20, 30, 33, 34, 36, 50):
        at_least, at_most = (
            sum(one <= limit + slack for one in took) / len(took) for slack in (-1, 1)
        )
        assert at_least <= now.within(limit) + 1e-9 <= at_most + 1e-9
    assert now.by(0.5) == pytest.approx(sorted(took)[len(took) // 2], abs=1)
    assert now.untold == pytest.approx(0, abs=1e-9)


def test_without_stock_levels_dated_movements_tell_the_same(tmp_path):
    every = batches(Pace())
    now, _ = told(tmp_path, every, has_stock=False)
    assert days(now) == pytest.approx(truth(every, 90, 1), rel=0.1)
    assert all(one.counted is None for one in now.stages if one.name.endswith("stock"))


def test_stages_that_no_source_tells_of_are_null_and_not_in_the_sum(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    for back in range(1, 300):
        world.fact("receipt", item_ref=desk, qty=1, **world.when("received", day(back)))
        if back > 20:
            world.fact("shipment", item_ref=desk, qty=1, **world.when("shipped", day(back - 20)))
    now, _ = seen(world)
    assert days(now) == {
        "dock": None, "material stock": None, "production": None, "finished stock": 20,
        "delivery": None,
    }  # fmt: skip
    assert (now.total, now.by(0.9)) == (20, 20)


def test_of_nothing_nothing_is_told(tmp_path):
    now, _ = seen(World(tmp_path))
    assert (now.total, now.within(9), now.by(0.5), now.untold) == (None, None, None, None)


def test_productions_never_closed_and_use_never_booked_are_faults(tmp_path):
    world = World(tmp_path)
    every = batches(Pace())
    coil, desk = tell(world, every)
    stock(world, every, coil, desk)
    for at in range(20):
        world.make(desk, released=day(99 + at), started=day(98 + at))
    # what was taken in and never booked out lies on by the documents, not by the count
    for back in range(20, 390, 2):
        world.fact("receipt", item_ref=coil, qty=10, **world.when("received", day(back)),
                   **world.when("available", day(back)))  # fmt: skip
    now, _ = seen(world)
    assert {one.name for one in now.stages if one.is_faulty} == {"production", "material stock"}


def test_an_item_is_asked_about_with_what_it_is_made_of_and_what_is_made_of_it(tmp_path):
    world = World(tmp_path)
    every = batches(Pace())
    coil, desk = tell(world, every)
    stock(world, every, coil, desk)
    lamp, glass = world.item("Lamp"), world.item("Glass")
    for back in range(60, 300, 2):
        world.fact("receipt", item_ref=glass, qty=1, **world.when("received", day(back)),
                   **world.when("available", day(back)))  # fmt: skip
        make = world.make(lamp, released=day(back), started=day(back - 50),
                          finished=day(back - 55))  # fmt: skip
        world.consume(make, glass, day(back - 50))
    right = truth(every, 90, 1)
    for item in (coil, desk):
        now, _ = seen(world, frozenset({(world.erp, item)}))
        assert days(now) == pytest.approx(right, rel=0.1)
    now, _ = seen(world)
    assert days(now)["material stock"] > 1.3 * right["material stock"]


def test_related_items_are_found_at_any_depth_and_in_rings(tmp_path):
    world = World(tmp_path)
    ore, coil, leg, desk, lamp = (world.item(name) for name in ("Ore", "Coil", "Leg", "Desk", "L"))
    for made, part in ((coil, ore), (leg, coil), (desk, leg), (coil, desk)):
        world.bom(made, part)
    world.bom(lamp, ore)
    with world.reader() as session:
        known = bills(session)
    empty = read_moves(world)
    assert related([(world.erp, lamp)], empty, known) == {(world.erp, lamp), (world.erp, ore)}
    assert related([(world.erp, leg)], empty, known) >= {
        (world.erp, one) for one in (ore, coil, leg, desk)
    }
    assert (world.erp, lamp) not in related([(world.erp, leg)], empty, known)


def read_moves(world):
    with world.reader() as session:
        return read_house(session, ASK, frozenset(), day(9)).moves


def test_shares_never_fall_as_days_go_by():
    found = Velocity((), ((3, 0.5), (5, 1), (9, 0.5)), 2, 0.0)
    shares = [found.within(limit) for limit in range(12)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert [found.by(share) for share in (0.25, 0.5, 0.75, 0.9)] == [3, 5, 5, 9]
