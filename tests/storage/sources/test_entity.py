from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow, SourceError
from storage.sources._entity import (
    Entity,
    columns_of,
    flag,
    moment,
    needed,
    number,
    of,
    text,
    unknown,
    whole,
    with_own,
)

BERLIN = ZoneInfo("Europe/Berlin")
DEALS = Entity(
    "Opportunity", "deals", "opportunity", ("Id",),
    {"account_ref": of("Account.Id"), "name": needed("Name"), "amount": of("Amount", "Value"),
     "closes_on": of("CloseDate"), "is_closed": of("IsClosed"), "is_won": of("IsWon")},
    updated="Stamp", constants={"currency": "EUR"},
)  # fmt: skip
RECORD = {"Id": "7", "Account": {"Id": "a1"}, "Name": " Pumps ", "Amount": "", "Value": 12.5,
          "CloseDate": "2026-03-01", "IsClosed": "T", "IsWon": 0,
          "Stamp": "2026-02-01T10:00:00Z"}  # fmt: skip


def test_a_record_becomes_the_row_that_the_table_of_contents_says():
    assert DEALS.row(RECORD, BERLIN) == {
        "source_id": "7", "account_ref": "a1", "name": "Pumps", "amount": Decimal("12.5"),
        "closes_on": date(2026, 3, 1), "is_closed": True, "is_won": False, "currency": "EUR",
        "source_updated_at": datetime(2026, 2, 1, 10, tzinfo=UTC),
    }  # fmt: skip


def test_an_event_fills_its_instant_and_its_local_day():
    orders = Entity(
        "PO", "orders", "purchaseorder", ("No",), {"number": of("No"), "ordered": of("On")}
    )
    late = orders.row({"No": "P1", "On": "2026-03-01T23:30:00Z"}, BERLIN)
    assert (late["ordered_on"], late["ordered_at"].tzinfo) == (date(2026, 3, 2), UTC)
    by_day = orders.row({"No": "P1", "On": "2026-03-01"}, BERLIN)
    assert by_day["ordered_on"] == date(2026, 3, 1)


LINES = Entity(
    "POLine", "lines", "purchaseline", ("No",),
    {"order_ref": needed("Order"), "qty": needed("Qty"), "promised_on": of("Promised")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("own", "promises"),
    [({}, (date(2026, 3, 9), date(2026, 3, 9))),
     ({"promised_on": "Ours"}, (date(2026, 3, 7), date(2026, 3, 7))),
     ({"promised_first": "Ours"}, (date(2026, 3, 7), date(2026, 3, 9))),
     ({"promised_first": "Empty"}, (date(2026, 3, 9), date(2026, 3, 9))),
     ({"promised_on": "Empty"}, (None, None))],
)  # fmt: skip
def test_a_promise_is_the_first_one_too_where_nobody_says_another(own, promises):
    (lines,) = with_own([LINES], {"purchaseline": own}, "erp:main")
    row = lines.row({"No": 1, "Order": "P1", "Qty": 2, "Promised": "2026-03-09",
                     "Ours": "2026-03-07", "Empty": ""}, BERLIN)  # fmt: skip
    assert (row["promised_first"], row["promised_on"]) == promises


@pytest.mark.parametrize("when", ["9999-12-31", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_does_not_exist_in_every_zone_is_refused(when):
    orders = Entity("PO", "orders", "purchaseorder", ("No",), {"ordered": of("On")})
    with pytest.raises(BadRow, match="is no time that can be meant"):
        orders.row({"No": "P1", "On": when}, ZoneInfo("America/Lima"))


def test_the_last_day_there_is_stays_a_day():
    row = DEALS.row({**RECORD, "CloseDate": "9999-12-31"}, ZoneInfo("America/Lima"))
    assert row["closes_on"] == date.max


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"Name": " "}, "no Name"), ({"Value": "a lot"}, "Amount: 'a lot' is not a number"),
     ({"CloseDate": "soon"}, "CloseDate: 'soon' is not a date"), ({"Id": None}, "without Id"),
     ({"IsClosed": "perhaps"}, "neither true nor false"), ({"Value": "NaN"}, "can be meant")],
)  # fmt: skip
def test_what_makes_no_sense_names_its_field(change, reason):
    with pytest.raises(BadRow, match=reason):
        DEALS.row({**RECORD, **change}, BERLIN)


def test_a_time_without_a_zone_is_one_in_the_zone_of_the_source():
    assert moment("2026-10-25 02:30:00", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment("2026-03-01T12:00:00+02:00", BERLIN) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert moment("", BERLIN) is None


def test_empty_is_null_of_every_kind():
    for value in (None, "", False):
        assert text(value, BERLIN) is None
        assert number(value, BERLIN) is None
        assert whole(value, BERLIN) is None
    assert flag(None, BERLIN) is None


def test_the_needed_fields_that_a_source_lacks_are_named_with_the_nearest():
    assert DEALS.missing(["Id", "Names", "Stamp"]) == [
        "Opportunity: no field 'Name'; near: Names, Stamp, Id"
    ]
    assert DEALS.missing(["Id", "Name", "Stamp"]) == []


def test_a_field_of_ones_own_takes_the_place_of_the_standard_one():
    (own,) = with_own(
        [DEALS], {"opportunity": {"closes_on": "Real_Close__c", "currency": "Cur"}}, "x"
    )
    row = own.row({**RECORD, "Real_Close__c": "2026-05-05", "Cur": "SEK"}, BERLIN)
    assert (row["closes_on"], row["currency"]) == (date(2026, 5, 5), "SEK")
    assert "Real_Close__c" in own.asked()
    assert unknown(own, {"closes_on": "Real_Close__c"}, ["RealClose__c"]) == [
        "Opportunity: no field 'Real_Close__c'; near: RealClose__c"
    ]


@pytest.mark.parametrize(
    ("own", "said"),
    [({"oportunity": {}}, "near: opportunity"),
     ({"opportunity": {"closed_on": "x"}}, "near: closes_on")],
)  # fmt: skip
def test_a_table_or_column_that_is_not_there_is_refused_with_the_nearest(own, said):
    with pytest.raises(SourceError, match=said):
        with_own([DEALS], own, "sources.crm")


def test_an_event_is_one_column_to_a_mapping():
    assert columns_of("purchaseorder")[:4] == ["number", "supplier_ref", "status", "ordered"]
    assert "first_response_at" in columns_of("ticket")
