"""Signals: each with its figures, and none where nothing is known."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from storage.known.contracts import Contract
from storage.known.customers import Customer, Order, Ticket
from storage.metrics._signals import notice_on, signals

TODAY = date(2026, 3, 20)


def ago(days):
    return TODAY - timedelta(days=days)


def customer(**facts):
    return Customer("Acme", frozenset({("erp", "1")}), **facts)


REGULAR = customer(orders=tuple(Order(ago(400 - 20 * n)) for n in range(20)))


def words(one):
    return [signal.words for signal in signals(one, TODAY)]


def test_a_customer_within_its_own_gaps_shows_nothing():
    assert words(REGULAR) == []


def test_a_gap_beyond_its_own_ninety_says_both_figures():
    quiet = replace(REGULAR, orders=REGULAR.orders[:-3])
    assert words(quiet) == ["quiet 80 d, usually every 20 d"]


def test_a_gap_is_suspended_while_we_owe_them():
    (gap, owed) = signals(replace(REGULAR, orders=REGULAR.orders[:-3], late=(ago(9),) * 3), TODAY)
    assert gap.is_suspended
    assert owed.is_suspended
    assert owed.words == "we owe them: 3 lines late"


def test_few_orders_have_no_usual_gap():
    assert words(customer(orders=tuple(Order(ago(days)) for days in (170, 160, 150)))) == []


def test_more_tickets_than_usual_says_both_counts():
    old = tuple(Ticket(ago(days), ago(days - 1)) for days in (400, 300, 200, 120))
    new = tuple(Ticket(ago(days), ago(days - 1)) for days in (80, 50, 20))
    assert words(replace(REGULAR, tickets=old + new)) == ["3 tickets in 90 d, usually 0.9"]
    assert words(replace(REGULAR, tickets=old + new[:2])) == []


def test_a_new_customer_has_no_usual_number_of_tickets():
    new = tuple(Ticket(ago(days), ago(days)) for days in (80, 50, 20))
    assert words(customer(orders=(Order(ago(150)),), tickets=new)) == []
    assert words(customer(tickets=new)) == []


def test_tickets_open_for_long_are_counted():
    open_ones = (Ticket(ago(11)), Ticket(ago(30)), Ticket(ago(10)), Ticket(ago(40), ago(20)))
    assert words(customer(tickets=open_ones)) == ["2 tickets open over 10 d"]


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        (Contract(ago(300), renewal_on=TODAY + timedelta(39), notice_days=30),
         ["notice deadline in 9 d"]),
        (Contract(ago(300), renewal_on=TODAY + timedelta(60)), ["renewal in 60 d"]),
        (Contract(ago(300), ends_on=TODAY), ["renewal today"]),
        (Contract(ago(300), renewal_on=TODAY + timedelta(61)), []),
        (Contract(ago(300), renewal_on=ago(1)), []),
        (Contract(ago(300)), []),
        (Contract(ago(300), renewal_on=TODAY + timedelta(9), churned_on=ago(1)), []),
    ],
)  # fmt: skip
def test_a_renewal_is_near_within_sixty_days(contract, said):
    assert words(customer(contracts=(contract,))) == said


def test_without_any_date_there_is_no_day_of_notice():
    assert notice_on(Contract(ago(300), notice_days=30)) is None


def test_bills_are_late_beyond_a_fortnight():
    assert words(customer(overdue=(ago(34), ago(15), ago(14)))) == ["2 bills unpaid, 34 d overdue"]
    assert words(customer(overdue=(ago(14),))) == []


def test_the_last_score_counts_and_only_while_it_is_young():
    low, high = (ago(100), Decimal("3.0")), (ago(50), Decimal(9))
    assert words(customer(nps=(low,))) == ["NPS 3"]
    assert words(customer(nps=(low, high))) == []
    assert words(customer(nps=((ago(181), Decimal(0)),))) == []
    assert words(customer(nps=((ago(180), Decimal(6)),))) == ["NPS 6"]
