"""Health: parts by hand, missing ones left out, and bounds."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.known.customers import Customer, Order, Ticket
from storage.metrics.health import WEIGHTS, Known, health

TODAY = date(2026, 3, 20)


def ago(days):
    return TODAY - timedelta(days=days)


def customer(*orders, **facts):
    made = tuple(Order(ago(days)) for days in sorted(orders, reverse=True))
    return Customer("Acme", frozenset({("erp", "1")}), orders=made, **facts)


def parts(one, known=Known()):  # noqa: B008 - frozen
    return {part.name: part.value for part in health(one, known, TODAY).parts}


REGULAR = range(10, 400, 20)


@pytest.mark.parametrize(
    ("last", "value"), [(5, 100), (20, 100), (30, 25), (40, 0), (90, 0)]
)  # fmt: skip
def test_orders_by_how_quiet_it_is(last, value):
    assert parts(customer(*range(last, 600, 20)))["orders"] == pytest.approx(value)


def test_between_usual_and_long_it_falls_to_half():
    # gaps of 10 (nine of them), 20 and 30: half of them 10, nine in ten within 20
    days = [0]
    for gap in (30, 20, *[10] * 9):
        days.append(days[-1] + gap)
    quiet = customer(*(day + 15 for day in days))
    assert parts(quiet)["orders"] == pytest.approx(75)


def test_each_part_by_hand():
    one = customer(
        *REGULAR, tickets=(Ticket(ago(20)), Ticket(ago(30), ago(29)), Ticket(ago(200), ago(199))),
        nps=((ago(300), Decimal(9)), (ago(40), Decimal(4))), overdue=(ago(15), ago(3)),
    )  # fmt: skip
    known = Known(0.2, 10, ago(105), has_tickets=True, has_bills=True)
    assert parts(one, known) == {
        "orders": 100, "delivery": 60, "tickets": 55, "survey": 40, "payment": 75, "touch": 50,
    }  # fmt: skip
    found = health(one, known, TODAY)
    assert found.coverage == 1
    expected = (100 * 30 + 60 * 25 + 55 * 15 + 40 * 15 + 75 * 10 + 50 * 5) / 100
    assert found.score == pytest.approx(expected)
    assert {part.name: part.age for part in found.parts}["survey"] == 40


def test_what_is_missing_weighs_nothing():
    found = health(customer(*REGULAR), Known(0.0, 4), TODAY)
    assert (found.score, found.coverage) == (100, 0.55)
    assert [part.name for part in found.parts if part.value is None] == [
        "tickets", "survey", "payment", "touch",
    ]  # fmt: skip


def test_where_too_little_is_known_there_is_no_score():
    assert health(customer(), Known(has_tickets=True), TODAY).score is None
    assert health(customer(), Known(), TODAY).coverage == 0


def test_an_order_gap_is_not_held_against_one_for_whom_we_are_late():
    assert parts(customer(*range(200, 600, 20), late=(ago(3),)))["orders"] is None


def test_an_old_answer_is_not_an_answer():
    assert parts(customer(nps=((ago(400), Decimal(9)),)))["survey"] is None


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 900), max_size=9), st.one_of(st.none(), st.floats(0, 1)),
    st.integers(0, 900), st.lists(st.integers(1, 400), max_size=4), st.booleans(),
)  # fmt: skip
def test_the_score_lies_between_its_parts(orders, late, touch, overdue, is_known):
    one = customer(*orders, overdue=tuple(map(ago, overdue)))
    found = health(one, Known(late, 5, ago(touch), is_known, is_known), TODAY)
    values = [part.value for part in found.parts if part.value is not None]
    assert all(0 <= value <= 100 for value in values)
    assert sum(WEIGHTS.values()) == 100
    if found.score is not None:
        assert min(values) - 1e-9 <= found.score <= max(values) + 1e-9
