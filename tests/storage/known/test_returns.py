"""What was sent back, as money."""

from datetime import UTC, date, datetime
from decimal import Decimal

from storage.known.customers import identities
from storage.known.rates import Amount
from storage.known.returns import returns
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def test_only_what_came_back_for_good_counts_and_no_more_than_was_ordered(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme")
    some = world.sale(acme, "2026-02-01", qty=10, amount=100, shipped="2026-02-03")
    world.ship(some, "2026-02-10", qty=-4)
    again = world.sale(acme, "2026-02-02", qty=10, amount=100, shipped="2026-02-03")
    world.ship(again, "2026-02-10", qty=-10)
    world.ship(again, "2026-02-12", qty=10)
    too_many = world.sale(acme, "2026-02-03", qty=2, amount=50, shipped="2026-02-04")
    world.ship(too_many, "2026-02-10", qty=-5)
    later = world.sale(acme, "2026-02-04", qty=2, amount=50, shipped="2026-02-05")
    world.ship(later, "2026-03-25", qty=-2)
    with world.reader() as session:
        who = identities(session)
        found = returns(session, NOW, who)
    assert sorted(found[world.erp, acme], key=lambda one: one.on) == [
        Amount(Decimal(40), "EUR", date(2026, 2, 1)), Amount(Decimal(50), "EUR", date(2026, 2, 3)),
    ]  # fmt: skip
