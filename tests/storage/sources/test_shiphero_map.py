from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._shiphero_map import ENTITIES, STOCK, sold, still, utc

BERLIN = ZoneInfo("Europe/Berlin")
MADE = {one.table: one for one in ENTITIES}


def edges(*records):
    return {"edges": [{"node": one} for one in records]}


def test_a_time_that_does_not_say_its_zone_is_utc():
    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert utc("2026-10-25T00:30:00", BERLIN) == at
    assert utc("2026-10-25T02:30:00+02:00", BERLIN) == at
    assert utc(None, BERLIN) is None


def test_a_level_is_stamped_in_utc_and_worth_what_was_paid():
    record = {
        "id": "A", "sku": "S", "warehouse_id": "W", "on_hand": 3, "allocated": 1,
        "value": "1.50", "value_currency": "USD", "updated_at": "2026-05-04T10:00:00",
    }  # fmt: skip
    row = STOCK.row(record, BERLIN)
    assert row["source_updated_at"] == row["as_of"] == datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert (row["value"], row["reserved"], row["part"]) == (Decimal("4.50"), 1, "A")
    with pytest.raises(BadRow, match="on_hand"):
        STOCK.row({**record, "on_hand": None}, BERLIN)


def test_an_order_without_lines_or_shipments_is_an_order():
    order = {"id": "O", "order_number": "1", "required_ship_date": "2026-03-31T23:00:00",
             "line_items": None, "shipments": None}  # fmt: skip
    ((table, row),) = sold(MADE, order, BERLIN)
    assert (table, row["requested_on"], row["cancelled_on"]) == (
        "salesorder", date(2026, 4, 1), None,
    )  # fmt: skip


def test_what_was_sent_without_a_label_has_no_carrier_and_of_an_unknown_line_no_item():
    sent = {"id": "P", "created_date": "2026-03-30T09:15:00", "shipping_labels": [None],
            "line_items": edges({"id": "X", "line_item_id": "gone", "quantity": 1})}  # fmt: skip
    order = {"id": "O", "order_number": "1", "shipments": [sent]}
    rows = dict(sold(MADE, order, BERLIN))
    assert rows["shipment"]["source_id"] == "P/X"
    assert (rows["shipment"]["carrier"], rows["shipment"]["item_ref"]) == (None, None)


def test_of_an_order_that_is_refused_all_its_facts_are_named():
    sent = {"id": "P", "line_items": edges({"id": "X"})}
    order = {"id": "O", "line_items": edges({"id": "L"}), "shipments": [sent]}
    assert list(still(order)) == [("salesorder", "O"), ("salesline", "L"), ("shipment", "P/X")]
