"""Each kind of change is told once, on the day on which it became so."""

from datetime import timedelta

import pytest

from commands import Ask, Grant
from commands._changes_seen import changes
from tests.commands.dialogue import BERLIN, NOW, grant
from tests.commands.story import TODAY, day, tell
from tests.storage.world import World

DAY = timedelta(days=1)


def found(world, days=1, *, until=NOW, sees=None):
    ask = Ask("changes", NOW, BERLIN, sees or Grant.everything())
    with world.reader() as session:
        return changes(session, ask, until - days * DAY, until)


def told(world, kind, days=1, **how):
    return [(one.who, one.what) for one in found(world, days, **how).of(kind)]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.slow
def test_over_the_days_each_change_of_the_story_is_told_exactly_once(tmp_path):
    world = tell(World(tmp_path))
    whole = found(world, 40)
    daily = [one for back in range(40) for one in found(world, until=NOW - back * DAY).found]
    for kind in ("late", "opened", "solved", "promise"):
        assert sorted(one.who for one in daily if one.kind == kind) == sorted(
            one.who for one in whole.of(kind)
        ), kind
    assert {one.kind for one in whole.found} == {"late", "opened", "promise", "slower"}


def test_an_order_becomes_late_when_its_day_is_over(world):
    acme = world.customer("Acme")
    world.sale(acme, day(20), promised=day(1))
    world.sale(acme, day(20), promised=TODAY)
    world.sale(acme, day(20), promised=day(2))
    world.sale(acme, day(20), promised=day(1), shipped=day(3))
    assert [what[-10:] for _, what in told(world, "late")] == [day(1).isoformat()]
    assert found(world).watched["late"].n == 3


def test_an_order_with_a_line_that_was_late_before_is_not_late_anew(world):
    acme = world.customer("Acme")
    order = world.fact(
        "salesorder", number="S1", customer_ref=acme, **world.when("ordered", day(9))
    )
    world.sales_line(order, promised=day(4))
    world.sales_line(order, promised=day(1))
    assert told(world, "late") == []
    assert told(world, "late", 4) == [("Acme", f"S1, due {day(4).isoformat()}")]


def test_a_promise_that_moved_and_moved_back_did_not_move(world):
    steel = world.supplier("Steel")
    line = world.purchase(steel, None, day(30), promised=day(-5))
    world.change("purchaseline", line, "promised_on", day(-9), NOW - timedelta(hours=5))
    world.change("purchaseline", line, "promised_on", day(-5), NOW - timedelta(hours=2))
    assert told(world, "promise") == []


def test_a_promise_is_told_by_how_far_it_moved_or_that_it_was_taken_back(world):
    steel = world.supplier("Steel")
    for ago, new in ((30, day(-9)), (31, day(-3)), (32, "")):
        line = world.purchase(steel, None, day(ago), promised=day(-5))
        world.change("purchaseline", line, "promised_on", new, NOW - timedelta(hours=5))
    moved = found(world).of("promise")
    assert sorted(str(one.days) for one in moved) == ["-2", "4", "None"]


def test_of_a_promise_first_seen_after_the_order_it_is_not_known_what_it_was(world):
    steel = world.supplier("Steel")
    order = world.fact(
        "purchaseorder", number="P1", supplier_ref=steel, **world.when("ordered", day(9))
    )
    world.purchase_line(order, None, promised=day(-5), seen=NOW - timedelta(hours=3))
    seen = found(world)
    assert seen.of("promise") == []
    assert seen.watched["promise"].untold == 1


def test_a_customer_goes_quiet_once_and_not_while_we_owe_it_something(world):
    quiet, owed = world.customer("Quiet"), world.customer("Owed")
    for back in range(11, 200, 10):  # every ten days, and nothing for eleven
        world.sale(quiet, day(back), shipped=day(back))
        world.sale(owed, day(back), shipped=day(back))
    world.sale(owed, day(12), promised=day(3))
    assert [who for who, _ in told(world, "quiet")] == ["Quiet"]
    assert told(world, "quiet", until=NOW + DAY) == []


def test_tickets_are_opened_and_solved_in_the_time_itself(world):
    account = world.account("Acme")
    world.ticket(account, day(5), closed=NOW - timedelta(hours=3), subject="Late")
    world.ticket(account, NOW - timedelta(hours=30), subject="Before")
    world.ticket(account, NOW - timedelta(hours=3), subject="New")
    assert [what for _, what in told(world, "opened")] == ["New"]
    assert [what for _, what in told(world, "solved")] == ["Late"]


def test_what_may_not_be_seen_is_not_looked_at(world):
    world.sale(world.customer("Acme"), day(20), promised=day(1))
    assert set(found(world, sees=grant("supply")).watched) == {"promise", "slower"}
    assert set(found(world, sees=grant("customers")).watched) == {
        "late", "quiet", "opened", "solved",
    }  # fmt: skip
    assert found(world, sees=grant("revenue")).found == []
