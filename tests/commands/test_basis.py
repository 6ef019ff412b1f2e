from datetime import timedelta

import pytest

from commands import Ask, Grant
from commands._basis import ago, source_ages, source_label
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World


def ages(world, tables=("receipt",), **more):
    ask = Ask("", NOW, BERLIN, Grant.everything(), **more)
    with world.reader() as session:
        return {one.name: (one.age, one.stale) for one in source_ages(session, ask, tables)}


def test_a_source_is_as_old_as_its_oldest_stream_that_counts(tmp_path):
    world = World(tmp_path)
    world.synced("odoo:erp", "a", "purchaseorder", NOW - timedelta(minutes=5))
    world.synced("odoo:erp", "b", "receipt", NOW - timedelta(hours=1))
    world.synced("odoo:erp", "c", "ticket", NOW - timedelta(days=9))
    assert ages(world, ("purchaseorder", "receipt")) == {"odoo:erp": (timedelta(hours=1), False)}


def test_a_stream_that_never_came_through_makes_its_source_stale(tmp_path):
    world = World(tmp_path)
    world.synced("odoo:erp", "a", "receipt", NOW)
    world.synced("odoo:erp", "b", "receipt", None)
    assert ages(world) == {"odoo:erp": (None, True)}


def test_each_source_has_a_limit_of_its_own(tmp_path):
    world = World(tmp_path)
    for key in ("odoo:a", "odoo:b"):
        world.synced(key, "x", "receipt", NOW - timedelta(hours=1))
    found = ages(world, stale_after={"odoo:a": timedelta(minutes=30)})
    assert [stale for _, stale in found.values()] == [True, False]


def test_seen_from_the_past_nothing_is_younger_than_now(tmp_path):
    world = World(tmp_path)
    world.synced("odoo:erp", "a", "receipt", NOW + timedelta(days=3))
    assert ages(world) == {"odoo:erp": (timedelta(0), False)}


@pytest.mark.parametrize(
    ("age", "said"),
    [(timedelta(0), "0 min"), (timedelta(minutes=119), "119 min"),
     (timedelta(hours=7), "7 hours"), (timedelta(days=3), "3 days")],
)  # fmt: skip
def test_an_age_is_said_as_people_say_it(age, said):
    assert ago(age) == said


def test_a_source_is_named_as_people_name_it():
    assert [source_label(one) for one in ("odoo:erp", "hubspot:crm", "csv:old")] == [
        "Odoo (erp)", "HubSpot (crm)", "CSV (old)",
    ]  # fmt: skip
