from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from storage.known.sales import sales_lines
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def lines(world, now=NOW, **span):
    with world.reader() as session:
        return list(sales_lines(session, now, **span))


def test_a_line_says_who_ordered_what_for_how_much(world):
    acme, desk = world.customer("Acme", country="DE", category="retail"), world.item("Desk")
    world.sale(acme, "2026-01-10", item=desk, qty=4, amount=400, promised="2026-01-20")
    (one,) = lines(world)
    assert (one.customer.name, one.item.name, one.country, one.segment) == (
        "Acme", "Desk", "DE", "retail",
    )  # fmt: skip
    assert (one.qty, one.price, one.value, one.currency) == (4, 100, 400, "EUR")
    assert one.due_on == one.promised_first == date(2026, 1, 20)
    assert one.is_open


def test_partial_shipments_add_up_and_the_last_one_completes(world):
    line = world.sale(world.customer("Acme"), "2026-01-10", qty=10)
    world.ship(line, "2026-01-15", qty=4)
    world.ship(line, "2026-01-18", qty=6, delivered="2026-01-21")
    (one,) = lines(world)
    assert one.completed_on == date(2026, 1, 21)
    assert one.sent_by(date(2026, 1, 20)) == 4
    assert one.sent_by(date(2026, 1, 21)) == 10


def test_a_line_called_off_after_a_part_of_it_had_gone_waits_for_nothing(world):
    line = world.sale(world.customer("Acme"), "2026-01-10", qty=10, cancelled="2026-02-01")
    world.ship(line, "2026-01-15", qty=4)
    (one,) = lines(world)
    assert (one.completed_on, one.cancelled_on) == (date(2026, 1, 15), None)
    assert (one.called_off, one.called_off_on) == (Decimal(6), date(2026, 2, 1))
    (then,) = lines(world, datetime(2026, 1, 20, tzinfo=UTC))
    assert (then.is_open, then.called_off) == (True, Decimal(0))


def test_a_line_called_off_before_anything_had_gone_is_off_in_whole(world):
    world.sale(world.customer("Acme"), "2026-01-10", qty=10, cancelled="2026-02-01")
    (one,) = lines(world)
    assert (one.completed_on, one.cancelled_on) == (None, date(2026, 2, 1))
    assert (one.called_off, one.called_off_on) == (Decimal(0), None)


def test_a_return_takes_back_what_came_but_not_the_delivery(world):
    line = world.sale(world.customer("Acme"), "2026-01-10", qty=2, shipped="2026-01-15")
    world.ship(line, "2026-02-15", qty=-1)
    (one,) = lines(world)
    assert one.completed_on == date(2026, 1, 15)
    assert one.sent_by(date(2026, 2, 20)) == Decimal(1)


def test_what_happens_after_now_is_not_known(world):
    acme = world.customer("Acme")
    world.sale(acme, "2026-01-10", shipped="2026-01-15", cancelled="2026-02-01")
    world.sale(acme, "2026-02-10")
    (one,) = lines(world, datetime(2026, 1, 12, tzinfo=UTC))
    assert one.is_open
    assert one.shipments == ()


def test_a_promise_is_unknown_before_it_was_seen_and_kept_when_overwritten(world):
    order = world.fact(
        "salesorder", number="S1", customer_ref=world.customer("Acme"),
        **world.when("ordered", "2026-01-01"),
    )  # fmt: skip
    seen = datetime(2026, 1, 5, tzinfo=UTC)
    line = world.fact(
        "salesline", seen=seen, order_ref=order, qty=Decimal(1),
        promised_first=date(2026, 1, 20), promised_on=date(2026, 2, 1),
    )  # fmt: skip
    (before,) = lines(world, seen - timedelta(hours=1))
    assert (before.promised_first, before.promised_on) == (None, None)
    world.change("salesline", line, "promised_on", "2026-02-20", NOW + timedelta(days=1))
    (now,) = lines(world)
    assert now.promised_first == date(2026, 1, 20)


def test_a_window_takes_lines_ordered_in_it_and_services_are_left_out(world):
    acme = world.customer("Acme")
    for day in ("2026-01-01", "2026-02-01"):
        world.sale(acme, day)
    world.sale(acme, "2026-02-02", item=world.item("Assembly", is_service=True))
    found = lines(world, start=datetime(2026, 1, 15, tzinfo=UTC))
    assert [one.ordered_on for one in found] == [date(2026, 2, 1)]


def test_lines_due_since_a_day_are_those_promised_asked_for_or_ordered_since(world):
    acme, since = world.customer("Acme"), date(2026, 1, 15)
    world.sale(acme, "2026-01-01", promised="2026-01-14")
    wanted = [
        world.sale(acme, "2025-01-01", promised="2026-01-15"),
        world.sale(acme, "2025-01-01", requested="2026-01-20"),
        world.sale(acme, "2026-01-15"),
    ]
    order = world.fact(
        "salesorder", number="S", requested_on=since, **world.when("ordered", "2025-01-01")
    )
    wanted.append(world.sales_line(order))
    assert {one.key[1] for one in lines(world, due_since=since)} == set(wanted)


def test_in_a_replay_a_line_that_was_due_then_is_not_missed(world):
    """Promised for February as of then; its source says January now."""
    line = world.sale(world.customer("Acme"), "2025-12-01", requested="2026-01-02")
    world.change("salesline", line, "promised_on", "2026-01-05", NOW + timedelta(days=1),
                 old="2026-02-10")  # fmt: skip
    (one,) = lines(world, due_since=date(2026, 2, 1))
    assert one.promised_on == date(2026, 2, 10)
