"""`stock` of one item says when its next purchase will be here, once lead times are fitted."""

from tests.commands.dialogue import BERLIN, say, words_of
from tests.commands.stock_world import day
from tests.commands.test_lead_time_curves import fitted
from tests.commands.test_stock_one import small

COMPANY = {"path": [], "n": 80.0, "times": [10, 20, 40], "left": [0.5, 0.2, 0.1]}


def told(tmp_path, ordered, **more):
    world = small(tmp_path)
    line = world.purchase(world.steel, world.coil, day(ordered), qty=40, site="North", **more)
    fitted(world, [COMPANY])
    return f"purchaseline:{world.erp}/{line}", say(world, "stock coil")


def test_the_days_are_those_of_orders_as_old(tmp_path):
    subject, said = told(tmp_path, -1)
    assert "Half of such orders of its age are here by 29 Mar, 8 in 10 by 8 Apr." in words_of(said)
    (mine,) = [one for one in said.basis if one.metric == "expected-arrival"]
    assert (mine.n, mine.open, mine.start.astimezone(BERLIN).date()) == (1, 1, day(-1))
    mine = [one for one in said.statements if one.subject == subject]
    assert [(one.model, one.event, one.share, one.by) for one in mine] == [
        ("lead-time", "arrives", 0.5, day(9)), ("lead-time", "arrives", 0.8, day(19)),
    ]  # fmt: skip


def test_it_says_the_chance_to_miss_a_promise(tmp_path):
    # of those that are not here after 12 days two in five take more than 20
    _, said = told(tmp_path, -12, promised=day(8))
    assert "it misses 28 Mar with a chance of 40 %." in words_of(said)


def test_an_order_older_than_any_has_no_day(tmp_path):
    _, said = told(tmp_path, -50)
    assert "It is later than any so far." in words_of(said)
    assert not [one for one in said.statements if one.event == "arrives"]


def test_without_a_fit_or_an_order_nothing_is_told(tmp_path):
    world = small(tmp_path)
    fitted(world, [COMPANY])
    assert "such order" not in words_of(say(world, "stock coil"))
    world.purchase(world.steel, world.coil, day(-1), qty=40, site="North")
    fitted(world, [COMPANY], is_used=False)
    assert "such order" not in words_of(say(world, "stock coil"))
