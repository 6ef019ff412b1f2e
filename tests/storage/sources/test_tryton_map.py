from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._tryton_known import Known
from storage.sources._tryton_map import MAPPINGS

BERLIN = ZoneInfo("Europe/Berlin")
PIECE, DOZEN = 1, 2
HOUSE, SUPPLIERS, CUSTOMERS = 3, 8, 9


def stamp(day, hour=12):
    return {"year": 2026, "month": 2, "day": day, "hour": hour, "minute": 0, "second": 0,
            "microsecond": 0}  # fmt: skip


def on(text):
    found = date.fromisoformat(text)
    return {"year": found.year, "month": found.month, "day": found.day}


def known(*moves, **more):
    return Known(
        BERLIN,
        units={PIECE: Decimal(1), DOZEN: Decimal(12)},
        place={HOUSE: "3", 4: "3", SUPPLIERS: "8", CUSTOMERS: "9"},
        type={HOUSE: "warehouse", 4: "storage", SUPPLIERS: "supplier", CUSTOMERS: "customer"},
        moves={move["id"]: move for move in moves},
        **more,
    )


def move(id_=1, state="draft", **more):
    return {
        "id": id_, "state": state, "quantity": 5.0, "unit": PIECE, "product": 7,
        "planned_date": None, "origin_planned_date": None, "effective_date": None,
        "origin": "purchase.line,1", "shipment": "stock.shipment.in,2",
        "from_location": SUPPLIERS, "to_location": 4, "last_modified_at": stamp(20),
        "product.": {"default_uom": PIECE}, **more,
    }  # fmt: skip


def purchase_line(*moves, state="processing", delivery=None, ignored=(), **more):
    record = {
        "id": 1, "purchase": 5, "product": 7, "quantity": 5.0, "unit": PIECE,
        "unit_price": {"decimal": "24.0000"}, "delivery_date": None, "delivery_date_store": None,
        "moves": [one["id"] for one in moves], "moves_ignored": list(ignored),
        "last_modified_at": stamp(1),
        "product.": {"default_uom": PIECE, "default_uom.": {"name": "Unit"}},
        "purchase.": {"state": state, "delivery_date": delivery, "warehouse": HOUSE,
                      "last_modified_at": stamp(2)},
        **more,
    }  # fmt: skip
    return one("purchase_lines", record, known(*moves))


def one(stream, record, seen):
    ((_, row),) = MAPPINGS[stream](record, seen)
    return row


def order(state, **more):
    record = {"id": 5, "number": "7", "party": 2, "state": state, "last_modified_at": stamp(3, 23),
              "purchase_date": on("2026-02-01"), "currency.": {"code": "EUR"}, **more}  # fmt: skip
    return one("purchases", record, known())


@pytest.mark.parametrize("state", ["confirmed", "processing", "done"])
def test_a_confirmed_purchase_is_ordered_on_its_date(state):
    row = order(state)
    assert (row["ordered_on"], row["cancelled_at"]) == (date(2026, 2, 1), None)
    assert (row["supplier_ref"], row["currency"], row["status"]) == ("2", "EUR", state)


@pytest.mark.parametrize("state", ["draft", "quotation", "cancelled"])
def test_what_was_never_confirmed_was_never_ordered(state):
    assert order(state)["ordered_at"] is None


def test_a_cancelled_purchase_is_so_since_its_last_change_in_the_companys_zone():
    row = order("cancelled")
    assert row["cancelled_at"] == datetime(2026, 2, 3, 23, tzinfo=UTC)
    assert row["cancelled_on"] == date(2026, 2, 4)


def test_a_draft_without_a_number_still_has_a_name():
    assert order("draft", number=None)["number"] == "(draft 5)"


def test_the_promise_is_the_latest_plan_of_the_moves_and_the_first_their_first_plan():
    row = purchase_line(
        move(1, planned_date=on("2026-03-01"), origin_planned_date=on("2026-02-20")),
        move(2, planned_date=on("2026-03-09"), origin_planned_date=on("2026-02-25")),
        move(3, "cancelled", planned_date=on("2026-05-01")),
    )
    assert (row["promised_on"], row["promised_first"]) == (date(2026, 3, 9), date(2026, 2, 25))
    assert row["planned_on"] == date(2026, 3, 1)


def test_a_done_move_is_no_plan_of_what_is_to_come():
    done = move(1, "done", planned_date=on("2026-03-01"), effective_date=on("2026-03-04"))
    row = purchase_line(done, delivery_date=on("2026-03-04"))
    assert (row["planned_on"], row["promised_on"]) == (None, date(2026, 3, 1))


def test_the_date_of_a_draft_is_no_promise():
    row = purchase_line(state="draft", delivery_date=on("2026-03-04"))
    assert (row["promised_on"], row["promised_first"]) == (None, None)


def test_a_confirmed_line_without_moves_is_promised_for_its_delivery_date():
    assert purchase_line(delivery_date=on("2026-03-04"))["promised_on"] == date(2026, 3, 4)


def test_a_date_set_by_hand_is_marked_on_the_line_or_on_its_order():
    assert purchase_line(move())["is_manual_date"] is False
    assert purchase_line(move(), delivery_date_store=on("2026-03-04"))["is_manual_date"] is True
    row = purchase_line(move(), delivery=on("2026-03-05"))
    assert (row["is_manual_date"], row["promised_on"]) == (True, date(2026, 3, 5))


def test_a_line_is_called_off_when_its_rest_was_given_up():
    row = purchase_line(move(1, "done"), move(2, "cancelled", quantity=3.0), ignored=[2])
    assert row["cancelled_at"] == datetime(2026, 2, 20, 12, tzinfo=UTC)
    assert row["cancelled_qty"] == 3


def test_a_cancelled_move_that_nobody_settled_leaves_the_line_open():
    row = purchase_line(move(1, "cancelled"))
    assert (row["cancelled_at"], row["cancelled_qty"]) == (None, None)


def test_a_line_of_which_more_is_to_come_is_not_called_off():
    row = purchase_line(move(1, "cancelled"), move(2, "draft"), ignored=[1])
    assert (row["cancelled_at"], row["cancelled_qty"]) == (None, 5)


def test_a_line_goes_with_its_order():
    row = purchase_line(state="cancelled")
    assert row["cancelled_at"] == datetime(2026, 2, 2, 12, tzinfo=UTC)


def test_the_latest_change_of_line_order_and_moves_is_the_lines():
    assert purchase_line(move())["source_updated_at"] == datetime(2026, 2, 20, 12, tzinfo=UTC)


def test_dozens_become_pieces_and_their_price_the_price_of_one():
    row = purchase_line(quantity=2.0, unit=DOZEN)
    assert (row["qty"], row["unit_price"], row["uom"]) == (24, 2, "Unit")
    receipt = one("receipts", move(1, "done", unit=DOZEN, effective_date=on("2026-02-09")), known())
    assert receipt["qty"] == 60


def test_a_unit_that_is_not_known_is_refused():
    with pytest.raises(BadRow, match="its unit 77 can't be seen"):
        purchase_line(unit=77)


def test_a_receipt_counts_on_its_day_at_the_site_it_came_to():
    row = one("receipts", move(1, "done", effective_date=on("2026-02-09")), known())
    assert (row["line_ref"], row["qty"], row["location_ref"]) == ("1", 5, "3")
    assert row["received_on"] == date(2026, 2, 9)
    assert row["received_at"] == datetime(2026, 2, 9, 22, 59, 59, 999_999, UTC)


def test_goods_sent_back_to_the_supplier_are_a_negative_receipt():
    back = move(1, "done", from_location=4, to_location=SUPPLIERS, effective_date=on("2026-02-09"))
    row = one("receipts", back, known())
    assert (row["qty"], row["location_ref"]) == (-5, "3")


def test_a_move_between_two_shelves_is_no_receipt():
    inside = move(1, "done", from_location=4, to_location=HOUSE, effective_date=on("2026-02-09"))
    assert list(MAPPINGS["receipts"](inside, known())) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"effective_date": None}, "without a day"), ({"quantity": None}, "without a quantity"),
     ({"from_location": 99}, "can't be seen")],
)  # fmt: skip
def test_a_done_move_that_cannot_be_believed_is_refused(change, reason):
    record = {**move(1, "done", effective_date=on("2026-02-09")), **change}
    with pytest.raises(BadRow, match=reason):
        list(MAPPINGS["receipts"](record, known()))


def test_a_shipment_goes_out_to_a_customer_and_a_return_is_negative():
    out = move(1, "done", origin="sale.line,6", from_location=4, to_location=CUSTOMERS,
               effective_date=on("2026-02-09"))  # fmt: skip
    row = one("shipments", out, known())
    assert (row["line_ref"], row["qty"], row["shipped_on"]) == ("6", 5, date(2026, 2, 9))
    back = one("shipments", {**out, "from_location": CUSTOMERS, "to_location": 4}, known())
    assert (back["qty"], back["location_ref"]) == (-5, "3")


def test_a_sale_has_its_amount_and_a_sale_line_its_shipping_date():
    record = {"id": 5, "number": "S1", "party": 4, "state": "processing", "currency.": None,
              "sale_date": on("2026-02-01"), "untaxed_amount": {"decimal": "120.00"},
              "last_modified_at": stamp(3)}  # fmt: skip
    row = one("sales", record, known())
    assert (row["customer_ref"], row["amount"], row["currency"]) == ("4", 120, None)
    line = {"id": 6, "sale": 5, "product": 7, "quantity": 2.0, "unit": PIECE, "unit_price": None,
            "shipping_date": on("2026-02-05"), "moves": [], "moves_ignored": [],
            "last_modified_at": stamp(3), "product.": {"default_uom": PIECE},
            "sale.": {"state": "processing", "warehouse": HOUSE}}  # fmt: skip
    row = one("sale_lines", line, known())
    assert (row["order_ref"], row["promised_on"]) == ("5", date(2026, 2, 5))
    assert (row["promised_first"], row["unit_price"]) == (date(2026, 2, 5), None)


@pytest.mark.parametrize(
    ("supply", "demand", "kind"),
    [({2}, {2}, "both"), ({2}, (), "supplier"), ((), {2}, "customer"), ((), (), "other")],
)
def test_a_party_is_what_was_bought_from_it_and_sold_to_it(supply, demand, kind):
    record = {"id": 2, "name": " Borealis ", "code": "B1", "website": "https://www.borealis.example/",
              "email": "", "tax_identifier.": {"code": "SE1"},
              "last_modified_at": stamp(1)}  # fmt: skip
    row = one("partners", record, known(supply=frozenset(supply), demand=frozenset(demand)))
    assert (row["kind"], row["name"], row["vat"]) == (kind, "Borealis", "SE1")
    assert row["domain"] == "borealis.example"


def test_without_a_website_the_mail_tells_the_domain():
    record = {"id": 2, "name": "", "code": None, "website": "", "email": "ann@Elm.example",
              "tax_identifier.": None, "last_modified_at": stamp(1)}  # fmt: skip
    row = one("partners", record, known())
    assert (row["domain"], row["name"], row["vat"]) == ("elm.example", "(no name, 2)", None)


def test_a_product_changes_with_its_template():
    record = {"id": 7, "name": "Bearing", "code": "", "type": "service", "cost_price": None,
              "active": 0,
              "default_uom.": {"name": "Unit"}, "template.": {"last_modified_at": stamp(9)},
              "last_modified_at": stamp(1)}  # fmt: skip
    row = one("items", record, known(currency="EUR"))
    assert (row["is_service"], row["uom"], row["sku"]) == (True, "Unit", None)
    assert row["is_active"] is False
    assert row["currency"] == "EUR"
    assert row["source_updated_at"] == datetime(2026, 2, 9, 12, tzinfo=UTC)
