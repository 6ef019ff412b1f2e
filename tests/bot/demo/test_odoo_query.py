from datetime import UTC, datetime

import pytest

from bot.demo.odoo_query import conjuncts, matcher, order_keys
from bot.demo.odoo_tables import Tables

T0 = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def tables():
    made = Tables()
    made.write("res.country", 1, {"name": "Germany", "code": "DE"}, T0)
    for id_, name in enumerate(("Acme", "Beta", "Cobalt"), 1):
        made.write("res.partner", id_, {"name": name, "country_id": 1 if id_ < 3 else None}, T0)
    return made


@pytest.mark.parametrize(
    ("domain", "ids"),
    [
        ([], [1, 2, 3]),
        ([["id", ">", 1]], [2, 3]),
        ([["name", "=", "Acme"]], [1]),
        ([["id", "in", [1, 3]]], [1, 3]),
        ([["country_id", "=", False]], [3]),
        ([["country_id.code", "=", "DE"]], [1, 2]),
        (["|", ["id", "=", 1], ["id", "=", 3]], [1, 3]),
        (["|", ["id", "=", 1], "&", ["id", ">", 1], ["id", "<", 3]], [1, 2]),
        ([["id", "!=", 2], ["id", "<=", 2]], [1]),
        ([["write_date", ">=", "2026-01-01 00:00:00"]], [1, 2, 3]),
        ([["write_date", "<", "2026-01-01 00:00:00"]], []),
    ],
    ids=str,
)
def test_a_domain_means_what_it_means_to_odoo(tables, domain, ids):
    matches = matcher(tables, "res.partner", domain)
    assert [one for one in (1, 2, 3) if matches(one)] == ids


@pytest.mark.parametrize("domain", [[["nope", "=", 1]], [["id", "~", 1]], ["|", ["id", "=", 1]]])
def test_a_domain_that_makes_no_sense_is_refused(tables, domain):
    with pytest.raises(ValueError, match=r"."):
        matcher(tables, "res.partner", domain)(1)


def test_an_order_is_read():
    assert list(order_keys("name desc, id")) == [("name", True), ("id", False)]


def test_a_path_through_many_holds_if_it_holds_for_one(tables):
    order = {"name": "P", "state": "purchase", "partner_id": 1, "date_order": T0}
    tables.write("purchase.order", 1, order, T0)
    for id_, qty in ((1, 5.0), (2, 9.0)):
        tables.write("purchase.order.line", id_, {"order_id": 1, "product_qty": qty}, T0)
    for value, holds in ((9.0, True), (7.0, False)):
        domain = [["order_line.product_qty", "=", value]]
        assert matcher(tables, "purchase.order", domain)(1) is holds
    assert matcher(tables, "purchase.order", [["picking_ids", "=", False]])(1)


@pytest.mark.parametrize(
    ("domain", "terms"),
    [([], []), ([["a", "=", 1], ["b", "=", 2]], ["a", "b"]),
     (["&", ["a", "=", 1], ["b", "=", 2], ["c", "=", 3]], ["a", "b", "c"]),
     (["|", ["a", "=", 1], ["b", "=", 2], ["c", "=", 3]], ["c"]),
     (["!", ["a", "=", 1], ["c", "=", 3]], ["c"]),
     (["|", "&", ["a", "=", 1], ["b", "=", 2], ["c", "=", 3]], [])],
    ids=str,
)  # fmt: skip
def test_the_terms_that_must_all_hold_are_known(domain, terms):
    assert sorted(term[0] for term in conjuncts(domain)) == terms
