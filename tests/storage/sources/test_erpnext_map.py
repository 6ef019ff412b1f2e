from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._erpnext_map import (
    CUSTOMER,
    INVENTORY,
    PRODUCTION,
    SUPPLIER,
    TRANSIT,
    outside,
    posted,
    typed,
)
from storage.sources._erpnext_types import (
    BOM_LINES,
    ITEMS,
    MOVES,
    PURCHASE_LINES,
    SALES_LINES,
    STREAMS,
    USED,
    WAREHOUSES,
    WORK,
)

BERLIN = ZoneInfo("Europe/Berlin")
SHOWN = "2026-03-02 10:00:00"
CHANGED = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINE = {
    "name": "a", "idx": 1, "item_code": "BOLT", "warehouse": "Stores - O", "qty": 2.0,
    "stock_qty": 24.0, "conversion_factor": 12.0, "stock_uom": "Nos", "net_rate": 6.0,
    "received_qty": 0.5, "delivered_qty": 0.0, "schedule_date": "2026-03-10",
    "expected_delivery_date": "2026-03-12", "delivery_date": "2026-03-15", "docstatus": 1,
    "head": {"name": "PO-1", "status": "To Receive", "docstatus": 1, "modified": SHOWN},
}  # fmt: skip
ENTRY = {"name": "SLE-1", "item_code": "BOLT", "warehouse": "Stores - O", "actual_qty": -3.0,
         "stock_value_difference": -4.5, "posting_date": "2026-02-20", "modified": SHOWN,
         "posting_time": "9:05:01.250000", "voucher_type": "Delivery Note", "voucher_no": "DN-1",
         "is_cancelled": 0, "_currency": "EUR"}  # fmt: skip
USE = {"name": "d", "item_code": "STEEL", "transfer_qty": 5.0, "s_warehouse": "WIP - O",
       "is_finished_item": 0,
       "head": {"docstatus": 1, "purpose": "Manufacture", "work_order": "WO-1",
                "posting_date": "2026-02-20", "posting_time": "0:30:00",
                "modified": SHOWN}}  # fmt: skip


def within(record, **head):
    return {**record, "head": {**record["head"], **head}}


def test_a_purchase_line_keeps_what_was_asked_for_and_what_was_promised_apart():
    row = PURCHASE_LINES.row(LINE, BERLIN)
    assert (row["qty"], row["uom"], row["unit_price"]) == (Decimal(24), "Nos", Decimal("0.5"))
    assert (row["requested_on"], row["promised_on"]) == (date(2026, 3, 10), date(2026, 3, 12))
    assert (row["promised_first"], row["planned_on"]) == (date(2026, 3, 12), date(2026, 3, 12))
    assert (row["cancelled_at"], row["source_updated_at"]) == (None, CHANGED)
    unpromised = PURCHASE_LINES.row({**LINE, "expected_delivery_date": None}, BERLIN)
    assert (unpromised["promised_on"], unpromised["planned_on"]) == (None, date(2026, 3, 10))


def test_a_line_of_a_cancelled_order_and_one_that_was_left_out_of_its_amendment_are_off():
    for off in (within(LINE, docstatus=2), {**LINE, "docstatus": 2}):
        row = PURCHASE_LINES.row(off, BERLIN)
        assert (row["cancelled_at"], row["cancelled_on"]) == (CHANGED, date(2026, 3, 2))
        assert row["cancelled_qty"] is None


@pytest.mark.parametrize(
    ("received", "lost", "is_off"),
    [(0.5, Decimal(18), True), (0.0, None, True), (2.0, None, False), (2.5, None, False)],
)
def test_of_a_closed_order_the_rest_will_not_come(received, lost, is_off):
    row = PURCHASE_LINES.row({**within(LINE, status="Closed"), "received_qty": received}, BERLIN)
    assert (row["cancelled_qty"], row["cancelled_at"] is not None) == (lost, is_off)


@pytest.mark.parametrize(("delivered", "is_off"), [(0.0, True), (1.0, True), (2.0, False)])
def test_what_has_not_gone_out_of_a_closed_sale_is_off(delivered, is_off):
    row = SALES_LINES.row({**within(LINE, status="Closed"), "delivered_qty": delivered}, BERLIN)
    assert (row["promised_on"], row["cancelled_at"] is not None) == (date(2026, 3, 15), is_off)


def test_an_entry_of_the_ledger_is_a_move_with_a_value():
    out = MOVES.row(ENTRY, BERLIN)
    assert (out["from_ref"], out["to_ref"], out["qty"]) == ("Stores - O", CUSTOMER, 3)
    assert (out["value"], out["currency"], out["doc"]) == (Decimal("4.5"), "EUR", "DN-1")
    assert out["moved_at"] == datetime(2026, 2, 20, 8, 5, 1, 250_000, tzinfo=UTC)
    back = MOVES.row({**ENTRY, "actual_qty": 2.0, "stock_value_difference": None}, BERLIN)
    assert (back["from_ref"], back["to_ref"], back["value"]) == (CUSTOMER, "Stores - O", None)


@pytest.mark.parametrize(
    "change", [{"is_cancelled": 1}, {"is_cancelled": "Yes"}, {"actual_qty": 0.0}]
)
def test_a_cancelled_entry_and_one_of_value_alone_are_no_move(change):
    assert MOVES.row({**ENTRY, **change}, BERLIN) is None


@pytest.mark.parametrize(
    ("voucher", "purpose", "place"),
    [("Purchase Receipt", None, SUPPLIER), ("Sales Invoice", None, CUSTOMER),
     ("Stock Entry", "Manufacture", PRODUCTION), ("Stock Entry", "Material Transfer", TRANSIT),
     ("Stock Entry", "Material Issue", INVENTORY), ("Stock Entry", None, INVENTORY),
     ("Stock Reconciliation", None, INVENTORY)],
)  # fmt: skip
def test_the_other_end_of_an_entry_is_known_by_its_document(voucher, purpose, place):
    assert outside({"voucher_type": voucher, "_purpose": purpose}) == place


def test_a_component_that_an_entry_for_production_takes_is_used_up():
    row = USED.row(USE, BERLIN)
    assert (row["make_ref"], row["item_ref"], row["qty"]) == ("WO-1", "STEEL", 5)
    assert (row["consumed_on"], row["consumed_at"].hour) == (date(2026, 2, 20), 23)


@pytest.mark.parametrize(
    "other",
    [within(USE, docstatus=2), within(USE, purpose="Material Transfer for Manufacture"),
     within(USE, work_order=None), {**USE, "is_finished_item": 1}, {**USE, "is_scrap_item": 1},
     {**USE, "s_warehouse": None}, {**USE, "t_warehouse": "Stores - O"}],
)  # fmt: skip
def test_what_an_entry_moves_or_makes_is_not_used_up(other):
    assert USED.row(other, BERLIN) is None


def test_a_bill_for_a_batch_is_told_for_one():
    line = {"name": "b", "item_code": "STEEL", "stock_qty": 5.0,
            "head": {"item": "PUMP", "quantity": 10.0, "modified": SHOWN}}  # fmt: skip
    assert BOM_LINES.row(line, BERLIN)["qty"] == Decimal("0.5")
    with pytest.raises(BadRow, match="a quantity of nothing"):
        BOM_LINES.row(within(line, quantity=0.0), BERLIN)


WORK_ORDER = {
    "name": "WO-1", "production_item": "PUMP", "qty": 10.0, "produced_qty": 4.0, "docstatus": 1,
    "status": "In Process", "creation": "2026-02-01 08:00:00", "modified": SHOWN,
    "planned_start_date": "2026-02-03 08:00:00", "planned_end_date": "2026-02-10 08:00:00",
    "actual_start_date": "2026-02-04 08:00:00", "actual_end_date": "2026-02-20 08:00:00",
}  # fmt: skip


def test_a_production_order_is_finished_when_it_is_complete():
    running = WORK.row(WORK_ORDER, BERLIN)
    assert (running["started_on"], running["finished_on"]) == (date(2026, 2, 4), None)
    assert (running["planned_finish_on"], running["done_qty"]) == (date(2026, 2, 10), 4)
    done = WORK.row({**WORK_ORDER, "status": "Completed", "produced_qty": 10.0}, BERLIN)
    assert (done["finished_on"], done["cancelled_on"]) == (date(2026, 2, 20), None)


@pytest.mark.parametrize("change", [{"status": "Closed"}, {"docstatus": 2, "status": "Cancelled"}])
def test_a_production_order_that_was_cancelled_or_closed_short_is_off(change):
    assert WORK.row({**WORK_ORDER, **change}, BERLIN)["cancelled_at"] == CHANGED


def test_an_item_costs_what_the_last_purchase_did_else_its_given_value():
    item = {"name": "BOLT", "item_name": "Bolt", "modified": SHOWN, "is_stock_item": 1,
            "disabled": 0, "last_purchase_rate": 0.0, "valuation_rate": 1.5}  # fmt: skip
    row = ITEMS.row(item, BERLIN)
    assert (row["unit_cost"], row["is_service"], row["is_active"]) == (Decimal("1.5"), False, True)
    bought = ITEMS.row({**item, "last_purchase_rate": 2.0, "is_stock_item": 0}, BERLIN)
    assert (bought["unit_cost"], bought["is_service"]) == (2, True)


def test_a_group_of_warehouses_is_no_place():
    place = {"name": "Stores - O", "warehouse_name": "Stores", "modified": SHOWN, "is_group": 0}
    assert WAREHOUSES.row(place, BERLIN)["kind"] == "warehouse"
    assert WAREHOUSES.row({**place, "warehouse_type": "Transit"}, BERLIN)["kind"] == "transit"
    assert WAREHOUSES.row({**place, "is_group": 1}, BERLIN) is None


def test_invoices_of_both_directions_and_their_credit_notes():
    sold, bought = (docs.head for docs in STREAMS["invoices"])
    record = {"name": "1", "customer": "Acme", "supplier": "Acme", "net_total": -90.0,
              "currency": "EUR", "posting_date": "2026-02-01", "due_date": "2026-03-01",
              "outstanding_amount": 0.0, "docstatus": 1, "modified": SHOWN}  # fmt: skip
    out = sold.row({**record, "_type": "Sales Invoice", "_paid": date(2026, 2, 20)}, BERLIN)
    assert (out["source_id"], out["direction"], out["amount"]) == ("Sales Invoice/1", "out", -90)
    assert (out["party_ref"], out["paid_on"]) == ("Customer/Acme", date(2026, 2, 20))
    inward = bought.row({**record, "_type": "Purchase Invoice"}, BERLIN)
    assert (inward["party_ref"], inward["paid_on"]) == ("Supplier/Acme", date(2026, 3, 2))
    owed = bought.row({**record, "_type": "P", "outstanding_amount": 5.0}, BERLIN)
    assert owed["paid_on"] is None
    assert bought.row({**record, "_type": "P", "docstatus": 2}, BERLIN) is None


def test_a_document_counts_at_its_own_time_or_on_its_day():
    assert posted({"posting_date": "2026-02-20"}, BERLIN) == date(2026, 2, 20)
    at = posted({"posting_date": "2026-02-20", "posting_time": "23:59:59.5"}, BERLIN)
    assert at.isoformat() == "2026-02-20T23:59:59.500000+01:00"
    for wrong, said in (({}, "no posting_date"), ({"posting_date": "2026-02-20",
                        "posting_time": "noon"}, "not a time")):  # fmt: skip
        with pytest.raises(BadRow, match=said):
            posted(wrong, BERLIN)


def test_names_of_parties():
    assert typed("Supplier")("Acme", BERLIN) == "Supplier/Acme"
    assert typed("Supplier")("", BERLIN) is None
