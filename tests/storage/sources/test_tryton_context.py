from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources._tryton_context import known_of, with_page
from tests.storage.sources.fake_tryton import FakeTryton

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def server():
    made = FakeTryton()
    made.put("product.uom", {"id": 1, "factor": 1.0, "rate": 1.0})
    made.put("product.uom", {"id": 2, "factor": 12.0, "rate": 0.083333333333})
    made.put("product.uom", {"id": 3, "factor": 0.001, "rate": 1000.0})
    made.put("stock.location", {"id": 3, "name": "Main", "type": "warehouse"})
    made.put("stock.location", {"id": 4, "name": "Shelf", "type": "storage", "parent": 3})
    return made


def known(server, stream):
    return known_of(server.open().reader, stream, BERLIN)


def test_units_are_taken_by_the_rounder_of_their_numbers(server):
    assert known(server, "receipts").units == {
        1: Decimal(1), 2: Decimal(12), 3: Decimal(1) / 1000,
    }  # fmt: skip


def test_what_a_stream_does_not_need_is_not_asked_for(server):
    assert known(server, "sales").place == {}
    assert server.asked == []


def test_costs_are_in_the_currency_of_the_users_company(server):
    server.records["currency.currency"][2] = {"id": 2, "code": "SEK"}
    server.records["company.company"][2] = {"id": 2, "currency": 2}
    assert known(server, "stock_levels").currency == "EUR"
    server.company = 2
    assert known(server, "stock_levels").currency == "SEK"


def test_bills_are_known_for_their_lines(server):
    server.put("product.product", {"id": 7, "default_uom": 1})
    server.put("product.product-production.bom", {"id": 1, "product": 7, "bom": 9, "sequence": 1})
    output = {"id": 1, "bom": 9, "product": 7, "quantity": 2.0, "unit": 2}
    server.put("production.bom.output", output)
    assert known(server, "bom_lines").recipes == {9: {7: 24}}


def test_invoices_have_the_days_of_their_lines(server):
    booked = date(2026, 3, 1)
    server.put("account.move.line", {"id": 8, "maturity_date": date(2026, 4, 1), "date": booked})
    server.put("account.move.line", {"id": 9, "maturity_date": None, "date": booked})
    reader = server.open().reader
    record = {"lines_to_pay": [8], "reconciliation_lines": [9]}
    seen = with_page(reader, known(server, "invoices"), "invoices", [record])
    assert seen.due == {8: date(2026, 4, 1)}
    assert seen.booked == {8: booked, 9: booked}
    empty = {"lines_to_pay": [], "reconciliation_lines": []}
    assert with_page(reader, seen, "invoices", [empty]).due == {}


def test_productions_have_their_outputs(server):
    server.put("stock.move", {"id": 5, "state": "done", "product": 7})
    server.put("product.product", {"id": 7, "default_uom": 1})
    reader = server.open().reader
    seen = with_page(reader, known(server, "make_orders"), "make_orders", [{"outputs": [5]}])
    assert seen.moves[5]["state"] == "done"
