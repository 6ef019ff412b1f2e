"""`stock` of one item, where it is told in full."""

from decimal import Decimal
from types import SimpleNamespace

from commands._stock_one import _ordering
from storage.metrics.reorder_point import Moments, Reorder
from tests.commands.dialogue import NOW, say, synced, verify
from tests.commands.stock_world import bought, day, item, lies, stocked, used
from tests.storage.world import World


def small(folder, *, on_hand=50, per_day=10, purchases=range(60, 400, 4), takes=20):
    world = World(folder)
    world.places("North")
    world.steel = world.supplier("Borealis Steel")
    world.coil = item(world, "Coil", "Steel", 10, uom="kg")
    for back in purchases:
        bought(world, world.coil, -back, takes=takes(back) if callable(takes) else takes)
    if per_day:
        used(world, world.coil, on_hand=on_hand, per_day=per_day)
    else:
        lies(world, world.coil, on_hand)
    synced(world)
    return world


def test_a_spread_of_lead_times_needs_safety_stock(tmp_path):
    world = small(tmp_path, takes=lambda back: 10 if back % 8 else 30)
    found = {one.name: one.value for one in say(world, "stock coil").readings}
    assert 200 < found["reorder point"] < 400
    assert found["spread of lead time"] > 5
    assert found["reorder point"] - found["safety stock"] == 10 * found["mean lead time"]


def test_it_says_what_it_lacks(tmp_path):
    verify(small(tmp_path, purchases=range(60, 70, 5)), [
        ("stock coil", "answer", "**Coil lasts 5 days**: 50 kg on hand, 10 a day.",
         "Nothing is on order; it runs out about 25 Mar.", "Too few orders of it to tell"),
    ])  # fmt: skip


def test_too_new_and_not_used_are_said(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "idle").mkdir()
    world = small(tmp_path / "new", per_day=0, purchases=())
    world.move(world.coil, "supplier", "North/stock", day(-3), qty=50)
    verify(world, [("stock coil", "answer", "50 kg on hand**, and too new to tell")])
    idle = small(tmp_path / "idle", per_day=0)
    verify(idle, [("stock coil", "answer", "50 kg on hand**, and no demand in 90 days")])


def test_the_lead_time_of_its_suppliers_stands_in(tmp_path):
    world = small(tmp_path, purchases=range(60, 70, 5))
    for back in range(40, 100, 2):
        bought(world, item(world, f"Other {back}", "Steel", 1), -back, takes=20)
    at = "Order at 200 for a service of 95 % (it is below that): 0 of that is safety stock."
    verify(world, [("stock coil", "answer", "the lead time is that of its suppliers", at)])


def test_each_site_has_a_row_and_empty_ones_stand_out(tmp_path):
    world = stocked(tmp_path)
    world.site("West", source_id="West", kind="warehouse")
    world.level(world.bolt, 0, site="West", as_of=NOW)
    world.level(world.bolt, -3, site="South/extra", as_of=NOW)
    table = say(world, "stock bolt").table
    assert [row[0] for row in table.rows] == ["North", "South", "West", "South/extra"]
    assert table.bold == {2, 3}


def test_what_is_made_comes_from_production(tmp_path):
    world = World(tmp_path)
    world.places("North")
    table = item(world, "Table", "Furniture", 90)
    for back in range(20, 90, 4):
        world.make(table, qty=5, released=day(-back), finished=day(-back + 6))
    world.make(table, qty=8, released=day(-2), planned_finish_on=day(9))
    used(world, table, on_hand=4, per_day=1)
    synced(world)
    verify(world, [("stock table", "answer", "▲ 8 more: 29 Mar, 5 days after it runs out on 24 Mar",
                    "It is made: the lead time is that of production")])  # fmt: skip


def test_what_is_all_reserved_is_not_said_to_be_gone(tmp_path):
    world = World(tmp_path)
    world.places("North")
    coil = item(world, "Coil", "Steel", 10)
    used(world, coil, on_hand=0, per_day=1)
    lies(world, coil, 5, part="a", reserved=Decimal(5))
    verify(world, [
        ("stock coil", "answer", "**Coil has none free**: 5 on hand, 0 of it available"),
        ("stock", "answer", "Worst: Coil, none of it free now", "Coil | 5 | 1 | 0.0"),
    ])  # fmt: skip


def test_a_point_below_what_is_used_on_the_mean_holds_no_safety_stock():
    risk = SimpleNamespace(cover=SimpleNamespace(available=Decimal(90)))
    lead = Moments(10, 5, is_cut=False)
    for safety, said in ((-12.4, "none"), (-0.4, "0"), (7.0, "7")):
        point = Reorder(10, 1, lead, safety, 100 + safety)
        assert f": {said} of that is safety stock." in _ordering(risk, point, 0.5)
