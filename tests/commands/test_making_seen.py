from commands import Ask, Grant
from commands._making_seen import comes, open_orders, stands, waits_for
from commands._supply import supply
from storage.known.making import make_orders
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.story import TODAY, day
from tests.storage.world import World


def opened(world):
    with world.reader() as session:
        chain = supply(session, Ask("", NOW, BERLIN, Grant.everything()))
        return chain, open_orders(chain, make_orders(session, NOW))


def test_what_waits_comes_first_and_says_for_what(tmp_path):
    world = World(tmp_path)
    desk, coil, screw = world.item("Desk"), world.item("Coil"), world.item("Screw")
    world.bom(desk, coil, 2)
    world.bom(desk, screw, 8)
    world.level(coil, 10)
    world.level(screw, 8)
    ready = {"planned_start_on": day(9), "planned_finish_on": day(2)}
    world.make(desk, qty=1, released=day(9), started=day(3), **ready)
    world.make(desk, qty=3, released=day(8), planned_start_on=day(7))
    world.make(desk, qty=9, planned_start_on=day(1))
    chain, (waits, works) = opened(world)
    assert [one.make.qty for one in (waits, works)] == [3, 1]
    assert stands(waits, TODAY) == "waits 8 d"
    assert stands(works, TODAY) == "in work 3 d, 2 d late"
    assert waits_for(chain, works) is None
    assert waits_for(chain, waits) == "Screw (nothing ordered)"
    assert [(one.name, one.qty) for one in waits.missing] == [("Screw", 24)]
    assert comes(waits.missing[0], TODAY) == "nothing is ordered"
    assert waits.forecast is None


def test_what_is_in_work_waits_for_nothing_though_it_may_lack_something(tmp_path):
    world = World(tmp_path)
    desk, coil = world.item("Desk"), world.item("Coil")
    world.bom(desk, coil)
    world.make(desk, released=day(5), started=day(4))
    chain, (one,) = opened(world)
    assert (one.waits, stands(one, TODAY)) == (False, "in work 4 d")
    assert waits_for(chain, one) == "Coil (nothing ordered)"


def test_what_is_missing_is_there_when_the_last_of_it_is(tmp_path):
    world = World(tmp_path)
    steel, desk, coil, pane = (
        world.supplier("Steel"), world.item("Desk"), world.item("Coil"), world.item("Pane")
    )  # fmt: skip
    for ago in range(40, 200, 3):
        world.purchase(steel, coil, day(ago), received=day(ago - 20))
        world.make(desk, released=day(ago), started=day(ago), finished=day(ago - 4))
    world.bom(desk, coil)
    world.bom(desk, pane)
    for item, ago in ((coil, 2), (pane, 12)):
        world.purchase(steel, item, day(ago))
    world.make(desk, released=day(5))
    chain, (one,) = opened(world)
    assert waits_for(chain, one).startswith("Coil (P")
    assert waits_for(chain, one).endswith("and 1 more")
    assert comes(one.last(), TODAY) == "7 Apr"
    assert one.forecast.by(0.5) == day(-22)


def test_an_order_without_bill_waits_for_nothing_that_is_known(tmp_path):
    world = World(tmp_path)
    world.make(world.item("Desk"), released=day(2))
    chain, (one,) = opened(world)
    assert (one.waits, one.forecast, waits_for(chain, one)) == (False, None, None)
    assert stands(one, TODAY) == "released 2 d ago"
