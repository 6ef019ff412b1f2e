from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.bulk import check, shape
from storage.sources import BadRow
from storage.sources._odoo_known import Known
from storage.sources._odoo_stock import receipt, rest_off, shipment, spot, stock_level, stock_move

KNOWN = Known(
    ZoneInfo("Europe/Berlin"),
    zones={"warehouse/1": ZoneInfo("Asia/Tokyo")},
    usage={4: "supplier", 8: "internal", 5: "customer", 6: "transit", 16: "internal"},
    place={8: "warehouse/1", 16: "warehouse/1"},
    waiting=frozenset({16}),
    currency={1: "EUR"},
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
        "stocklevel", 5, None, "location/8",
    )  # fmt: skip
    worth = {"value": 12.5, "reserved_quantity": 2.0, "company_id": [1, "Works"]}
    [(_, row)] = stock_level({**record, **worth}, KNOWN)
    assert (row["value"], row["currency"], row["reserved"]) == (Decimal("12.5"), "EUR", 2)
    assert row["part"] == "1"  # lots of one item at one place are records of their own


# when what was received can be used


def put_away(**moves):
    """A receipt at the dock, and what is known of the moves behind it."""
    behind = {
        int(id_[1:]): {"id": int(id_[1:]), "state": state, "date": f"2026-01-{day:02} 08:00:00",
                       "location_dest_id": [end, "x"], "move_dest_ids": after,
                       "write_date": f"2026-01-{day:02} 08:00:00"}
        for id_, (state, day, end, *after) in moves.items()
    }  # fmt: skip
    record = move(4, 16, move_dest_ids=[id_ for id_ in behind if id_ < 30])
    [(_, row)] = receipt(record, replace(KNOWN, moves=behind))
    return row


def test_what_is_received_straight_into_stock_can_be_used_at_once():
    [(_, row)] = receipt(move(), KNOWN)
    assert row["available_at"] == row["received_at"]


def test_what_is_received_at_the_dock_can_be_used_when_all_of_it_is_put_away():
    row = put_away(m20=("done", 11, 8), m21=("done", 14, 8))
    assert row["available_on"].isoformat() == "2026-01-14"
    assert row["received_on"].isoformat() == "2026-01-10"
    assert row["source_updated_at"].day == 14
    assert put_away(m20=("done", 11, 8), m21=("assigned", 14, 8))["available_on"] is None
    assert put_away(m20=("done", 11, 8), m21=("cancel", 14, 8))["available_on"].day == 11
    assert put_away()["available_on"] is None


def test_goods_that_are_inspected_on_the_way_can_be_used_behind_that():
    row = put_away(m20=("done", 11, 16, 30), m30=("done", 13, 8))
    assert row["available_on"].isoformat() == "2026-01-13"
    assert put_away(m20=("done", 11, 16, 30), m30=("waiting", 13, 8))["available_on"] is None


def test_what_goes_back_is_never_available():
    [(_, row)] = receipt(move(8, 4), KNOWN)
    assert row["available_at"] is None


# moves


def done(start, end, **more):
    return {**move(start, end), "reference": "WH/INT/7", "company_id": [1, "Works"], **more}


def test_a_move_is_between_two_locations_and_worth_what_its_layers_say():
    known = replace(KNOWN, value={7: Decimal("-42.5")})
    [(table, row)] = stock_move(done(8, 5), known)
    check(row, shape(table))
    assert (row["from_ref"], row["to_ref"], row["qty"]) == ("location/8", "location/5", 3)
    assert (row["value"], row["currency"], row["doc"]) == (Decimal("42.5"), "EUR", "WH/INT/7")


def test_a_move_within_has_no_value():
    [(_, row)] = stock_move(done(16, 8), KNOWN)
    assert (row["value"], row["currency"]) == (None, None)


@pytest.mark.parametrize(
    ("more", "value"),
    [({"value": 30.0, "is_in": True, "is_out": False}, 30),
     ({"value": -30.0, "is_in": False, "is_out": True}, 30),
     ({"value": 0.0, "is_in": True}, 0), ({"value": 0.0, "is_in": False, "is_out": False}, None)],
)  # fmt: skip
def test_later_versions_keep_the_value_at_the_move(more, value):
    [(_, row)] = stock_move(done(4, 8, **more), replace(KNOWN, value={7: Decimal(1)}))
    assert row["value"] == value


def test_a_move_that_is_not_done_is_none():
    assert list(stock_move(done(8, 5, state="assigned"), KNOWN)) == []
    assert spot(False) is None


def of_line(*states, start=4, end=8, **more):
    """A line of ten and what became of its moves, as (state, quantity)s."""
    line = {"id": 3, "product_id": [1, "Bolt"], "product_qty": 10.0,
            "product_uom": [1, "Units"]}  # fmt: skip
    moves = [
        move(start, end, state=state, quantity_done=qty if state == "done" else 0.0,
             product_uom_qty=qty, write_date=f"2026-01-{day:02} 08:00:00", **more)
        for day, (state, qty) in enumerate(states, 1)
    ]  # fmt: skip
    return rest_off(line, moves, KNOWN)


def at(day):
    return datetime(2026, 1, day, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("states", "since", "lost"),
    [
        ([("done", 6.0), ("cancel", 4.0)], at(2), 4),  # no backorder
        ([("cancel", 10.0)], at(1), 10),
        ([("done", 6.0)], None, None),  # what is to come of the rest is not known
        ([("done", 6.0), ("assigned", 4.0)], None, None),
        ([("cancel", 10.0), ("assigned", 10.0)], None, None),  # reset and confirmed anew
        ([("cancel", 10.0), ("done", 10.0)], None, None),
        ([("cancel", 4.0), ("done", 3.0), ("assigned", 3.0)], None, 4),  # not over yet
        ([("cancel", 4.0), ("done", 8.0)], at(1), 2),  # more came than that move was for
        ([("cancel", 9.0), ("cancel", 9.0)], at(2), 10),
        ([], None, None),
    ],
)
def test_what_nobody_is_to_bring_any_more_is_lost(states, since, lost):
    assert of_line(*states) == (since, lost)


def test_a_return_that_was_called_off_and_a_part_of_a_kit_are_no_loss():
    assert of_line(("cancel", 4.0), start=8, end=4) == (None, None)
    assert of_line(("cancel", 4.0), product_id=[2, "Screw"]) == (None, None)


def test_a_loss_in_dozens_is_counted_in_pieces():
    assert of_line(("done", 0.5), ("cancel", 0.25), product_uom=[2, "Dozens"]) == (at(2), 3)
