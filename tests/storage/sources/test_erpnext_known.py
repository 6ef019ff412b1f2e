from datetime import date

import pytest

from storage.sources._erpnext_known import Known, is_settled
from tests.storage.sources.erpnext_harness import erpnext
from tests.storage.sources.fake_frappe import FakeFrappe

INVOICE = {"name": "INV-1", "docstatus": 1, "outstanding_amount": 0.0}


@pytest.fixture
def fake():
    fake = FakeFrappe()
    fake.save("Company", {"name": "Ours", "default_currency": "EUR"})
    fake.save("Warehouse", {"name": "Stores - O", "company": "Ours", "warehouse_name": "Stores"})
    return fake


@pytest.fixture
def known(fake):
    opened = []
    yield Known(erpnext(fake, opened).site)
    opened[0].http.close()


def added(known, name, row, doctype="Bin"):
    rows = [dict(row)]
    known.add(doctype, [name], rows)
    return rows[0]


def pay(fake, on, voucher="PAY-1", **values):
    fake.save("Payment Ledger Entry", {
        "name": f"{voucher}-{on}", "against_voucher_type": "Sales Invoice", "voucher_no": voucher,
        "against_voucher_no": "INV-1", "posting_date": on, "delinked": 0, **values,
    })  # fmt: skip


def test_the_currency_is_that_of_the_company_or_of_the_warehouses_or_the_only_one(fake, known):
    fake.save("Company", {"name": "Theirs", "default_currency": "SEK"})
    assert added(known, "currency", {"company": "Theirs"})["_currency"] == "SEK"
    assert added(known, "currency", {"warehouse": "Stores - O"})["_currency"] == "EUR"
    assert added(known, "currency", {"name": "BOLT"})["_currency"] is None


def test_the_only_currency_is_that_of_what_has_no_company(known):
    assert added(known, "currency", {"name": "BOLT"})["_currency"] == "EUR"


def test_what_may_not_be_read_is_not_known(fake, known):
    fake.refused |= {"Company", "Warehouse", "Stock Entry", "Payment Ledger Entry"}
    assert added(known, "currency", {"company": "Ours"})["_currency"] is None
    entry = {"voucher_type": "Stock Entry", "voucher_no": "STE-1"}
    assert added(known, "purpose", entry)["_purpose"] is None
    assert added(known, "paid", INVOICE, "Sales Invoice")["_paid"] is None


def test_the_purpose_of_an_entry_comes_from_its_document(fake, known):
    fake.save("Stock Entry", {"name": "STE-1", "purpose": "Manufacture"})
    entry = {"voucher_type": "Stock Entry", "voucher_no": "STE-1"}
    assert added(known, "purpose", entry)["_purpose"] == "Manufacture"


def test_an_invoice_is_paid_on_the_day_of_its_last_payment(fake, known):
    pay(fake, "2026-02-10")
    pay(fake, "2026-02-20")
    pay(fake, "2026-02-25", delinked=1)
    pay(fake, "2026-03-01", voucher="INV-1")  # the invoice itself
    assert added(known, "paid", INVOICE, "Sales Invoice")["_paid"] == date(2026, 2, 20)
    owed = {**INVOICE, "outstanding_amount": 5.0}
    assert added(known, "paid", owed, "Sales Invoice")["_paid"] is None


def test_a_version_without_a_ledger_of_payments_knows_no_days(fake, known):
    fake.absent.add("Payment Ledger Entry")
    assert added(known, "paid", INVOICE, "Sales Invoice")["_paid"] is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, True), ({"outstanding_amount": -0.001}, True), ({"outstanding_amount": -7.0}, False),
     ({"docstatus": 0}, False), ({"outstanding_amount": None}, False)],
)  # fmt: skip
def test_an_invoice_is_settled_when_nothing_is_owed_of_it(change, expected):
    assert is_settled({**INVOICE, **change}) is expected
