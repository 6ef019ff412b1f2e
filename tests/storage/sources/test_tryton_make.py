from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._tryton_known import Known
from storage.sources._tryton_make import bom_line, consumption, make_order, recipes

PIECE, DOZEN = 1, 2


def stamp(day, hour=9):
    return {"year": 2026, "month": 2, "day": day, "hour": hour, "minute": 0, "second": 0,
            "microsecond": 0}  # fmt: skip


def known(*moves, **more):
    return Known(
        ZoneInfo("Europe/Berlin"),
        units={PIECE: Decimal(1), DOZEN: Decimal(12)},
        place={1: "1"},
        type={4: "storage", 9: "production"},
        moves={move["id"]: move for move in moves},
        **more,
    )


def production(*outputs, **more):
    record = {
        "id": 5, "number": "7", "product": 7, "quantity": 2.0, "unit": DOZEN, "state": "running",
        "warehouse": 1, "planned_start_date": stamp(2), "planned_date": stamp(4),
        "effective_start_date": stamp(3), "effective_date": None, "create_date": stamp(1, 23),
        "outputs": [one["id"] for one in outputs], "last_modified_at": stamp(5),
        "product.": {"default_uom": PIECE}, **more,
    }  # fmt: skip
    ((table, row),) = make_order(record, known(*outputs))
    assert table == "makeorder"
    return row


def output(id_, state="done", product=7):
    return {"id": id_, "state": state, "product": product, "quantity": 12.0, "unit": PIECE,
            "last_modified_at": stamp(8), "product.": {"default_uom": PIECE}}  # fmt: skip


def test_a_production_is_read():
    row = production(output(1), output(2, "draft"), output(3, product=8))
    assert (row["number"], row["item_ref"], row["location_ref"]) == ("7", "7", "1")
    assert (row["qty"], row["done_qty"]) == (24, 12)
    assert row["released_on"] == date(2026, 2, 2)  # half past midnight in Berlin
    assert (row["planned_start_on"], row["planned_finish_on"]) == (
        date(2026, 2, 2), date(2026, 2, 4),
    )  # fmt: skip
    assert (row["started_on"], row["finished_on"]) == (date(2026, 2, 3), None)
    assert row["source_updated_at"] == datetime(2026, 2, 8, 9, tzinfo=UTC)


def test_a_production_that_was_entered_afterwards_was_released_when_it_began():
    row = production(effective_start_date=stamp(1), create_date=stamp(7))
    assert row["released_on"] == date(2026, 2, 1)


@pytest.mark.parametrize("state", ["request", "draft"])
def test_a_plan_is_not_released(state):
    row = production(state=state, number=None)
    assert (row["released_at"], row["number"]) == (None, "(draft 5)")


def test_a_day_of_effect_is_an_end_only_for_what_is_done():
    assert production(effective_date=stamp(6))["finished_on"] is None
    assert production(effective_date=stamp(6), state="done")["finished_on"] == date(2026, 2, 6)


def test_a_cancelled_production_is_so_since_its_last_change():
    assert production(state="cancelled")["cancelled_at"] == datetime(2026, 2, 5, 9, tzinfo=UTC)


def test_a_production_without_a_quantity_is_refused():
    with pytest.raises(BadRow, match="without a quantity"):
        production(quantity=None)


MOVE = {
    "id": 6, "product": 3, "quantity": 2.0, "unit": DOZEN, "from_location": 4, "to_location": 9,
    "production_input": 5, "effective_date": stamp(9), "last_modified_at": stamp(9),
    "product.": {"default_uom": PIECE},
}  # fmt: skip


def test_a_component_is_used_up_and_what_comes_back_is_negative():
    ((table, row),) = consumption(MOVE, known())
    assert (table, row["make_ref"], row["item_ref"]) == ("consumption", "5", "3")
    assert (row["qty"], row["consumed_on"]) == (24, date(2026, 2, 9))
    ((_, back),) = consumption({**MOVE, "from_location": 9, "to_location": 4}, known())
    assert back["qty"] == -24
    assert list(consumption({**MOVE, "to_location": 4}, known())) == []


def test_a_used_component_without_a_quantity_is_refused():
    with pytest.raises(BadRow, match="without a quantity"):
        list(consumption({**MOVE, "quantity": None}, known()))


def made(bom, product, quantity, unit=PIECE):
    return {"id": bom, "bom": bom, "product": product, "quantity": quantity, "unit": unit,
            "product.": {"default_uom": PIECE}}  # fmt: skip


def test_the_first_bill_of_an_item_counts_and_by_products_are_not_made_by_it():
    links = [
        {"id": 1, "product": 7, "bom": 30, "sequence": None},
        {"id": 2, "product": 7, "bom": 20, "sequence": 2},
        {"id": 3, "product": 8, "bom": 20, "sequence": 1},
        {"id": 4, "product": 7, "bom": 10, "sequence": 5},
    ]
    outputs = [made(10, 7, 1.0), made(20, 7, 2.0), made(20, 8, 1.0, DOZEN), made(20, 9, 5.0)]
    assert recipes(links, outputs, known()) == {20: {7: 2, 8: 12}}


LINE = {"id": 3, "bom": 20, "product": 4, "quantity": 3.0, "unit": PIECE,
        "product.": {"default_uom": PIECE}}  # fmt: skip


def test_a_line_of_a_bill_is_told_for_one_of_each_item():
    rows = [row for _, row in bom_line(LINE, known(recipes={20: {7: Decimal(2), 8: Decimal(6)}}))]
    assert [(row["source_id"], row["item_ref"], row["qty"]) for row in rows] == [
        ("3/7", "7", Decimal("1.5")), ("3/8", "8", Decimal("0.5")),
    ]  # fmt: skip
    assert {row["component_ref"] for row in rows} == {"4"}


def test_a_bill_that_is_nobodys_first_choice_makes_no_line():
    assert list(bom_line(LINE, known())) == []


def test_a_bill_for_nothing_is_refused():
    with pytest.raises(BadRow, match="a quantity of nothing"):
        list(bom_line(LINE, known(recipes={20: {7: Decimal(0)}})))
