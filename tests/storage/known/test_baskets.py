"""What was bought, as known at an instant."""

from datetime import UTC, date, datetime

import numpy as np

from storage.known.baskets import taken
from storage.known.customers import identities
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def known(world, now=NOW):
    with world.reader() as session:
        return taken(session, now, identities(session))


def test_lines_of_branches_are_the_companys_and_services_are_no_items(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme")
    branch = world.customer("Acme Kiel", parent_ref=acme)
    world.sale(branch, "2026-03-01", item=world.item("Plate"), qty=3, amount=30)
    world.sale(acme, "2026-03-02", item=world.item("Fitting", is_service=True))
    world.sale(acme, "2026-03-03")
    world.sale(acme, "2026-03-21", item=world.item("Later"))
    found = known(world)
    assert len(found) == 1
    assert found.companies[found.whose[0]] == (world.erp, acme)
    assert found.items[found.item[0]].name == "Plate"
    assert found.on[0] == date(2026, 3, 1).toordinal()
    assert (found.value[0], found.currencies[found.currency[0]]) == (30, "EUR")


def test_what_is_called_off_was_bought_until_then(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-03-01", item=world.item("Plate"),
               cancelled="2026-03-05")  # fmt: skip
    assert len(known(world)) == 0
    assert len(known(world, datetime(2026, 3, 4, tzinfo=UTC))) == 1


def test_a_part_keeps_its_companies_and_items(tmp_path):
    world = World(tmp_path)
    for day, price in (("2026-03-01", None), ("2026-03-02", 5)):
        world.sale(world.customer(f"Of {day}"), day, item=world.item(f"Item {day}"), amount=price)
    found = known(world)
    late = found.between(date(2026, 3, 2).toordinal(), date(2026, 3, 3).toordinal())
    assert [late.items[at].name for at in late.item] == ["Item 2026-03-02"]
    assert np.isnan(found.value).tolist() == [True, False]


def test_of_nobody_nothing_was_bought(tmp_path):
    assert len(known(World(tmp_path))) == 0
