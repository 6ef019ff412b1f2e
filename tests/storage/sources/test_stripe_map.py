from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources._stripe_map import CUSTOMER, INVOICE, SUBSCRIPTION, money, monthly
from tests.storage.sources.test_stripe import price

BERLIN = ZoneInfo("Europe/Berlin")


def at(*when):
    return int(datetime(*when, tzinfo=UTC).timestamp())


def items(*prices, quantity=1, **more):
    return {"items": {"data": [{"price": one, "quantity": quantity} for one in prices], **more}}


@pytest.mark.parametrize(
    ("said", "a_month"),
    [
        (items(price(1_000)), "10"),
        (items(price(12_000, "year")), "10"),
        (items(price(6_000, "month", 6)), "10"),
        (items(price(24_000, "year", 2)), "10"),
        (items(price(1_000, "week")), "43.4812"),
        (items(price(100, "day")), "30.4369"),
        (items(price(1_000), quantity=3), "30"),
        (items(price(1_000), price(500, "month")), "15"),
        (items(price(0)), "0"),
        (items(price(1_000, currency="jpy")), "1000"),
        (items(price(1_000, currency="kwd")), "1"),
        (items(price(None, unit_amount_decimal="0.5"), quantity=10_000), "50"),
        (items(price(1_000, transform_quantity={"divide_by": 10, "round": "up"}), quantity=11),
         "20"),
        (items(price(1_000, transform_quantity={"divide_by": 10, "round": "down"}), quantity=19),
         "10"),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_a_subscription_brings_a_month(said, a_month):
    assert monthly(said, BERLIN) == Decimal(a_month)


@pytest.mark.parametrize(
    "said",
    [
        items(price(None, billing_scheme="tiered")),
        items(price(1_000), price(None)),
        items({**price(5), "recurring": {"interval": "month", "usage_type": "metered"}}),
        items({**price(5), "recurring": {"interval": "eon"}}),
        items({**price(5), "recurring": None}),
        items(price(1_000), has_more=True),
        items(),
        {},
    ],
    ids=range(8),
)
def test_what_depends_on_use_or_is_not_at_hand_is_not_guessed(said):
    assert monthly(said, BERLIN) is None


BASE = {"id": "sub_1", "customer": "cus_1", "status": "active", "currency": "eur",
        "start_date": at(2025, 6, 1, 22, 30)}  # fmt: skip


def contract(**more):
    return SUBSCRIPTION.row({**BASE, **items(price(900, currency="eur")), **more}, BERLIN)


@pytest.mark.parametrize("where", ["subscription", "item"])
def test_a_subscription_renews_at_the_end_of_its_period_wherever_that_is_told(where):
    end = {"current_period_end": at(2026, 7, 1)}
    later = {"price": price(), "current_period_end": at(2027, 1, 1)}
    within = {"items": {"data": [{"price": price(), **end}, later]}}
    row = contract(**(end if where == "subscription" else within))
    assert (row["renewal_on"], row["auto_renew"], row["ends_on"]) == (date(2026, 7, 1), True, None)
    assert (row["starts_on"], row["churned_at"]) == (date(2025, 6, 2), None)  # in Berlin
    assert row["attributes"] == {"billing": "month"}


def test_one_that_stops_at_the_end_of_its_period_ends_then_and_does_not_renew():
    row = contract(cancel_at_period_end=True, canceled_at=at(2026, 5, 1),
                   current_period_end=at(2026, 7, 1))  # fmt: skip
    assert (row["renewal_on"], row["auto_renew"], row["ends_on"]) == (None, False, date(2026, 7, 1))
    assert row["churned_at"] is None  # not yet


def test_one_that_stops_at_a_day_ends_then():
    row = contract(cancel_at=at(2026, 9, 30), current_period_end=at(2026, 7, 1))
    assert (row["renewal_on"], row["auto_renew"], row["ends_on"]) == (
        None, False, date(2026, 9, 30),
    )  # fmt: skip


def test_one_that_ended_has_churned_and_says_why():
    ended = at(2026, 4, 30, 12)
    row = contract(status="canceled", ended_at=ended, canceled_at=at(2026, 4, 1),
                   cancellation_details={"feedback": "too_expensive", "reason": "x"})  # fmt: skip
    assert row["churned_at"] == datetime(2026, 4, 30, 12, tzinfo=UTC)
    assert (row["ends_on"], row["auto_renew"], row["reason"]) == (
        date(2026, 4, 30), False, "too_expensive",
    )  # fmt: skip
    assert contract(status="canceled", canceled_at=ended)["churned_on"] == date(2026, 4, 30)


def test_a_customer_has_a_name_whatever_is_filled_in_and_nothing_personal():
    assert CUSTOMER.row({"id": "cus_1", "name": None, "description": "ACME"}, BERLIN) == {
        "source_id": "cus_1", "name": "ACME", "country": None, "currency": None,
    }  # fmt: skip
    row = CUSTOMER.row({"id": "cus_1", "email": "a@b.c", "currency": "eur"}, BERLIN)
    assert (row["name"], row["currency"]) == ("cus_1", "EUR")


def test_an_invoice_is_without_tax_and_a_draft_is_none():
    made = {"id": "in_1", "status": "paid", "number": "A-1", "customer": "cus_1",
            "currency": "eur", "total": 1_190, "total_excluding_tax": 1_000,
            "created": at(2026, 3, 1), "due_date": at(2026, 3, 31),
            "status_transitions": {"finalized_at": at(2026, 3, 2),
                                   "paid_at": at(2026, 3, 9)}}  # fmt: skip
    row = INVOICE.row(made, BERLIN)
    assert (row["amount"], row["issued_on"], row["paid_on"], row["due_on"]) == (
        Decimal(10), date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 31),
    )  # fmt: skip
    assert INVOICE.row({**made, "total_excluding_tax": None}, BERLIN)["amount"] == Decimal("11.9")
    for status in ("draft", "void", None):
        assert INVOICE.row({**made, "status": status}, BERLIN) is None


def test_amounts_are_in_units_whatever_the_smallest_of_a_currency_is():
    found = [money(12_340, one, BERLIN) for one in ("EUR", "JPY", "ISK", "KWD", "OMR")]
    assert found == [*map(Decimal, ("123.4", "12340", "123.4", "12.34", "12.34"))]


def test_an_amount_without_a_currency_is_not_known():
    assert money(5, None, BERLIN) is None
