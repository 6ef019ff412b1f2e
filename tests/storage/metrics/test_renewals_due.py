"""Renewals due, counted to the day of notice."""

from datetime import date
from decimal import Decimal

from storage.known.contracts import Contract
from storage.known.customers import Customer
from storage.known.rates import Rates
from storage.metrics.renewals_due import due
from tests.storage.metrics.test_renewal_rate import SIGNED, TODAY, deal

NONE = Rates("", [])
END = date(2026, 6, 1)


def customer(*contracts, key="1"):
    return Customer("Acme", frozenset({("erp", key)}), contracts=contracts)


def found(*contracts, deals=()):
    return due([customer(*contracts)], deals, TODAY, NONE, "")


def test_the_deadline_is_the_end_less_the_notice():
    (one,) = found(Contract(SIGNED, ends_on=END, notice_days=60))
    assert (one.deadline, one.ends_on, one.is_notice_known) == (date(2026, 4, 2), END, True)
    (one,) = found(Contract(SIGNED, ends_on=END))
    assert (one.deadline, one.is_notice_known) == (END, False)


def test_contracts_that_end_together_are_one():
    signed = [Contract(SIGNED, ends_on=END, notice_days=30, mrr=Decimal(mrr), currency="EUR")
              for mrr in (10, 20)]  # fmt: skip
    (one,) = found(*signed)
    assert (one.contracts, one.yearly.single) == (2, (Decimal(360), "EUR"))
    other = Contract(SIGNED, ends_on=END, notice_days=60, mrr=Decimal(5), currency="EUR")
    assert [one.contracts for one in found(*signed, other)] == [1, 2]


def test_what_ended_or_has_no_end_is_not_due():
    assert found(Contract(SIGNED), Contract(SIGNED, ends_on=date(2026, 3, 1)),
                 Contract(SIGNED, ends_on=END, churned_on=date(2026, 1, 1))) == []  # fmt: skip


def test_open_renewal_deals_count_for_those_without_contracts():
    deals = [deal(END), deal(END, company=("erp", "1")), deal(date(2026, 1, 1)),
             deal(END, won=True), deal(END, kind="upsell")]  # fmt: skip
    every = [customer(Contract(SIGNED), key="1"), customer(key="2")]
    (one,) = due(every, deals, TODAY, NONE, "")
    assert (one.company, one.contracts, one.deadline) == (("erp", "2"), 0, END)


def test_revenue_that_nobody_told_is_unknown():
    (one,) = found(Contract(SIGNED, ends_on=END))
    assert (one.yearly.single, one.yearly.unknown) == (None, 1)
