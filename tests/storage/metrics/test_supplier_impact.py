from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from storage.known.chain import chain
from storage.known.purchases import purchase_lines
from storage.known.rates import Rates
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import trace
from storage.metrics.expected_arrival import LeadTimes
from storage.metrics.supplier_impact import impact, purchases_of
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


def day(ago):
    return TODAY - timedelta(days=ago)


@pytest.fixture
def world(tmp_path):
    """Steel is to deliver coil for desks of Acme and Bolt; of its plate nobody waits for any."""
    world = World(tmp_path)
    steel, glass = world.supplier("Steel"), world.supplier("Glass")
    coil, plate, desk = world.item("Coil"), world.item("Plate"), world.item("Desk")
    world.bom(desk, coil, 2)
    world.purchase(steel, coil, day(20), qty=20, promised=day(-10))
    world.purchase(steel, plate, day(20), qty=5)
    world.purchase(glass, world.item("Pane"), day(20), qty=5)
    world.make(desk, qty=10, released=day(10))
    for name, amount, due in (("Acme", 600, -3), ("Bolt", 400, -90)):
        world.sale(world.customer(name), day(9), amount=amount, qty=4, item=desk, promised=day(due))
    world.steel, world.coil = (world.erp, steel), (world.erp, coil)
    return world


def hit_by(world, **what):
    with world.reader() as session:
        known = chain(session, NOW)
        traced = trace(known)
        arrivals = Arrivals(
            known, traced, LeadTimes(purchase_lines(session, NOW), TODAY), {None: [3]}
        )
    chosen = purchases_of(known, **{"suppliers": (), "items": (), **what})
    return impact(chosen, known, traced, arrivals, Rates("EUR", []), TODAY)


def test_the_customers_at_the_end_of_the_chain_are_found_with_what_they_wait_for(world):
    found = hit_by(world, suppliers=[world.steel])
    assert [hit.line.customer.name for hit in found.hits] == ["Acme", "Bolt"]
    assert (found.customers, found.purchases, found.idle) == (2, 2, 1)
    assert found.value.single == (Decimal(1_000), "EUR")
    assert [hop.supply.kind for hop in found.hits[0].way] == ["purchaseline", "makeorder"]
    assert found.hits[0].how == "inferred"


def test_an_item_can_be_asked_about_and_one_that_nobody_waits_for_has_no_impact(world):
    assert hit_by(world, items=[world.coil]).customers == 2
    none = hit_by(world, items=[(world.erp, "nothing")])
    assert (none.hits, none.purchases, none.value.by_currency) == ((), 0, {})


def test_a_link_is_reserved_only_if_every_hop_is(world):
    with world.reader() as session:
        known = chain(session, NOW)
    sale = next(one for one in known.sales.values() if one.customer.name == "Acme")
    make = next(iter(known.makes))
    world.peg("salesline", sale.key[1], "makeorder", make[1], 4)
    assert {hit.line.customer.name: hit.how for hit in hit_by(world, suppliers=[world.steel]).hits}[
        "Acme"
    ] == "inferred"
    coil_line = next(k for k, one in known.purchases.items() if one.item.name == "Coil")
    world.peg("makeorder", make[1], "purchaseline", coil_line[1], 20, item=world.coil[1])
    assert hit_by(world, suppliers=[world.steel]).hits[0].how == "reserved"
