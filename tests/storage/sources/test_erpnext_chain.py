import pytest

from storage.sources._erpnext_chain import Chains
from tests.storage.sources.erpnext_harness import erpnext
from tests.storage.sources.erpnext_world import amend, purchase, purchase_line
from tests.storage.sources.fake_frappe import FakeFrappe

FIELDS = ["amended_from", "docstatus", "status"]


@pytest.fixture
def fake():
    return FakeFrappe()


@pytest.fixture
def chains(fake):
    opened = []
    yield Chains(erpnext(fake, opened).site, "Purchase Order")
    opened[0].http.close()


def renamed(chains, *names):
    site = chains.site
    records = list(site.named("Purchase Order", FIELDS, "name", names))
    lines = list(site.named("Purchase Order Item", ["parent", "idx", "item_code", "stock_qty"],
                            "parent", names, parent="Purchase Order"))  # fmt: skip
    return chains.renamed(records, lines)


def named(rows):
    return {row["name"]: row for row in rows}


def test_an_order_that_was_never_amended_stays_as_it_is(fake, chains):
    purchase(fake)
    heads, lines = renamed(chains, "PO-1")
    assert [(one["name"], one["_number"]) for one in heads] == [("PO-1", "PO-1")]
    assert [(one["name"], one["parent"]) for one in lines] == [("PO-1-a", "PO-1")]


def test_an_amended_order_is_the_first_one_and_so_are_its_lines(fake, chains):
    purchase(fake)
    amend(fake, "PO-1", "PO-1-1", [purchase_line("x1", stock_qty=36.0)])
    amend(fake, "PO-1-1", "PO-1-2", [purchase_line("y1", stock_qty=48.0), purchase_line("y2")])
    heads, lines = renamed(chains, "PO-1", "PO-1-1", "PO-1-2")
    assert [(one["name"], one["_number"]) for one in heads] == [("PO-1", "PO-1-2")]
    assert {name: row["stock_qty"] for name, row in named(lines).items()} == {
        "PO-1-a": 48.0, "y2": 24.0,
    }  # fmt: skip


def test_a_line_that_the_amended_order_has_no_more_is_cancelled(fake, chains):
    rows = [purchase_line("a"), purchase_line("b", item_code="NUT"), purchase_line("c")]
    purchase(fake, "PO-1", rows)
    new = [purchase_line("n1"), purchase_line("n2", item_code="NUT", stock_qty=9.0)]
    amend(fake, "PO-1", "PO-1-1", new)
    _, lines = renamed(chains, "PO-1-1")
    assert {name: row.get("docstatus") for name, row in named(lines).items() if name == "c"} == {
        "c": 2
    }
    assert named(lines)["b"]["stock_qty"] == 9.0
    assert set(named(lines)) == {"a", "b", "c"}


def test_a_cancelled_order_of_which_only_a_draft_was_made_is_cancelled(fake, chains):
    purchase(fake)
    amend(fake, "PO-1", "PO-1-1", [purchase_line("x1")])
    fake.tables["Purchase Order"]["PO-1-1"]["docstatus"] = 0
    heads, _ = renamed(chains, "PO-1")
    assert [one["name"] for one in heads] == ["PO-1"]


def test_what_points_to_amended_orders_finds_the_first_of_them(fake, chains):
    purchase(fake)
    purchase(fake, "PO-2")
    amend(fake, "PO-1", "PO-1-1", [purchase_line("x1"), purchase_line("x2")])
    found = chains.origins({"PO-1-1", "PO-2", ""})
    assert found.orders == {"PO-1-1": "PO-1"}
    assert found.lines == {"PO-1-a": "PO-1-a", "x1": "PO-1-a", "x2": "x2"}
    assert chains.origins({"PO-2"}).orders == {}


def test_a_chain_that_bites_its_tail_ends(fake, chains):
    purchase(fake, "A", amended_from="B")
    purchase(fake, "B", amended_from="A")
    assert set(chains.origins({"A"}).orders) == {"A"}


def test_a_chain_is_followed_to_its_beginning_though_its_middle_came_in_a_page_before(fake, chains):
    purchase(fake)
    amend(fake, "PO-1", "PO-1-1", [purchase_line("x1")])
    renamed(chains, "PO-1-1")
    amend(fake, "PO-1-1", "PO-1-2", [purchase_line("y1")])
    heads, lines = renamed(chains, "PO-1-2")
    assert ([one["name"] for one in heads], set(named(lines))) == (["PO-1"], {"PO-1-a"})
