"""`backorders` as people ask it, of customers and of suppliers."""

import time
from datetime import timedelta
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


@pytest.fixture
def world(tmp_path):
    """Nordwind waits for five lines, Acme for one; Borealis owes us two. Others were filled."""
    world = World(tmp_path)
    acme, nordwind = world.customer("Acme Foods", country="DE"), world.customer("Nordwind Retail")
    coil, pane = world.item("Coil"), world.item("Pane")
    for days in (3, 12, 20, 50, 120):
        world.sale(nordwind, ago(days + 10), item=pane, amount=100, promised=ago(days))
    part = world.sale(acme, ago(30), item=coil, qty=10, amount=1000, promised=ago(8))
    world.ship(part, ago(9), qty=4)
    world.sale(acme, ago(5), promised=ago(-5))
    world.sale(acme, ago(5))
    world.sale(acme, ago(40), promised=ago(20), cancelled=ago(10))
    for days in range(10, 80, 5):
        world.sale(acme, ago(days + 20), promised=ago(days), shipped=ago(days - 4))
    borealis = world.supplier("Borealis Steel")
    for days in (4, 9):
        world.purchase(borealis, coil, ago(days + 30), promised=ago(days))
    world.purchase(world.supplier("Cobalt Glass"), pane, ago(9), promised=ago(-9))
    synced(world)
    return world


def test_the_dialogue(world):
    verify(world, [
        ("backorders", "answer",
         "**Customers wait for 6 lines past their day; 1 more has no date**, 86 % of the 7 open;",
         "; the oldest for 120",
         "worth EUR 1,100", "A backorder takes 4 days (median)", "1 line open without a date",
         "Nordwind Retail | Pane | 120 | 1 | 100", "Acme Foods | Coil | 8 | 6 | 600",
         "[Nordwind Retail]", "[What suppliers owe us]"),
        ("backorders acme", "answer",
         "**Acme Foods waits for 1 line past its day; 1 more has no date**, 50 % of the 2",
         "1 line called off, counted until then.", "[Their card]", "[Why Acme Foods?]"),
        ("backorders suppliers", "answer", "**Suppliers owe us 2 lines past their day**, 67 %",
         "Borealis Steel | Coil | 9", "[How long they take]"),
        ("backorders borealis", "answer", "**Borealis Steel owes us 2 lines past their day**"),
        ("backorders cobalt", "answer", "**Nothing is owed past its day**: 1 line open, none late"),
        ("backorders pane", "answer", "**Customers wait for 5 lines of Pane past their day**"),
        ("overdue by customer", "answer", "Nordwind Retail | 5 | 1.0 | 120 | 500"),
        ("backorders by item", "answer", "Pane | 5", "Coil | 1"),
        ("backorders by month", "answer", "Month due | ", "Mar 2026 | 3"),
        ("backorders by country", "answer", "unknown | 5", "DE | 1"),
        ("backorders last 30 days", "answer", "wait for 4 lines past their day** due in the last"),
        ("late orders in 2025", "answer", "for 1 line past its day** due in 2025"),
        ("backorders in 2019", "notice", "Nothing is owed of what was due in 2019"),
        ("backorders nordwnd", "error", "I know no “nordwnd”", "[Nordwind Retail]"),
        ("backorders by colour", "error", "can't be split by “colour”"),
        ("backorders suppliers by segment", "error", "can't be split by segment"),
        ("backorders help", "notice", "Usage"),
    ])  # fmt: skip


def test_the_figures_are_those_counted_by_hand(world):
    found = {one.name: one.value for one in say(world, "backorders").readings}
    assert found["lines owed late"] == 6
    assert found["value owed late"] == 1100
    # the line that is not due yet is worth 100; the one without a day is not in it
    assert found["share of the open value"] == pytest.approx(1100 / 1200)
    assert (found["oldest"], found["median age"]) == (120, 12)


def test_the_chart_counts_lines_by_age(world):
    chart = say(world, "backorders").chart
    assert chart.x == ("1 to 7 d", "8 to 14 d", "15 to 30 d", "31 to 60 d", "61 to 90 d", "over 90")
    assert chart.series[0].values == (1, 2, 1, 1, 0, 1)
    assert say(world, "backorders acme").chart is None


def test_bold_is_what_has_waited_longer_than_nine_in_ten_do(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods")
    for days in range(10, 80, 2):
        world.sale(acme, ago(days + 20), promised=ago(days), shipped=ago(days - 4))
    world.sale(acme, ago(60), promised=ago(40))
    world.sale(acme, ago(60), promised=ago(2))
    synced(world)
    table = say(world, "backorders").table
    assert [table.rows[at][3] for at in sorted(table.bold)] == [40]


def test_money_of_several_currencies_is_said_apart(world):
    world.sale(world.customer("Far Inc"), ago(20), amount=70, currency="USD", promised=ago(9))
    text = words_of(say(world, "backorders"))
    assert "worth EUR 1,100 + USD 70." in text
    assert "Far Inc | unknown | 9 | 1 | USD 70" in text
    world.fact("fxrate", currency="USD", rate_on=ago(100), rate=Decimal("0.5"))
    said = say(world, "backorders", currency="EUR")
    assert "worth EUR 1,135" in words_of(said)


def test_lines_without_a_price_are_in_no_value(world):
    world.sale(world.customer("Free"), ago(20), amount=None, promised=ago(9))
    text = words_of(say(world, "backorders"))
    assert "worth at least EUR 1,100" in text
    assert "1 line without a price in no value." in text


def test_who_may_see_one_side_gets_only_it(world):
    supply = words_of(say(world, "backorders", sees=grant("supply")))
    assert "Suppliers owe us 2 lines" in supply
    assert "Acme" not in supply
    customers = words_of(say(world, "backorders", sees=grant("customers")))
    assert "Nordwind" in customers
    assert "1,100" not in customers
    assert "Borealis" not in words_of(say(world, "backorders suppliers", sees=grant("customers")))


def test_nothing_open_is_said_and_is_no_figure(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme Foods"), ago(20), promised=ago(9), shipped=ago(9))
    synced(world)
    assert isinstance(say(world, "backorders"), Notice)


def test_without_any_date_nothing_is_called_fine(tmp_path):
    world = World(tmp_path)
    for _ in range(3):
        world.sale(world.customer("Acme Foods"), ago(20))
    synced(world)
    said = say(world, "backorders")
    assert said.summary.text == ("**What is late can't be told**: 3 lines open, none with a date.")
    assert "3 lines ordered in that time have no date at all." in words_of(say(world, "otif"))


def test_open_lines_without_a_date_are_in_the_bold_text(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods")
    world.sale(acme, ago(20), promised=ago(-5))
    synced(world)
    text = "**Nothing is owed past its day**: 1 line open, none late."
    assert say(world, "backorders").summary.text == text
    for _ in range(2):
        world.sale(acme, ago(20))
    text = "**Nothing is owed past its day; 2 more have no date**: 1 line open, none late."
    assert say(world, "backorders").summary.text == text


def test_old_data_is_never_an_all_clear(world):
    said = say(world, "backorders cobalt", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")


def test_every_follow_up_can_be_asked(world):
    for line in ("backorders", "backorders acme", "backorders suppliers", "backorders borealis",
                 "backorders pane", "backorders by item", "backorders last 30 days"):  # fmt: skip
        for up in say(world, line).follow_ups:
            assert not getattr(say(world, up.line), "error", False), up.line


@pytest.mark.slow
def test_many_rows_are_answered_in_seconds(tmp_path):
    world = World(tmp_path)
    fill_with_many_rows(world, TODAY)
    synced(world)
    world.save()
    for line in ("backorders", "backorders by item"):
        # whatever else the machine does: the better of two
        assert min(seconds(world, line) for _ in range(2)) < SECONDS, line


def seconds(world, line):
    begun = time.process_time()
    assert {one.name: one.value for one in say(world, line).readings}[
        "lines owed late"
    ] > ROWS // 350
    return time.process_time() - begun
