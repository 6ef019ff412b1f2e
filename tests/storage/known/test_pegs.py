from datetime import UTC, datetime
from decimal import Decimal

from storage.known.pegs import pegs
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_pegs_that_hold_are_known_from_when_we_saw_them(tmp_path):
    world = World(tmp_path)
    world.peg("salesline", "s1", "makeorder", "m1", 5)
    world.peg("makeorder", "m1", "purchaseline", "p1", 10, item="board")
    world.peg("salesline", "s2", "makeorder", "m1", 0)
    world.fact("peg", seen=NOW, demand_ref="s3", supply_ref="p1", qty=Decimal(1))
    with world.reader() as session:
        found = list(pegs(session, NOW))
    assert [(one.demand[1], one.supply[1], one.item, one.qty) for one in found] == [
        ("s1", "m1", None, 5), ("m1", "p1", (world.erp, "board"), 10),
    ]  # fmt: skip
