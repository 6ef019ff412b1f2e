"""`allocate` as people ask it."""

from decimal import Decimal

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.story import day, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Six lamps are here and six come in 9 days; Late was first, but Soon is promised sooner."""
    world = tell(World(tmp_path_factory.mktemp("allocate")))
    lamp, steel = world.item("Lamp"), world.supplier("Lumen")
    for ago in range(40, 200, 3):
        world.purchase(steel, lamp, day(ago), received=day(ago - 10))
    world.purchase(steel, lamp, day(1), qty=6)
    world.level(lamp, 6)
    for name, number, ago, due, qty in (
        ("Late Ltd", "S1001", 30, -40, 6), ("Soon Ltd", "S1002", 20, -3, 4),
        ("Never Ltd", "S1003", 10, 5, 90),
    ):  # fmt: skip
        party = world.customer(name)
        account = world.account(name)
        world.link(party, account)
        world.sale(party, day(100), amount=1_000, shipped=day(95))
        if name == "Late Ltd":
            world.contract(account, day(700), renewal=day(-50), notice_days=20)
        order = world.fact("salesorder", number=number, customer_ref=party, currency="EUR",
                           **world.when("ordered", day(ago)))  # fmt: skip
        world.sales_line(order, item=lamp, qty=qty, promised=day(due), unit_price=10)
    world.item("Vase")
    return world


@pytest.mark.slow
def test_the_dialogue(world):
    verify(world, [
        ("allocate lamp", "answer",
         "**3 orders wait for Lamp; another split keeps 2 of 3 promises**, first come keeps 1.",
         "100 are wanted; 6 in stock, 6 to come, the first by 29 Mar.",
         "1 sooner, S1002 most (by 9 d)", "1 later, S1001 most (by 9 d)",
         "This is a proposal; nothing was changed", "[S1002]", "[Stock of Lamp]"),
        ("who gets lamp", "answer", "3 orders wait for Lamp"),
        ("allocate desk mono", "answer", "3 orders wait for Desk Mono; ", "0 in stock"),
        ("allocate", "notice", "Which item?", "[Desk Mono]", "[Lamp]"),
        ("allocate vase", "notice", "No order waits for Vase"),
        ("allocate lmap", "error", "I know no", "[Lamp]"),
    ])  # fmt: skip


def test_each_order_has_both_days_and_the_difference(world):
    rows = {row[0]: row[1:] for row in say(world, "allocate lamp").table.rows}
    assert rows["S1002 Soon Ltd"][:4] == ("4, due in 3 d", "29 Mar", "20 Mar", -9)
    assert rows["S1001 Late Ltd"][:4] == (
        "6, due in 40 d, notice by 19 Apr", "20 Mar", "29 Mar", 9,
    )  # fmt: skip
    assert rows["S1003 Never Ltd"][:4] == ("90, 5 d late", "not in sight", "not in sight", None)


def test_it_writes_nothing(world):
    before = [say(world, "allocate lamp"), say(world, "order S1001")]
    assert [say(world, "allocate lamp"), say(world, "order S1001")] == before


def test_where_first_come_is_as_good_it_says_so(tmp_path):
    world = World(tmp_path)
    vase = world.item("Vase")
    world.level(vase, 9)
    world.sale(world.customer("Acme"), day(3), item=vase, promised=day(-3))
    synced(world)
    verify(world, [
        ("allocate vase", "answer", "**1 order waits for Vase; first come is as good as any split",
         "it keeps 1 of 1 promises.", "nothing more is to come",
         "No order would be filled on another day."),
    ])  # fmt: skip


def test_customers_stay_with_those_who_may_see_them_and_revenue_too(world):
    text = words_of(say(world, "allocate lamp", sees=grant("supply")))
    assert "6 in stock" in text
    for name in ("Soon", "Late", "Never", "S100"):
        assert name not in text
    text = words_of(say(world, "allocate lamp", sees=grant("supply", "customers")))
    assert "S1002 Soon Ltd" in text
    assert "12 months |" not in text
    assert "1000" not in text


def test_without_supply_no_item_is_named(world):
    said = say(world, "allocate", sees=grant("customers"))
    assert isinstance(said, Notice)
    assert not said.choices
    there, invented = (
        say(world, f"allocate {name}", sees=grant("customers")) for name in ("lamp", "xyzq")
    )
    assert there.title.replace("lamp", "?") == invented.title.replace("xyzq", "?")


def test_data_that_is_old_is_said_to_be_so_first(world):
    later = NOW.replace(day=23)
    said = say(world, "allocate lamp", now=later)
    assert said.summary.text.startswith("⚠ **")


@pytest.fixture
def abroad(tmp_path):
    """Far pays in dollars, Near in euros; both wait for lamps that come at the same time."""
    world = World(tmp_path)
    lamp = world.item("Lamp")
    world.level(lamp, 1)
    for name, code, paid in (("Near", "EUR", 10), ("Far", "USD", 9_000)):
        party = world.customer(name)
        world.sale(party, day(100), amount=paid, shipped=day(95), currency=code)
        world.sale(party, day(5), item=lamp, amount=1, promised=day(-3), currency=code)
    synced(world)
    return world


def revenue(world, currency):
    table = say(world, "allocate lamp", currency=currency).table
    return {row[0].split()[1]: row[5] for row in table.rows}, table.columns[5].unit


def test_revenue_of_another_currency_is_not_shown_under_the_companys(abroad):
    assert revenue(abroad, "EUR") == ({"Near": 11, "Far": None}, "EUR")
    assert revenue(abroad, "") == ({"Near": None, "Far": None}, "")
    abroad.fact("fxrate", currency="USD", rate_on=day(300), rate=Decimal("0.5"))
    assert revenue(abroad, "EUR") == ({"Near": 11, "Far": Decimal("4500.5")}, "EUR")


def test_without_a_currency_of_the_company_the_one_that_all_share_is_named(tmp_path):
    world = World(tmp_path)
    lamp, party = world.item("Lamp"), world.customer("Far")
    world.sale(party, day(100), amount=9, shipped=day(95), currency="USD")
    world.sale(party, day(5), item=lamp, amount=1, promised=day(-3), currency="USD")
    world.level(lamp, 1)
    synced(world)
    assert revenue(world, "") == ({"Far": 10}, "USD")
