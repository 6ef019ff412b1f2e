from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._tryton_known import Known
from storage.sources._tryton_stock import locations, site, stock_level, stock_move, stores

KNOWN = Known(ZoneInfo("Europe/Berlin"), units={1: Decimal(1), 2: Decimal(12)}, currency="EUR")
HOUSE, IN, OUT, STORE, SHELF, YARD, LOST, SUPPLIERS, MAKE = range(1, 10)


def place(id_, type_, parent=None, **more):
    return {"id": id_, "name": f"place {id_}", "code": "", "type": type_, "parent": parent, **more}


ROWS = {
    row["id"]: row
    for row in (
        place(HOUSE, "warehouse", input_location=IN, output_location=OUT, storage_location=STORE),
        place(IN, "storage", HOUSE),
        place(OUT, "storage", HOUSE),
        place(STORE, "storage", HOUSE),
        place(SHELF, "storage", STORE),
        place(YARD, "storage"),
        place(LOST, "lost_found", HOUSE),
        place(SUPPLIERS, "supplier"),
        place(MAKE, "production", HOUSE),
    )
}


def test_every_place_has_its_kind_and_its_site():
    made = {int(row["source_id"]): (row["kind"], row["site_ref"]) for row in locations(ROWS)}
    assert made == {
        HOUSE: ("warehouse", None), IN: ("input", "1"), OUT: ("output", "1"),
        STORE: ("internal", "1"), SHELF: ("internal", "1"), YARD: ("internal", None),
        LOST: ("inventory", "1"), SUPPLIERS: ("supplier", None), MAKE: ("production", "1"),
    }  # fmt: skip


def test_a_shelf_where_goods_come_in_is_not_put_away_either():
    rows = {**ROWS, 20: place(20, "storage", IN)}
    assert {row["source_id"]: row["kind"] for row in locations(rows)}["20"] == "input"


def test_goods_are_put_away_at_once_where_they_come_in_to_the_store_itself():
    house = {**ROWS[HOUSE], "input_location": STORE}
    kinds = {row["source_id"]: row["kind"] for row in locations({**ROWS, HOUSE: house})}
    assert (kinds[str(STORE)], kinds[str(SHELF)]) == ("internal", "internal")


def test_places_that_are_in_each_other_end():
    rows = {1: place(1, "view", 2), 2: place(2, "view", 1)}
    assert [site(id_, rows) for id_ in rows] == ["1", "2"]


def test_stock_lies_where_goods_are_stored():
    assert stores(ROWS) == [IN, OUT, STORE, SHELF, YARD]


def test_a_level_is_as_of_the_end_of_its_day_at_the_company():
    record = {"id": 7, "quantity": 2.5, "cost_value": {"decimal": "75.00"}, "cost_price": None}
    assert stock_level(record, 4, date(2026, 3, 1), KNOWN) == {
        "source_id": "4/7", "item_ref": "7", "location_ref": "4",
        "as_of": datetime(2026, 3, 1, 22, 59, 59, 999_999, UTC), "on_hand": Decimal("2.5"),
        "value": Decimal(75), "currency": "EUR",
    }  # fmt: skip


def test_a_level_without_a_cost_has_no_currency_either():
    record = {"id": 7, "quantity": 2.5, "cost_value": None, "cost_price": None}
    row = stock_level(record, 4, date(2026, 3, 1), KNOWN)
    assert (row["value"], row["currency"]) == (None, None)


def test_an_item_that_was_new_that_day_is_worth_what_it_costs_now():
    record = {"id": 7, "quantity": 2.5, "cost_value": None, "cost_price": {"decimal": "4"}}
    row = stock_level(record, 4, date(2026, 3, 1), KNOWN)
    assert (row["value"], row["currency"]) == (10, "EUR")


MOVE = {
    "id": 5, "product": 7, "quantity": 2.0, "unit": 2, "from_location": 8, "to_location": 2,
    "shipment": "stock.shipment.in,3", "cost_price": {"decimal": "3.5"}, "last_modified_at": None,
    "effective_date": {"year": 2026, "month": 2, "day": 9}, "product.": {"default_uom": 1},
}  # fmt: skip


def test_a_move_is_worth_its_cost_in_the_items_own_unit():
    ((table, row),) = stock_move(MOVE, KNOWN)
    assert (table, row["from_ref"], row["to_ref"], row["item_ref"]) == ("stockmove", "8", "2", "7")
    assert (row["qty"], row["value"], row["currency"]) == (24, 84, "EUR")
    assert (row["moved_on"], row["doc"]) == (date(2026, 2, 9), "stock.shipment.in,3")


def test_a_move_without_a_cost_is_worth_nobody_knows_what():
    ((_, row),) = stock_move({**MOVE, "cost_price": None}, KNOWN)
    assert (row["value"], row["currency"]) == (None, None)


@pytest.mark.parametrize("change", [{"quantity": None}, {"effective_date": None}])
def test_a_move_that_cannot_be_believed_is_refused(change):
    with pytest.raises(BadRow, match="a done move without"):
        list(stock_move({**MOVE, **change}, KNOWN))
