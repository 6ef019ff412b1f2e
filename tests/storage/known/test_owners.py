"""Whose a supplier, a customer or an order is, as the data names people."""

from datetime import UTC, datetime

import pytest

from storage.entities import entity
from storage.known.owners import owners
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def owners_of(world, kind, ref, source=None, now=NOW):
    name = entity(kind, (source or world.erp, ref))
    with world.reader() as session:
        return owners(session, [name], now)[name]


def bought(world, supplier, ordered, buyer, **more):
    return world.fact(
        "purchaseorder", number="P1", supplier_ref=supplier, buyer=buyer,
        **world.when("ordered", ordered), **more,
    )  # fmt: skip


def sold(world, customer, ordered, owner):
    return world.fact(
        "salesorder", number="S1", customer_ref=customer, owner=owner,
        **world.when("ordered", ordered),
    )  # fmt: skip


def test_a_supplier_is_its_owners_and_the_buyers_of_its_newest_order(world):
    steel = world.supplier("Steel", owner="Ann Bo")
    bought(world, steel, "2026-01-05", "old@x.example")
    bought(world, steel, "2026-03-05", "new@x.example")
    bought(world, steel, "2026-04-05", "later@x.example")
    assert owners_of(world, "supplier", steel) == {"Ann Bo", "new@x.example"}
    assert owners_of(world, "supplier", steel, now=datetime(2026, 2, 1, tzinfo=UTC)) == {
        "Ann Bo", "old@x.example",
    }  # fmt: skip


def test_an_order_and_its_lines_are_their_own_buyers_else_the_suppliers(world):
    steel = world.supplier("Steel", owner="Ann Bo")
    own = bought(world, steel, "2026-01-05", "eve@x.example")
    nobodys = bought(world, world.supplier("Glass", owner="Cy"), "2026-02-05", None)
    line = world.fact("purchaseline", order_ref=own, item_ref="i", qty=1)
    assert owners_of(world, "purchase", own) == {"eve@x.example"}
    assert owners_of(world, "purchaseline", line) == {"eve@x.example"}
    assert owners_of(world, "purchase", nobodys) == {"Cy"}


def test_a_customer_is_the_owners_of_its_account_and_of_its_branches(world):
    main = world.customer("Harbour")
    branch = world.customer("Harbour East", parent_ref=main, owner="Dora")
    account = world.account("Harbour Ltd", owner="eve@x.example")
    world.link(main, account)
    for kind, ref, source in (
        ("customer", main, world.erp), ("customer", branch, world.erp),
        ("customer", account, world.crm),
    ):  # fmt: skip
        assert owners_of(world, kind, ref, source) == {"Dora", "eve@x.example"}


def test_what_hangs_on_a_customer_is_its_owners(world):
    account = world.account("Harbour Ltd", owner="eve@x.example")
    ticket = world.fact(
        "ticket", world.crm, account_ref=account, **world.when("opened", "2026-03-01")
    )
    contract = world.fact("contract", world.crm, account_ref=account)
    assert owners_of(world, "ticket", ticket, world.crm) == {"eve@x.example"}
    assert owners_of(world, "contract", contract, world.crm) == {"eve@x.example"}


def test_a_sale_is_its_own_owners_else_the_customers(world):
    main = world.customer("Harbour", owner="Dora")
    own = sold(world, main, "2026-01-05", "sales@x.example")
    line = world.fact("salesline", order_ref=own, item_ref="i", qty=1)
    assert owners_of(world, "sale", own) == {"sales@x.example"}
    assert owners_of(world, "salesline", line) == {"sales@x.example"}
    assert owners_of(world, "customer", main) == {"Dora", "sales@x.example"}


def test_what_has_nobody_has_nobody(world):
    assert owners_of(world, "supplier", world.supplier("Steel")) == frozenset()
    assert owners_of(world, "item", world.item("Bar")) == frozenset()
    with world.reader() as session:
        assert owners(session, ["", "Germany"], NOW) == {"": frozenset(), "Germany": frozenset()}
