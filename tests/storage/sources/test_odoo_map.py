"""Records of Odoo as facts: those of a real Odoo 16, and small ones of our own."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.bulk import check, shape
from storage.sources import BadRow
from storage.sources._odoo_known import Known
from storage.sources._odoo_map import (
    MAPPINGS,
    item,
    party,
    purchase,
    purchase_line,
    sale,
    sale_line,
)
from storage.sources._odoo_stock import receipt
from tests.storage.sources.odoo_world import sample

UTC_ZONE = ZoneInfo("UTC")
KNOWN = Known(
    UTC_ZONE,
    depot={1: "warehouse/1"},
    base={1: (1, "Units"), 2: (1, "Units")},
    factor={1: Decimal(1), 2: Decimal(12)},
    usage={4: "supplier", 8: "internal"},
)


def order(**more):
    return {"id": 10, "name": "P10", "state": "purchase", "partner_id": [7, "Acme"],
            "date_order": "2026-11-03 19:35:30", "date_approve": "2026-11-04 08:00:00",
            "write_date": "2026-11-05 10:00:00", "currency_id": [1, "EUR"], "user_id": False,
            "picking_type_id": [1, "In"], **more}  # fmt: skip


def line(**more):
    return {"id": 20, "order_id": [10, "P10"], "product_id": [1, "Bolt"], "product_qty": 5.0,
            "product_uom": [1, "Units"], "price_unit": 2.0, "price_subtotal": 9.0,
            "date_planned": "2026-11-20 10:00:00", "state": "purchase",
            "write_date": "2026-11-05 11:00:00", **more}  # fmt: skip


def one(facts):
    [(table, row)] = facts
    check(row, shape(table))
    return row


def test_an_order_is_ordered_when_it_is_confirmed():
    row = one(purchase(order(), KNOWN))
    assert row["ordered_at"] == datetime(2026, 11, 4, 8, tzinfo=UTC)
    assert (row["supplier_ref"], row["currency"], row["buyer"]) == ("7", "EUR", None)


@pytest.mark.parametrize("state", ["draft", "sent", "to approve"])
def test_a_draft_is_not_ordered_and_promises_nothing(state):
    draft = order(state=state, date_approve=False)
    assert one(purchase(draft, KNOWN))["ordered_at"] is None
    known = Known(UTC_ZONE, base=KNOWN.base, factor=KNOWN.factor, orders={10: draft})
    row = one(purchase_line(line(state=state), known))
    assert (row["promised_on"], row["planned_on"]) == (None, date(2026, 11, 20))


def with_order(record):
    return Known(UTC_ZONE, depot=KNOWN.depot, base=KNOWN.base, factor=KNOWN.factor,
                 orders={10: record})  # fmt: skip


def test_a_line_has_its_promise_its_site_and_the_price_of_a_unit():
    row = one(purchase_line(line(), with_order(order())))
    assert (row["promised_on"], row["location_ref"]) == (date(2026, 11, 20), "warehouse/1")
    assert (row["qty"], row["unit_price"]) == (5, Decimal("1.8"))
    assert row["source_updated_at"] == datetime(2026, 11, 5, 11, tzinfo=UTC)


def test_dozens_are_bought_in_pieces_at_the_price_of_a_piece():
    row = one(purchase_line(line(product_uom=[2, "Dozens"], price_subtotal=120.0),
                            with_order(order())))  # fmt: skip
    assert (row["qty"], row["unit_price"]) == (60, Decimal(2))


def test_a_cancelled_order_ends_its_lines_at_its_change():
    row = one(purchase_line(line(state="cancel"), with_order(order(state="cancel"))))
    assert row["cancelled_at"] == datetime(2026, 11, 5, 11, tzinfo=UTC)


def test_a_line_set_to_nothing_is_called_off():
    assert one(purchase_line(line(product_qty=0.0), with_order(order())))["cancelled_on"]


def test_a_line_whose_order_cannot_be_seen_is_refused():
    with pytest.raises(BadRow, match="can't be seen"):
        list(purchase_line(line(), KNOWN))


def test_a_quotation_is_no_sale():
    quotation = {"id": 1, "name": "S1", "state": "sent", "partner_id": [7, "N"],
                 "date_order": "2026-11-03 19:35:30", "commitment_date": "2026-11-09 00:00:00",
                 "write_date": "2026-11-03 19:35:30"}  # fmt: skip
    assert one(sale(quotation, KNOWN))["ordered_at"] is None
    sold = {**quotation, "state": "sale"}
    assert one(sale(sold, KNOWN))["ordered_on"] == date(2026, 11, 3)
    known = Known(UTC_ZONE, base=KNOWN.base, factor=KNOWN.factor, orders={1: sold})
    row = {"id": 2, "order_id": [1, "S1"], "product_id": [1, "Bolt"], "product_uom_qty": 2.0,
           "product_uom": [1, "Units"], "price_unit": 5.0, "state": "sale",
           "write_date": "2026-11-03 19:35:30"}  # fmt: skip
    assert one(sale_line(row, known))["promised_on"] == date(2026, 11, 9)
    assert list(sale_line({**row, "is_downpayment": True}, known)) == []


@pytest.mark.parametrize(
    ("more", "kind"),
    [({"supplier_rank": 2}, "supplier"), ({"customer_rank": 1}, "customer"),
     ({"purchase_order_count": 1, "sale_order_count": 2}, "both"), ({}, "other")],
)  # fmt: skip
def test_a_partner_is_what_it_trades(more, kind):
    record = {"id": 1, "name": "Acme", "write_date": "2026-01-01 00:00:00", **more}
    assert one(party(record, KNOWN))["kind"] == kind


@pytest.mark.parametrize(
    ("more", "domain"),
    [({"website": "https://www.acme.example/x"}, "acme.example"),
     ({"website": "acme.example"}, "acme.example"),
     ({"email": "Ann <ann@Acme.example>", "is_company": True}, "acme.example"),
     ({"email": "ann@mail.example", "is_company": False}, None)],
)  # fmt: skip
def test_a_company_is_known_by_its_domain(more, domain):
    record = {"id": 1, "name": "Acme", "write_date": "2026-01-01 00:00:00", **more}
    assert one(party(record, KNOWN))["domain"] == domain


@pytest.mark.parametrize(("is_company", "address"), [(True, "Mill Rd 1, LS1 Leeds"), (False, None)])
def test_a_company_has_an_address_and_a_person_none(is_company, address):
    record = {"id": 1, "name": "Acme", "write_date": "2026-01-01 00:00:00", "street": "Mill Rd 1",
              "zip": False, "city": "LS1 Leeds", "is_company": is_company}  # fmt: skip
    assert one(party(record, KNOWN))["address"] == address


def test_an_item_without_a_name_is_still_one():
    record = {"id": 3, "name": False, "type": "service", "uom_id": [1, "Units"],
              "write_date": "2026-01-01 00:00:00"}  # fmt: skip
    row = one(item(record, KNOWN))
    assert (row["name"], row["is_service"]) == ("(no name, 3)", True)


# what a real Odoo 16 answered


def test_a_recorded_order_before_and_after_its_receipt():
    found = sample("odoo16_po_lifecycle.json")
    stamps = {"write_date": "2026-11-17 19:35:31", "partner_id": [7, "Acme"]}
    before, after = (one(purchase({**found[name], **stamps}, KNOWN))
                     for name in ("po_before", "po_after"))  # fmt: skip
    assert (
        before["ordered_at"] == after["ordered_at"] == datetime(2026, 11, 3, 19, 35, 30, tzinfo=UTC)
    )
    assert before["number"] == "P00010"


def test_recorded_rows_become_facts_with_false_as_null():
    recorded = sample("odoo16_jsonrpc.json")
    orders = recorded["purchase.order"]["response"]["result"]
    assert orders
    for record in orders:
        full = {"write_date": record.get("write_date") or "2026-11-17 19:35:31", **record}
        full.setdefault("partner_id", [1, "x"])
        row = one(purchase(full, KNOWN))
        assert False not in row.values()
        assert all(at.tzinfo for at in row.values() if isinstance(at, datetime))
        is_confirmed = record["state"] in ("purchase", "done")
        assert (row["ordered_at"] is not None) >= is_confirmed


def test_a_recorded_picking_that_is_not_done_is_no_receipt_though_it_has_a_date():
    recorded = sample("odoo16_jsonrpc.json")
    for record in recorded["stock.move"]["response"]["result"]:
        full = {
            "purchase_line_id": [1, "x"], "location_id": [4, "a"], "location_dest_id": [8, "b"],
            "product_id": [1, "Bolt"], "product_uom": [1, "Units"], "quantity_done": 1.0,
            "write_date": "2026-11-17 19:35:31", "picking_id": False, **record,
        }  # fmt: skip
        if record.get("state") != "done":
            assert list(receipt(full, KNOWN)) == []


def test_every_stream_has_its_mapping():
    assert set(MAPPINGS) >= {"partners", "items", "purchases", "receipts", "sales", "shipments"}
