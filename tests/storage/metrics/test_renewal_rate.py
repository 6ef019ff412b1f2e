"""Renewal rate: what was due, what became of it, and when."""

from datetime import UTC, date, datetime

import pytest

from storage.known.contracts import Contract, Was
from storage.known.customers import Customer
from storage.known.deals import Deal
from storage.metrics.renewal_rate import rate, renewals

TODAY, DUE, SIGNED = date(2026, 3, 20), date(2026, 1, 1), date(2025, 1, 1)


def became(*contracts):
    one = Customer("Acme", frozenset({("erp", "1")}), contracts=contracts)
    return [(x.due_on, x.is_renewed, x.timing) for x in renewals([one], [], TODAY)]


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        (Contract(SIGNED, ends_on=DUE), (DUE, False, None)),
        (Contract(SIGNED, ends_on=DUE, auto_renew=True), (DUE, True, "on time")),
        (Contract(SIGNED, ends_on=DUE, auto_renew=True, churned_on=DUE), (DUE, False, None)),
        (Contract(SIGNED, ends_on=date(2026, 3, 1)), (date(2026, 3, 1), None, None)),
        (Contract(SIGNED, ends_on=DUE, churned_on=date(2025, 11, 1)), (DUE, False, None)),
    ],
)
def test_a_date_that_passed(contract, expected):
    assert became(contract) == [expected]


def test_what_is_to_come_is_not_due_yet():
    assert became(Contract(SIGNED, ends_on=date(2026, 9, 1))) == []
    assert became(Contract(SIGNED)) == []


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (date(2025, 11, 1), (True, "early")),
        (DUE, (True, "on time")),
        (date(2026, 1, 20), (True, "late")),
        (date(2026, 3, 1), (False, "late")),
    ],
)
def test_a_date_that_was_moved_on_was_renewed(moved, expected):
    contract = Contract(SIGNED, ends_on=date(2027, 1, 1), was=(Was(moved, DUE, None),))
    assert became(contract) == [(DUE, *expected)]


def test_a_correction_is_no_renewal():
    near = Contract(SIGNED, ends_on=date(2027, 1, 1), was=(
        Was(date(2025, 12, 1), date(2026, 12, 20), None),
        Was(date(2025, 12, 2), date(2026, 12, 25), None),
    ))  # fmt: skip
    long_before = Contract(
        SIGNED, ends_on=date(2027, 1, 1), was=(Was(date(2025, 2, 1), DUE, None),)
    )
    assert became(near) == became(long_before) == []


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2025, 12, 1), (True, "early")),
        (date(2026, 1, 2), (True, "on time")),
        (date(2026, 1, 25), (True, "late")),
        (date(2026, 2, 5), (False, None)),
    ],
)
def test_a_contract_that_follows_renews(start, expected):
    old, new = Contract(SIGNED, ends_on=DUE), Contract(start, ends_on=date(2027, 1, 1))
    assert became(old, new) == [(DUE, *expected)]


def deal(closes, won=None, closed=None, company=("erp", "2"), kind="renewal"):
    at = datetime(*closed, tzinfo=UTC) if closed else None
    return Deal(("crm", "d"), company, "x", kind, None, None, None, closes, at, won, None)


def test_deals_count_where_no_contract_tells_of_them():
    ended = Contract(SIGNED, ends_on=date(2026, 1, 20))
    signed = Customer("Acme", frozenset({("erp", "1")}), contracts=(ended,))
    bare = Customer("Bare", frozenset({("erp", "2")}))
    deals = [
        deal(DUE, True, (2026, 1, 15)), deal(date(2025, 12, 1), False, (2025, 12, 1)),
        deal(date(2025, 11, 1)), deal(date(2026, 3, 10)), deal(date(2026, 6, 1)),
        deal(DUE, True, (2026, 1, 1), company=("erp", "1")), deal(DUE, True, kind="upsell"),
    ]  # fmt: skip
    found = renewals([signed, bare], deals, TODAY)
    assert [(one.is_renewed, one.timing) for one in found] == [
        (False, None), (False, None), (True, "late"), (False, None), (None, None),
    ]  # fmt: skip
    open_ended = Customer("Acme", frozenset({("erp", "1")}), contracts=(Contract(SIGNED),))
    assert [one.is_renewed for one in renewals([open_ended], deals[-2:], TODAY)] == [True]


def test_the_rate_is_of_what_is_decided_in_the_window():
    every = [
        Customer(f"c{at}", frozenset({("erp", str(at))}), contracts=(contract,))
        for at, contract in enumerate([
            Contract(SIGNED, ends_on=DUE), Contract(SIGNED, ends_on=DUE, auto_renew=True),
            Contract(SIGNED, ends_on=date(2026, 3, 1)), Contract(SIGNED, ends_on=date(2024, 1, 1)),
            Contract(SIGNED, ends_on=date(2027, 1, 1), was=(Was(date(2025, 12, 1), DUE, None),)),
        ])
    ]  # fmt: skip
    found = rate(renewals(every, [], TODAY), date(2025, 3, 20), TODAY)
    assert (found.due, found.renewed, found.early, found.late, found.pending) == (3, 2, 1, 0, 1)
    assert found.value == pytest.approx(2 / 3)
    assert rate([], SIGNED, TODAY).value is None
