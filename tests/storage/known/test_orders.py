from datetime import UTC, date, datetime

import pytest

from storage.known.orders import last_numbers, numbered, numbers_of, promises, promises_since
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    acme, steel = world.customer("Acme"), world.supplier("Steel")
    for number, day in (("A-1", "2026-01-01"), ("A-2", "2026-02-01"), ("A-3", "2026-06-01")):
        world.fact("salesorder", number=number, customer_ref=acme, **world.when("ordered", day))
    world.fact("purchaseorder", number="a-1", supplier_ref=steel,
               **world.when("ordered", "2026-01-05"))  # fmt: skip
    return world


def test_orders_of_a_number_are_found_whatever_its_case(world):
    with world.reader() as session:
        found = numbered(session, NOW, "a-1")
        assert {(one.kind, one.party) for one in found} == {
            ("sale", "Acme"), ("purchase", "Steel"),
        }  # fmt: skip
        assert numbered(session, NOW, "A-3") == []
        assert last_numbers(session, NOW) == ["A-2", "a-1", "A-1"]


def test_orders_of_some_ids_are_told_by_their_numbers(world):
    with world.reader() as session:
        found = numbers_of(session, "salesorder", range(1, 20_000))
        assert sorted(found.values()) == ["A-1", "A-2", "A-3"]
        assert numbers_of(session, "salesorder", []) == {}
        (one,) = [at for at, number in found.items() if number == "A-2"]
        assert numbers_of(session, "salesorder", [one]) == {one: "A-2"}


def test_a_production_order_is_known_from_its_release_on(world):
    for number, day in (("MO-1", "2026-01-09"), ("MO-2", "2026-06-01")):
        world.fact("makeorder", number=number, qty=1, **world.when("released", day))
    with world.reader() as session:
        assert [one.kind for one in numbered(session, NOW, "mo-1")] == ["make"]
        assert numbered(session, NOW, "mo-2") == []
        assert last_numbers(session, NOW)[:2] == ["A-2", "MO-1"]


def test_every_promise_seen_by_then_is_kept_in_order(world):
    for seen, day in (("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-02-09"),
                      ("2026-05-01", "2026-07-01")):  # fmt: skip
        at = datetime.fromisoformat(seen).replace(tzinfo=UTC)
        world.change("purchaseline", "p1", "promised_on", day, at)
    with world.reader() as session:
        found = promises(session, NOW, "purchaseline", [(world.erp, "p1"), (world.erp, "p2")])
        assert promises(session, NOW, "purchaseline", []) == {}
        assert (
            promises_since(session, NOW, "purchaseline", datetime(2020, 1, 1, tzinfo=UTC)) == found
        )
        later = promises_since(session, NOW, "purchaseline", found[world.erp, "p1"][1].seen_at)
    assert [one.on for one in found[world.erp, "p1"]] == [date(2026, 2, 1), date(2026, 2, 9)]
    assert list(found) == [(world.erp, "p1")]
    assert later == {(world.erp, "p1"): found[world.erp, "p1"][1:]}
