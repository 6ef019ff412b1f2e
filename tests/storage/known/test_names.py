from datetime import UTC, datetime

import pytest

from storage.known.names import latest, names
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_names_are_of_living_things_of_a_kind(world):
    world.supplier("Borealis")
    world.customer("Nordwind")
    world.fact("party", name="Gone", kind="supplier", deleted_at=NOW)
    with world.reader() as session:
        assert [one.name for one in names(session, ["supplier"])] == ["Borealis"]
        assert {one.name for one in names(session, ["supplier", "customer"])} == {
            "Borealis",
            "Nordwind",
        }


def test_the_latest_name_is_that_of_the_last_order_known_by_then(world):
    early, late = world.supplier("Early"), world.supplier("Late")
    world.purchase(early, None, "2026-01-10")
    world.purchase(late, None, "2026-02-10")
    world.sale(world.customer("Acme"), "2026-02-11")
    world.customer("Never Ordered")
    with world.reader() as session:
        assert latest(session, NOW, "supplier").name == "Late"
        assert latest(session, NOW, "customer").name == "Acme"
        assert latest(session, datetime(2026, 2, 1, tzinfo=UTC), "supplier").name == "Early"
        assert latest(session, datetime(2026, 2, 1, tzinfo=UTC), "customer") is None


def test_a_site_has_a_name_and_a_place_within_it_or_outside_has_none(world):
    main = world.site("Main", kind="warehouse")
    world.site("Yard", kind="internal")
    world.site("WH/Stock", kind="internal", site_ref=main)
    world.site("Vendors", kind="supplier")
    with world.reader() as session:
        assert {one.name for one in names(session, ["site"])} == {"Main", "Yard"}


def test_a_category_is_named_once_however_many_items_are_in_it(world):
    for name in ("Bolt", "Nut"):
        world.item(name, category="Fasteners")
    world.item("Bare")
    world.item("Gone", category="Gone", deleted_at=NOW)
    with world.reader() as session:
        assert [(one.ref, one.name) for one in names(session, ["category"])] == [
            ("Fasteners", "Fasteners")
        ]
