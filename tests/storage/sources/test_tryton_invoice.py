from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._tryton_invoice import invoice
from storage.sources._tryton_known import Known

KNOWN = Known(
    ZoneInfo("Europe/Berlin"),
    due={1: date(2026, 3, 1), 2: date(2026, 4, 1)},
    booked={8: date(2026, 2, 10), 9: date(2026, 2, 12)},
)


def on(day):
    return {"year": 2026, "month": 2, "day": day}


def facts(**more):
    record = {
        "id": 5, "number": "7", "party": 2, "type": "out", "state": "posted",
        "invoice_date": on(1), "untaxed_amount": {"decimal": "120.50"}, "reconciled": None,
        "lines_to_pay": [1, 2, 3],
        "reconciliation_lines": [], "last_modified_at": None, "currency.": {"code": "EUR"}, **more,
    }  # fmt: skip
    return [row for _, row in invoice(record, KNOWN)]


def test_a_posted_invoice_is_due_with_its_last_instalment():
    (row,) = facts()
    assert (row["number"], row["party_ref"], row["direction"]) == ("7", "2", "out")
    assert (row["amount"], row["currency"]) == (Decimal("120.5"), "EUR")
    assert (row["issued_on"], row["due_on"]) == (date(2026, 2, 1), date(2026, 4, 1))
    assert (row["paid_on"], row["paid_at"]) == (None, None)


def test_an_invoice_is_paid_on_the_day_of_its_last_payment_whenever_that_was_entered():
    paid = {"state": "paid", "reconciled": on(20)}
    assert facts(**paid, reconciliation_lines=[8, 9])[0]["paid_on"] == date(2026, 2, 12)
    assert facts(**paid, reconciliation_lines=[7])[0]["paid_on"] == date(2026, 2, 20)
    assert facts(state="posted", reconciled=on(20))[0]["paid_on"] is None


def test_an_invoice_without_a_line_to_pay_is_due_nobody_knows_when():
    assert facts(lines_to_pay=[])[0]["due_on"] is None


@pytest.mark.parametrize("state", ["draft", "validated", "cancelled"])
def test_what_is_not_posted_is_no_bill(state):
    assert facts(state=state) == []


def test_a_posted_invoice_without_a_date_is_refused():
    with pytest.raises(BadRow, match="without a date"):
        facts(invoice_date=None)
