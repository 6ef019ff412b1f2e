import random
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from storage.known.invoices import Invoice
from storage.known.rates import Rates
from storage.metrics.cash_to_cash import Cycle, Owed, owed

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
RATES = Rates("EUR", [])


def bill(on, amount=100, paid=None, *, direction="out", currency="EUR"):
    day = date.fromisoformat(on) if isinstance(on, str) else on
    value = None if amount is None else Decimal(amount)
    return Invoice(direction, value, currency, day, _paid(day, paid))


def _paid(day, after):
    return None if after is None else day + timedelta(after)


def days(bills, direction="out", rates=RATES):
    return owed(bills, direction, FIRST, LAST, rates).days


def test_bills_that_all_wait_for_thirty_days_wait_for_thirty_days():
    assert days([bill(f"2025-{month:02}-03", paid=30) for month in range(4, 10)]) == 30


def test_paid_on_the_spot_is_zero_days():
    assert days([bill(f"2025-{month:02}-03", paid=0) for month in range(4, 10)]) == 0


def test_an_open_bill_counts_until_the_end_of_the_window():
    found = owed([bill("2026-03-22") for _ in range(5)], "out", FIRST, LAST, RATES)
    assert (found.days, found.n, found.open) == (10, 5, 5)


def test_a_bill_of_before_the_window_is_owed_in_it():
    bills = [bill("2025-03-22", paid=30)] + [bill("2025-06-01", paid=10) for _ in range(5)]
    assert days(bills) == pytest.approx((20 + 5 * 10) / 5)


def test_a_credit_note_counts_against_what_is_owed():
    bills = [bill("2025-06-01", paid=10) for _ in range(5)] + [bill("2025-06-01", -100, paid=10)]
    assert days(bills) == 10


def test_too_few_bills_no_rate_and_unknown_amounts_are_no_figure():
    assert days([bill("2025-06-01", paid=10) for _ in range(4)]) is None
    mixed = [bill("2025-06-01", paid=10, currency=code) for code in ("EUR", "USD") * 3]
    assert days(mixed) is None
    assert days(mixed, rates=Rates("EUR", [("USD", FIRST, Decimal("0.9"))])) == 10
    assert days([bill("2025-06-01", None, paid=10) for _ in range(5)]) is None


def test_only_bills_of_the_direction_count():
    assert days([bill("2025-06-01", paid=10, direction="in") for _ in range(5)]) is None
    assert days([bill("2025-06-01", paid=10, direction="in") for _ in range(5)], "in") == 10


def test_the_cycle_is_the_sum_of_its_parts_and_unknown_where_one_is():
    assert Cycle(60, Owed(30, 9, 1), Owed(45, 9, 1)).days == 45
    assert Cycle(None, Owed(30, 9, 1), Owed(45, 9, 1)).days is None
    assert Cycle(60, Owed(None, 0, 0), Owed(45, 9, 1)).days is None


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_the_daily_balance_written_apart(seed):
    rng = random.Random(seed)
    bills = [
        bill(date(2025, 1, 1) + timedelta(rng.randrange(480)), rng.randrange(-20, 200),
             rng.choice((None, 0, 10, 30, 90)))
        for _ in range(300)
    ]  # fmt: skip
    frame = pd.DataFrame(
        [(one.issued_on, one.paid_on or date(2099, 1, 1), float(one.amount)) for one in bills],
        columns=["issued", "paid", "amount"],
    )
    balance = [
        frame[(frame.issued <= day) & (frame.paid > day)].amount.sum()
        for day in pd.date_range(FIRST, LAST).date
    ]
    billed = frame[(frame.issued >= FIRST) & (frame.issued <= LAST)].amount.sum()
    assert days(bills) == pytest.approx((sum(balance) / 365) / (billed / 365))
