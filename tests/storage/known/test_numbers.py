from datetime import UTC, datetime

import pytest

from storage.known.numbers import orders_numbered
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    steel, acme = made.supplier("Borealis Steel"), made.customer("Acme")
    for number, ordered in (("P00012", "2026-03-01"), ("P00013", "2026-04-01")):
        made.fact(
            "purchaseorder", number=number, supplier_ref=steel, **made.when("ordered", ordered)
        )
    made.fact("salesorder", number="S7", customer_ref=acme, currency="EUR",
              **made.when("ordered", "2026-03-01"))  # fmt: skip
    return made


def found(world, *kinds, numbers=("P00012", "P00013", "S7", "X")):
    with world.reader() as session:
        return [(one.kind, one.name) for one in orders_numbered(session, NOW, kinds, numbers)]


def test_orders_are_found_by_their_numbers_and_not_before_they_are_known(world):
    assert found(world, "purchase", "sale") == [("purchase", "P00012"), ("sale", "S7")]


def test_only_kinds_that_are_asked_for_are_found(world):
    assert found(world, "sale") == [("sale", "S7")]
    assert found(world) == found(world, "sale", numbers=()) == []
