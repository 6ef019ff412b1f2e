"""`otif` as people ask it, of customers and of suppliers."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.sizes import ROWS, SECONDS
from tests.storage.metrics.deliveries import fill_with_many_rows
from tests.storage.world import World

TODAY = NOW.date()


def ago(days):
    return TODAY - timedelta(days)


def sold(world, customer, days, *, late=0, item=None, qty=2, sent=None, amount=100, **more):
    """A line due so many days ago, shipped `late` days after (null: not at all)."""
    shipped = None if late is None else ago(days - late)
    line = world.sale(
        customer, ago(days + 10), item=item, qty=qty, amount=amount, promised=ago(days), **more
    )
    if shipped and shipped < TODAY:
        world.ship(line, shipped, qty=sent or qty)
    return line


@pytest.fixture
def world(tmp_path):
    """Acme gets nearly all in time, Nordwind half of it; Borealis is late, Cobalt never."""
    world = World(tmp_path)
    acme = world.customer("Acme Foods", country="DE", category="retail")
    nordwind = world.customer("Nordwind Retail", country="SE", category="retail")
    coil, pane = world.item("Coil", category="Steel"), world.item("Pane", category="Glass")
    for days in range(2, 182, 4):
        sold(world, acme, days, item=coil, late=3 if days % 12 == 2 else 0)
        sold(world, nordwind, days, item=pane, late=-1 if days % 24 == 2 else 5, amount=900)
    sold(world, nordwind, 30, item=coil, late=None)
    sold(world, nordwind, 33, item=coil, sent=1)
    sold(world, acme, 20, late=None, cancelled=ago(25))
    world.sale(acme, ago(15))
    borealis, cobalt = world.supplier("Borealis Steel"), world.supplier("Cobalt Glass")
    for days in range(2, 182, 6):
        world.purchase(borealis, coil, ago(days + 30), qty=5, promised=ago(days),
                       received=ago(days - 9) if days > 9 else None)  # fmt: skip
        world.purchase(cobalt, pane, ago(days + 9), promised=ago(days), received=ago(days))
    synced(world)
    return world


def test_the_dialogue(world):
    verify(world, [
        ("otif", "answer", "**Customers got 4", "of lines on time and in full** (",
         "lines due in the last 90 days.", "Per order it is", "by the first promise",
         "came only in part", "have not come", "1 line without a date", "1 line called off in time",
         "Nordwind Retail | 0.", "[Nordwind Retail]", "[And suppliers?]"),
        ("otif acme", "answer", "**Acme Foods got ", "Order | Item | Due | Days late", "late",
         "[Their card]", "[Why Acme Foods?]"),
        ("on time nordwind in 2025", "answer", "**Nordwind Retail got ", "due in 2025."),
        ("otif suppliers", "answer", "**Suppliers delivered 50 %", "Borealis Steel | 0.0",
         "Cobalt Glass | 1.0"),
        ("otif borealis", "answer", "**Borealis Steel delivered 0 %", "Coil | ",
         "[How long they take]"),
        ("otif by supplier", "answer", "**Suppliers delivered", "Supplier | OTIF"),
        ("otif borealis by item", "answer", "Item | OTIF", "Coil | 0.0"),
        ("otif suppliers coil", "answer", "**Suppliers delivered 0 % of lines of Coil"),
        ("otif coil", "answer", "**Customers got ", "of lines of Coil", "Order | Customer"),
        ("otif by item", "answer", "Coil | ", "Pane | "),
        ("otif by carrier", "answer", "unknown | "),
        ("otif by country by value", "answer", "of the value on time and in full**:", "EUR due",
         "SE | "),
        ("otif per order", "answer", "of orders on time and in full", "Per line it is"),
        ("otif by month", "answer", "Month due | OTIF", "Mar 2026 | ", "Oct 2025 | "),
        ("otif by owner last 2 years", "answer", "Owner | OTIF", "unknown | "),
        ("otif by segment vs last year", "answer", "Nothing a year before to compare with."),
        ("delivery performance acme", "answer", "**Acme Foods got"),
        ("fill rate", "answer", "lines filled at the first attempt", "perfect orders (OTIF-based)"),
        ("otif acme late 3", "answer", "100 % of lines", "Let pass: up to 3 days late."),
        ("otif suppliers by customer", "error", "can't be split by customer", "[by supplier]"),
        ("otif acme borealis", "error", "One side at a time", "[Acme Foods]"),
        ("otif nordwnd", "error", "I know no “nordwnd”", "[Nordwind Retail]"),
        ("otif by colour", "error", "can't be split by “colour”"),
        ("otif today", "notice", "Nothing was due today", "judged when the day is over"),
        ("otif suppliers in 2019", "notice", "Nothing was due in 2019"),
        ("otif acme in 2019", "notice", "Nothing was due to Acme Foods in 2019"),
        ("otif help", "notice", "Usage"),
    ])  # fmt: skip


def figures(said):
    return {one.name: one.value for one in said.readings}


def test_the_figures_are_those_counted_by_hand(world):
    found = figures(say(world, "otif nordwind"))
    # every fourth day of 90: 23 lines of which 4 in time, one that never came, one half sent
    assert found["lines due"] == 25
    assert found["OTIF per line"] == pytest.approx(4 / 25)
    assert found["OTIF by value"] == pytest.approx(4 * 900 / (23 * 900 + 200))
    assert found["on time by the first promise"] == pytest.approx(4 / 25)
    assert found["on time by the day asked for"] is None
    assert found["lines filled at the first attempt"] == pytest.approx(23 / 25)
    assert found["OTIF per line before"] == pytest.approx(4 / 22)


def test_three_targets_stand_side_by_side(tmp_path):
    world = World(tmp_path)
    for number in range(6):
        line = world.sale(world.customer(f"C{number}"), ago(60), requested=ago(40), shipped=ago(25))
        world.change("salesline", line, "promised_on", ago(20), NOW - timedelta(days=30))
    synced(world)
    found = figures(say(world, "otif"))
    assert found["on time by the day asked for"] == 0
    assert found["on time by the first promise"] is None
    assert "6 lines had no promise: the day asked for counts." in words_of(say(world, "otif"))


def test_the_rows_to_look_at_are_worse_than_the_whole_beyond_chance(world):
    table = say(world, "otif").table
    assert [table.rows[at][0] for at in sorted(table.bold)] == ["Nordwind Retail"]
    assert table.rows[0][0] == "Nordwind Retail"


def test_the_months_are_drawn_in_percent_and_a_thin_one_is_left_open(world):
    chart = say(world, "otif nordwind").chart
    assert chart.x == ("Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026")
    assert all(0 <= value < 50 for value in chart.series[0].values)
    thin = say(world, "otif nordwind", now=datetime(2026, 3, 9, 12, tzinfo=UTC)).chart
    assert thin.series[0].values[-1] is None


def test_a_line_due_today_is_not_judged_before_the_day_is_over(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods")
    sold(world, acme, 5)
    world.sale(acme, ago(10), promised=TODAY)
    synced(world)
    assert figures(say(world, "otif"))["lines due"] == 1
    found = figures(say(world, "otif", now=NOW + timedelta(days=1)))
    assert (found["lines due"], found["OTIF per line"]) == (2, 0.5)


def test_a_ticket_that_names_an_order_makes_it_imperfect(world):
    account = world.account("Acme Foods")
    order = world.fact(
        "salesorder", number="S77001", customer_ref="party-1", **world.when("ordered", ago(50))
    )
    world.ship(world.sales_line(order, promised=ago(40)), ago(41))
    world.ticket(account, ago(39), subject="Order S77001: surface scratched")
    found = figures(say(world, "otif acme"))
    assert found["perfect orders"] < found["OTIF per order"]


def test_a_customers_branches_and_account_are_the_customer(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods")
    sold(world, world.customer("Acme South", parent_ref=acme), 10)
    world.account("Acme Foods")
    synced(world)
    assert figures(say(world, "otif acme foods"))["lines due"] == 1


def test_two_customers_of_one_name_give_a_choice(tmp_path):
    world = World(tmp_path)
    for days in (5, 9):
        sold(world, world.customer("Schmidt"), days)
    synced(world)
    said = say(world, "otif schmidt")
    assert isinstance(said, Notice)
    assert len(said.choices) == 2
    for up in said.choices:
        assert figures(say(world, up.line))["lines due"] == 1


def test_value_in_several_currencies_needs_rates(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods")
    sold(world, acme, 10)
    sold(world, acme, 12, currency="USD", late=None)
    synced(world)
    assert "no share of the value can be told" in words_of(say(world, "otif by value"))
    world.fact("fxrate", currency="USD", rate_on=ago(100), rate=Decimal("0.5"))
    said = say(world, "otif by value", currency="EUR")
    assert "67 % of the value on time and in full**: 100 of 150 EUR due" in said.summary.text
    said = say(world, "otif by value in USD", currency="EUR")
    assert "200 of 300 USD due" in said.summary.text


def test_few_lines_are_said_to_be_few(tmp_path):
    world = World(tmp_path)
    sold(world, world.customer("Acme Foods"), 10)
    synced(world)
    said = say(world, "otif")
    assert "Only 1 line: one more can change this much." in words_of(said)
    assert (said.readings[0].low, said.readings[0].high) == pytest.approx((0.2065, 1), abs=1e-4)


def test_data_that_is_old_is_said_to_be_so_first_by_the_side_it_concerns(world):
    world.synced(world.erp, "late", "purchaseorder", NOW - timedelta(days=3))
    assert say(world, "otif suppliers").summary.text.startswith("⚠ **Odoo (erp)")
    assert not say(world, "otif").summary.text.startswith("⚠")


def test_one_side_is_answered_to_who_may_see_only_it(world):
    supply = say(world, "otif", sees=grant("supply"))
    assert "Suppliers delivered" in supply.summary.text
    assert "Acme" not in words_of(supply)
    customers = say(world, "otif", sees=grant("customers"))
    assert "Borealis" not in words_of(customers)
    assert "OTIF by value" not in figures(customers)
    for line in ("otif suppliers", "otif borealis", "otif by supplier"):
        said = say(world, line, sees=grant("customers"))
        assert isinstance(said, Notice), line
        assert "Borealis" not in words_of(said)


def test_a_denied_name_and_an_invented_one_read_the_same(world):
    real, invented = (
        words_of(say(world, f"otif {name}", sees=grant("supply"))).replace(name, "X")
        for name in ("nordwind", "nobody")
    )
    assert real == invented


@pytest.mark.slow
def test_every_follow_up_can_be_asked(world):
    for line in ("otif", "otif acme", "otif suppliers", "otif borealis", "otif coil",
                 "otif by month", "otif acme in 2025", "otif suppliers coil"):  # fmt: skip
        for up in say(world, line).follow_ups:
            assert not getattr(say(world, up.line), "error", False), up.line


def test_a_fact_after_now_is_not_known(world):
    before = words_of(say(world, "otif"))
    sold(world, world.customer("Later"), -1, late=None)
    world.fact("shipment", line_ref="salesline-9", qty=Decimal(1), **world.when("shipped", TODAY))
    assert words_of(say(world, "otif")) == before


@pytest.mark.slow
def test_many_rows_are_answered_in_seconds(tmp_path):
    world = World(tmp_path)
    fill_with_many_rows(world, TODAY)
    synced(world)
    world.save()
    for line in ("otif", "otif by month per order"):
        # whatever else the machine does: the better of two
        assert min(seconds(world, line) for _ in range(2)) < SECONDS, line


def seconds(world, line):
    begun = time.process_time()
    assert {one.name: one.value for one in say(world, line).readings}["lines due"] > ROWS // 100
    return time.process_time() - begun
