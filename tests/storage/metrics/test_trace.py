from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.known.chain import chain
from storage.metrics._trace import Node, trace
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def traced(world):
    with world.reader() as session:
        known = chain(session, NOW)
    return known, trace(known)


def node(world, kind, ref):
    return Node(kind, (world.erp, ref))


def named(ways):
    """Each way as (how, kind of the supply) hop by hop."""
    return sorted([tuple((hop.how, hop.supply.kind) for hop in way) for way in ways])


def test_a_sale_is_traced_through_production_to_the_purchase(world):
    coil, leg, desk = world.item("Coil"), world.item("Leg"), world.item("Desk")
    world.bom(leg, coil, 2)
    world.bom(desk, leg, 4)
    steel = world.purchase(world.supplier("Steel"), coil, "2026-02-01", qty=100)
    world.make(leg, qty=40, released="2026-02-05")
    world.make(desk, qty=5, released="2026-02-06")
    sale = world.sale(world.customer("Acme"), "2026-02-07", item=desk, qty=5)
    _, found = traced(world)
    (way,) = found.causes(node(world, "salesline", sale))
    assert [hop.supply.kind for hop in way] == ["makeorder", "makeorder", "purchaseline"]
    assert [hop.qty for hop in way] == [5, 20, 80]
    (back,) = found.affected(node(world, "purchaseline", steel))
    assert back == tuple(reversed(way))
    assert found.gaps == {}


def test_what_the_source_reserved_holds_whatever_is_due_first(world):
    desk, acme = world.item("Desk"), world.customer("Acme")
    first = world.purchase(world.supplier("S"), desk, "2026-01-01", qty=5, promised="2026-03-05")
    second = world.purchase(world.supplier("S"), desk, "2026-01-02", qty=5, promised="2026-04-05")
    urgent = world.sale(acme, "2026-01-03", item=desk, qty=5, promised="2026-03-10")
    later = world.sale(acme, "2026-01-03", item=desk, qty=5, promised="2026-05-10")
    world.peg("salesline", later, "purchaseline", first, 5)
    _, found = traced(world)
    (reserved,) = found.up[node(world, "salesline", later)]
    (inferred,) = found.up[node(world, "salesline", urgent)]
    assert (reserved.supply.key[1], reserved.how) == (first, "reserved")
    assert (inferred.supply.key[1], inferred.how) == (second, "inferred")


def test_what_came_of_a_reserved_purchase_lies_in_stock_for_its_demand(world):
    desk, acme = world.item("Desk"), world.customer("Acme")
    here = world.purchase(world.supplier("S"), desk, "2026-01-01", qty=5, received="2026-02-01")
    comes = world.purchase(world.supplier("S"), desk, "2026-01-02", qty=5, promised="2026-04-05")
    world.level(desk, 5)
    urgent = world.sale(acme, "2026-01-03", item=desk, qty=5, promised="2026-03-10")
    later = world.sale(acme, "2026-01-03", item=desk, qty=5, promised="2026-05-10")
    for supply in (comes, here):
        world.peg("salesline", later, "purchaseline", supply, 5)
    _, found = traced(world)
    (reserved,) = found.up[node(world, "salesline", later)]
    (inferred,) = found.up[node(world, "salesline", urgent)]
    assert (reserved.supply.kind, reserved.how) == ("stock", "reserved")
    assert (inferred.supply.key[1], inferred.how) == (comes, "inferred")


@pytest.mark.slow
def test_who_is_due_first_gets_stock_then_what_comes_first(world):
    desk, acme = world.item("Desk"), world.customer("Acme")
    world.level(desk, 3)
    world.purchase(world.supplier("S"), desk, "2026-01-01", qty=4, promised="2026-03-05")
    late = world.sale(acme, "2026-01-03", item=desk, qty=4, promised="2026-05-10")
    soon = world.sale(acme, "2026-01-04", item=desk, qty=2, promised="2026-03-10")
    _, found = traced(world)
    assert named(found.causes(node(world, "salesline", soon))) == [(("inferred", "stock"),)]
    assert [hop.qty for hop in found.up[node(world, "salesline", late)]] == [1, 3]


def test_what_nothing_is_there_for_is_a_gap_and_not_nothing(world):
    desk = world.item("Desk")
    sale = world.sale(world.customer("Acme"), "2026-01-03", item=desk, qty=4)
    _, found = traced(world)
    (gap,) = found.gaps[node(world, "salesline", sale)]
    assert gap.qty == 4
    assert list(found.causes(node(world, "salesline", sale))) == []


def test_a_ring_of_bills_ends(world):
    egg, hen = world.item("Egg"), world.item("Hen")
    world.bom(egg, hen)
    world.bom(hen, egg)
    world.make(egg, qty=4, released="2026-01-01")
    world.make(hen, qty=2, released="2026-01-01")
    sale = world.sale(world.customer("Acme"), "2026-01-03", item=egg, qty=2)
    _, found = traced(world)
    assert list(found.causes(node(world, "salesline", sale)))


QTY = st.integers(1, 9)


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stock=st.integers(0, 9), bought=st.lists(QTY, max_size=5), sold=st.lists(QTY, max_size=5),
    pegged=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), QTY), max_size=4),
)  # fmt: skip
def test_nothing_is_given_twice_and_nothing_that_is_there_is_kept_back(
    world, stock, bought, sold, pegged
):
    world.clear()
    desk, steel, acme = world.item("Desk"), world.supplier("S"), world.customer("Acme")
    world.level(desk, stock)
    lines = [world.purchase(steel, desk, TODAY - timedelta(9), qty=qty) for qty in bought]
    sales = [world.sale(acme, TODAY - timedelta(8), item=desk, qty=qty) for qty in sold]
    for demand, supply, qty in pegged:
        if demand < len(sales) and supply < len(lines):
            world.peg("salesline", sales[demand], "purchaseline", lines[supply], qty)
    _, found = traced(world)
    given_out, got = defaultdict(Decimal), defaultdict(Decimal)
    for hops in found.up.values():
        for hop in hops:
            given_out[hop.supply.key[1]] += hop.qty
            got[hop.demand.key[1]] += hop.qty
    there = {desk: stock, **dict(zip(lines, bought, strict=True))}
    assert all(given_out[ref] <= there[ref] for ref in given_out)
    assert all(got[ref] <= qty for ref, qty in zip(sales, sold, strict=True))
    short = sum(gap.qty for gaps in found.gaps.values() for gap in gaps)
    assert sum(got.values()) == min(sum(sold), stock + sum(bought))
    assert short == max(0, sum(sold) - stock - sum(bought))
