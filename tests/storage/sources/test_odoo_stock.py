from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._odoo_known import Known
from storage.sources._odoo_stock import receipt, shipment, stock_level

KNOWN = Known(
    ZoneInfo("Europe/Berlin"),
    zones={"warehouse/1": ZoneInfo("Asia/Tokyo")},
    usage={4: "supplier", 8: "internal", 5: "customer", 6: "transit"},
    place={8: "warehouse/1"},
    factor={1: Decimal(1), 2: Decimal(12)},
    base={1: (1, "Units")},
)


def move(start=4, end=8, **more):
    return {
        "id": 7, "state": "done", "date": "2026-01-09 20:00:00", "quantity_done": 3.0,
        "product_id": [1, "Bolt"], "product_uom": [1, "Units"], "location_id": [start, "a"],
        "location_dest_id": [end, "b"], "purchase_line_id": [3, "x"], "sale_line_id": False,
        "picking_id": [2, "WH/IN/2"], "origin_returned_move_id": False,
        "write_date": "2026-01-09 20:00:01", **more,
    }  # fmt: skip


def test_goods_from_a_supplier_are_a_receipt_on_the_day_of_the_site():
    [(table, row)] = receipt(move(), KNOWN)
    assert table == "receipt"
    assert (row["line_ref"], row["qty"], row["doc"]) == ("3", 3, "WH/IN/2")
    assert row["received_at"] == datetime(2026, 1, 9, 20, tzinfo=UTC)
    assert row["received_on"].isoformat() == "2026-01-10"  # it is tomorrow already in Tokyo
    assert row["location_ref"] == "warehouse/1"


@pytest.mark.parametrize("state", ["draft", "waiting", "assigned", "cancel"])
def test_goods_that_are_not_done_are_none_whatever_date_they_bear(state):
    assert list(receipt(move(state=state), KNOWN)) == []
    assert list(shipment(move(8, 5, state=state, sale_line_id=[3, "x"]), KNOWN)) == []


def test_goods_that_go_back_count_against():
    [(_, row)] = receipt(move(8, 4), KNOWN)
    assert row["qty"] == -3


def test_goods_that_only_move_within_are_no_receipt():
    assert list(receipt(move(8, 8), KNOWN)) == []


def test_dozens_are_counted_in_pieces():
    [(_, row)] = receipt(move(product_uom=[2, "Dozens"]), KNOWN)
    assert row["qty"] == 36


def test_a_shipment_goes_to_a_customer_and_a_return_comes_back():
    out = move(8, 5, purchase_line_id=False, sale_line_id=[3, "x"])
    back = move(5, 8, purchase_line_id=False, sale_line_id=[3, "x"])
    assert [row["qty"] for _, row in shipment(out, KNOWN)] == [3]
    assert [row["qty"] for _, row in shipment(back, KNOWN)] == [-3]


@pytest.mark.parametrize("fault", [{"location_id": [99, "?"]}, {"quantity_done": False}])
def test_a_move_that_makes_no_sense_is_refused(fault):
    with pytest.raises(BadRow):
        list(receipt(move(**fault), KNOWN))


def test_what_lies_at_a_place():
    record = {"id": 1, "product_id": [1, "Bolt"], "location_id": [8, "Stock"], "quantity": 5.0,
              "write_date": "2026-01-09 20:00:01"}  # fmt: skip
    [(table, row)] = stock_level(record, KNOWN)
    assert (table, row["on_hand"], row["reserved"], row["location_ref"]) == (
        "stocklevel", 5, None, "warehouse/1",
    )  # fmt: skip
