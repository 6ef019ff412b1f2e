from datetime import UTC, date, datetime

import pytest

from storage.known.places import places
from storage.models._types import instant_to_int
from tests.storage.world import BERLIN, World


@pytest.fixture
def where(tmp_path):
    world = World(tmp_path)
    world.places("North")
    world.site("Tokyo", source_id="tokyo", kind="warehouse", tz="Asia/Tokyo")
    world.site("Dock", source_id="tokyo/dock", kind="input", site_ref="tokyo")
    world.site("Shelf", source_id="shelf")
    with world.reader() as session:
        yield places(session, BERLIN)


def name(where, ref):
    site = where.site("odoo:erp", ref)
    return site and site.name


def test_a_place_is_at_its_site_and_what_is_outside_at_none(where):
    assert [name(where, ref) for ref in ("North/stock", "North", "tokyo/dock", "shelf")] == [
        "North", "North", "Tokyo", "Shelf",
    ]  # fmt: skip
    outside = ("supplier", "customer", "production", "inventory", "transit")
    assert [name(where, ref) for ref in outside] == [None] * 5
    assert [where.use("odoo:erp", ref) for ref in outside] == list(outside)


def test_one_that_nobody_described_is_a_site_of_its_own_and_no_place_is_none(where):
    assert name(where, "corner") == "corner"
    assert where.site("odoo:erp", None) is None
    assert (where.use("odoo:erp", None), where.use("odoo:erp", "North")) == (None, None)


def test_only_the_dock_is_a_dock(where):
    assert where.at("odoo:erp", "tokyo/dock").is_dock
    assert not where.at("odoo:erp", "North/stock").is_dock


def test_a_day_is_that_of_the_site(where):
    evening = instant_to_int(datetime(2026, 3, 1, 18, tzinfo=UTC))
    assert where.day("odoo:erp", "tokyo/dock", evening) == date(2026, 3, 2)
    assert where.day("odoo:erp", "North/stock", evening) == date(2026, 3, 1)
    assert where.day("odoo:erp", None, evening) == date(2026, 3, 1)
