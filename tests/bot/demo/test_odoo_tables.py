from datetime import UTC, datetime

import pytest

from bot.demo.odoo_query import matcher
from bot.demo.odoo_tables import Tables

T0 = datetime(2026, 1, 1, 12, 0, 0, 500, tzinfo=UTC)


@pytest.fixture
def tables():
    made = Tables()
    made.write("uom.uom", 1, {"name": "Units", "factor_inv": 1.0}, T0)
    made.write("res.partner", 1, {"name": "Acme"}, T0)
    made.write("product.product", 1, {"name": "Bolt", "type": "product", "uom_id": 1,
                                      "default_code": "B"}, T0)  # fmt: skip
    made.write("purchase.order", 1, {"name": "P1", "state": "purchase", "partner_id": 1,
                                     "date_order": T0}, T0)  # fmt: skip
    made.write("purchase.order.line", 1, {"order_id": 1, "product_qty": 3, "product_id": 1}, T0)
    return made


def test_times_are_shown_in_whole_seconds_and_null_as_false(tables):
    found = tables.read("purchase.order", 1, ["date_order", "date_approve", "write_date"])
    assert found == {"id": 1, "date_order": "2026-01-01 12:00:00", "date_approve": False,
                     "write_date": "2026-01-01 12:00:00"}  # fmt: skip


def test_links_lead_both_ways(tables):
    assert tables.value("purchase.order", 1, "order_line") == [1]
    assert tables.value("purchase.order.line", 1, "state") == "purchase"
    assert tables.value("res.partner", 1, "purchase_order_count") == 1
    assert tables.read("purchase.order.line", 1, ["product_id"])["product_id"] == [1, "[B] Bolt"]
    tables.delete("purchase.order.line", 1)
    assert tables.value("purchase.order", 1, "order_line") == []


@pytest.mark.parametrize(
    ("model", "values"),
    [("res.partner", {"invented": 1}), ("res.partner", {"country_id": 99}),
     ("purchase.order", {"name": "P2"}), ("res.partner", {"name": ["a"]})],
)  # fmt: skip
def test_what_odoo_would_refuse_is_refused(tables, model, values):
    with pytest.raises(ValueError, match=r"."):
        tables.write(model, 77, values, T0)


def test_a_search_knows_order_limits_and_the_archived(tables):
    tables.write("res.partner", 2, {"name": "Beta", "active": False}, T0)
    tables.write("res.partner", 3, {"name": "Cobalt"}, T0)
    assert tables.search("res.partner", [], order="name desc") == [3, 1]
    assert tables.search("res.partner", [], active_test=False) == [1, 2, 3]
    assert tables.search("res.partner", [], offset=1, limit=1) == [3]
    assert tables.next_id("res.partner") == 4


def test_links_to_many_are_written_on_one_side_and_read_on_both(tables):
    tables.write("stock.location", 1, {"name": "Stock", "usage": "internal"}, T0)
    for id_ in (1, 2, 3):
        tables.write(
            "stock.move",
            id_,
            {
                "product_id": 1,
                "product_uom": 1,
                "state": "done",
                "date": T0,
                "location_id": 1,
                "location_dest_id": 1,
            },
            T0,
        )
    tables.write("stock.move", 3, {"move_orig_ids": [2, 1]}, T0)
    assert tables.read("stock.move", 3, ["move_orig_ids"])["move_orig_ids"] == [1, 2]
    assert tables.value("stock.move", 1, "move_dest_ids") == [3]
    assert tables.reached("stock.move", 3, "move_orig_ids.state") == ["done", "done"]
    assert tables.reached("stock.move", 1, "move_orig_ids") == [False]
    tables.write("stock.move", 3, {"move_orig_ids": [2]}, T0)
    assert tables.value("stock.move", 1, "move_dest_ids") == []
    with pytest.raises(ValueError, match=r"no stock\.move 9"):
        tables.write("stock.move", 3, {"move_orig_ids": [9]}, T0)


@pytest.mark.parametrize(
    "domain",
    [[["id", ">", 3]], [["id", "in", [7, 2, 99]]], [["country_id", "in", [1, 9]]],
     [["country_id", "in", [2]], ["id", ">", 4]], ["|", ["id", "in", [1]], ["id", ">", 6]],
     ["!", ["country_id", "in", [1]]], [["country_id", "in", [False]]]],
    ids=str,
)  # fmt: skip
def test_a_search_by_an_index_finds_what_looking_at_all_finds(tables, domain):
    for id_ in (1, 2):
        tables.write("res.country", id_, {"name": f"{id_}"}, T0)
    for id_ in range(1, 9):
        country = (None, 1, 2)[id_ % 3]
        tables.write("res.partner", id_, {"name": f"{id_}", "country_id": country}, T0)
    matches = matcher(tables, "res.partner", domain)
    assert tables.search("res.partner", domain) == [id_ for id_ in range(1, 9) if matches(id_)]
    assert tables.search("res.partner", domain, limit=2) == tables.search("res.partner", domain)[:2]
