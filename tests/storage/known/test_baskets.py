"""What was bought together, as known at an instant."""

from datetime import UTC, date, datetime
from decimal import Decimal

from storage.known.baskets import bought
from storage.known.customers import identities
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def known(world, now=NOW):
    with world.reader() as session:
        return list(bought(session, now, identities(session)))


def test_lines_of_branches_are_the_companys_and_services_are_no_items(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme")
    branch = world.customer("Acme Kiel", parent_ref=acme)
    world.sale(branch, "2026-03-01", item=world.item("Plate"), qty=3, amount=30)
    world.sale(acme, "2026-03-02", item=world.item("Fitting", is_service=True))
    world.sale(acme, "2026-03-03")
    world.sale(acme, "2026-03-21", item=world.item("Later"))
    (one,) = known(world)
    assert (one.company, one.item.name, one.on) == ((world.erp, acme), "Plate", date(2026, 3, 1))
    assert (one.value, one.currency) == (Decimal(30), "EUR")


def test_what_is_called_off_was_bought_until_then(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-03-01", item=world.item("Plate"),
               cancelled="2026-03-05")  # fmt: skip
    assert known(world) == []
    assert len(known(world, datetime(2026, 3, 4, tzinfo=UTC))) == 1
