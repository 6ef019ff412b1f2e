from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.models import FACTS
from storage.sources import BadRow, SourceError
from storage.sources._csv_fact import absent
from storage.sources._csv_map import mapping
from storage.sources._csv_parse import StreamSettings

BERLIN = ZoneInfo("Europe/Berlin")


def settings(**more):
    columns = {"ordered_at": "day", "qty": "qty", "supplier": "vendor"}
    return StreamSettings(file="x.csv", key=("po",), columns=columns, **more)


def facts(row):
    made = mapping("purchase_lines", settings(), BERLIN)
    return dict(made.facts("P1|1", {"order": "P1", **row}))


def test_a_row_becomes_an_order_a_line_and_its_receipt():
    found = facts({"ordered_at": date(2026, 1, 1), "received_at": date(2026, 1, 9),
                   "supplier": "Acme", "qty": Decimal(3)})  # fmt: skip
    assert found["purchaseorder"]["ordered_on"] == date(2026, 1, 1)
    assert found["purchaseline"]["qty"] == 3
    assert found["receipt"]["received_on"] == date(2026, 1, 9)
    assert found["party"]["name"] == "Acme"


def test_a_receipt_before_its_order_is_refused():
    with pytest.raises(BadRow, match="before it was ordered"):
        facts({"ordered_at": date(2026, 1, 9), "received_at": date(2026, 1, 1)})


@pytest.mark.parametrize("qty", [Decimal(0), Decimal(-1)])
def test_nothing_is_no_order(qty):
    with pytest.raises(BadRow, match="qty"):
        facts({"ordered_at": date(2026, 1, 9), "qty": qty})


def test_a_field_that_does_not_exist_gives_the_nearest():
    made = StreamSettings(file="x.csv", key=("po",), columns={"orderd_at": "day"})
    with pytest.raises(SourceError, match="ordered_at"):
        mapping("purchase_lines", made, BERLIN)


def test_a_stream_that_does_not_exist_gives_the_nearest():
    with pytest.raises(SourceError, match="purchase_lines"):
        mapping("purchases", settings(), BERLIN)


@pytest.mark.parametrize("stream", FACTS)
def test_every_fact_table_can_be_a_stream(stream):
    needed = dict.fromkeys(absent(stream, set()), "x")
    made = mapping(stream, StreamSettings(file="x.csv", key=("id",), columns=needed), BERLIN)
    assert made.tables == made.swept == (stream,)
    assert set(needed) <= set(made.fields)


@pytest.mark.parametrize(
    ("stream", "columns", "needs"),
    [
        ("stocklevel", {"item_ref": "sku"}, "as_of, on_hand"),
        ("surveyresponse", {"score": "x"}, "kind, responded_at, responded_on"),
        ("contract", {}, None),
    ],
)
def test_fields_that_a_fact_must_have_are_asked_for(stream, columns, needs):
    made = StreamSettings(file="x.csv", key=("id",), columns=columns)
    if needs is None:
        assert mapping(stream, made, BERLIN)
        return
    with pytest.raises(SourceError, match=f"{stream} needs {needs}: name a column or a constant"):
        mapping(stream, made, BERLIN)


@pytest.mark.parametrize("part", ["constants", "formats", "values"])
def test_a_field_that_does_not_exist_is_refused_wherever_it_stands(part):
    more = {"constants": {"curency": "EUR"}, "formats": {"curency": "%d"},
            "values": {"curency": {"€": "EUR"}}}  # fmt: skip
    made = settings(**{part: more[part]})
    with pytest.raises(SourceError, match="called 'curency'; near: currency"):
        mapping("purchase_lines", made, BERLIN)


def test_only_a_contract_has_attributes():
    with pytest.raises(SourceError, match="purchase_lines has no attributes: contract has"):
        mapping("purchase_lines", settings(attributes=("plan",)), BERLIN)
