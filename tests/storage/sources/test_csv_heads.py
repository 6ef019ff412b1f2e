from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

import pytest

from storage.sources._csv_heads import Heads, merged


def at(day):
    return {"cancelled_at": datetime(2026, 1, day, 12, tzinfo=UTC),
            "cancelled_on": date(2026, 1, day)}  # fmt: skip


LIVING = {"cancelled_at": None, "cancelled_on": None}


def of(*lines, doubt=False):
    """The order S1 of lines that say (amount, currency, end)."""
    heads = Heads()
    for amount, currency, end in lines:
        amount = None if amount is None else Decimal(amount)
        heads.add("salesorder", {"source_id": "S1", "amount": amount, "currency": currency, **end})
    if doubt:
        heads.doubt("S1")
    [(_, order)] = heads.facts()
    return order["amount"], order["currency"], order["cancelled_on"]


@pytest.mark.parametrize(
    ("lines", "order"),
    [
        ([("10", "EUR", LIVING), ("2.5", "EUR", LIVING)], (Decimal("12.5"), "EUR", None)),
        ([("10", "EUR", LIVING), (None, "EUR", LIVING)], (None, "EUR", None)),
        ([("10", "EUR", LIVING), ("2", "USD", LIVING)], (None, "EUR", None)),
        ([("10", None, LIVING), ("2", "USD", LIVING)], (12, "USD", None)),
        ([("10", "EUR", at(3)), ("2", "EUR", LIVING)], (2, "EUR", None)),
        ([(None, "EUR", at(3)), ("2", "EUR", LIVING)], (2, "EUR", None)),
        ([("10", "EUR", at(3)), ("2", "EUR", at(2))], (12, "EUR", date(2026, 1, 3))),
    ],
)
def test_an_order_comes_to_what_its_lines_do_and_ends_with_its_last(lines, order):
    assert of(*lines) == order


def test_an_order_of_which_a_row_was_refused_comes_to_nobody_knows_what():
    assert of(("10", "EUR", LIVING), doubt=True)[0] is None


def test_of_each_column_the_first_value_counts():
    rows = [{"source_id": "P1", "buyer": None, "currency": "EUR"},
            {"source_id": "P1", "buyer": "Ann", "currency": "USD"},
            {"source_id": "P1", "buyer": "Bob", "currency": None}]  # fmt: skip
    assert merged(rows) == {"source_id": "P1", "buyer": "Ann", "currency": "EUR"}


def test_a_party_that_sells_and_buys_is_both_in_whatever_order():
    for kinds in permutations(["supplier", "customer", "supplier"]):
        assert merged([{"source_id": "A", "kind": kind} for kind in kinds])["kind"] == "both"


def test_the_rows_that_were_given_are_not_changed():
    first, second = {"source_id": "A", "country": None}, {"source_id": "A", "country": "SE"}
    heads = Heads()
    heads.add("party", first)
    heads.add("party", second)
    assert (first["country"], list(heads.facts())) == (None, [("party", second)])


def test_facts_come_in_the_order_of_the_file():
    heads = Heads()
    for source_id in ("b", "a", "b", "c"):
        heads.add("item", {"source_id": source_id})
    assert [row["source_id"] for _, row in heads.facts()] == ["b", "a", "c"]


def test_what_other_files_say_of_the_same_things_counts_in_their_order():
    first, second = Heads(), Heads()
    first.add("item", {"source_id": "x", "category": "steel", "uom": None})
    second.add("item", {"source_id": "x", "category": "metal", "uom": "kg"})
    for one in (first, second):
        assert list(one.facts([first, second])) == [
            ("item", {"source_id": "x", "category": "steel", "uom": "kg"})
        ]


def test_heads_among_some_take_in_no_others():
    heads = Heads(among={("item", "x")})
    for source_id in ("x", "y"):
        heads.add("item", {"source_id": source_id})
    assert list(heads.keys()) == [("item", "x")]
