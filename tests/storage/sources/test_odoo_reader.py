from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import SourceError
from storage.sources._odoo_fields import STREAMS, Reads
from storage.sources._odoo_reader import Asked, fields_of, locations, place_of, reference_data
from storage.sources._odoo_rpc import connect
from tests.storage.sources.odoo_world import STOCK, World


@pytest.fixture(params=["16.0", "20.0"])
def world(request):
    return World(request.param)


@pytest.fixture
def rpc(world):
    return connect(world.http(), "demo", "leadline", "demo-key")


def test_records_have_the_names_of_odoo_16_whatever_the_version(world, rpc):
    world.buy(1)
    world.move(1, 1, 5.0)
    world.later(minutes=1)
    [move] = Asked.of(rpc, STREAMS["receipts"]).page([], 0)
    assert (move["quantity_done"], move["product_uom"]) == (5.0, [1, "Units"])


def test_pages_go_on_behind_an_id(world, rpc):
    asked = Asked.of(rpc, Reads("res.partner", ("name",)))
    assert [row["id"] for row in asked.page([], 1, 1)] == [10]
    assert [row["id"] for row in asked.all()] == [1, 10, 11]
    assert asked.count([]) == 3
    assert list(asked.ids()) == [[1, 10, 11]]


def test_a_field_that_is_needed_and_not_there_is_told(rpc):
    assert "name" in fields_of(rpc, "res.partner")
    with pytest.raises(SourceError, match="has no invented"):
        Asked.of(rpc, Reads("res.partner", ("invented",)))


def test_what_all_pages_need_is_read_once(rpc):
    known = reference_data(rpc, "receipts", ZoneInfo("UTC"))
    assert known.at("warehouse/1").key == "Europe/Berlin"
    assert known.usage[STOCK] == "internal"
    assert known.place == {STOCK: "warehouse/1"}
    assert known.factor[2] == Decimal(12)


def test_a_warehouse_is_a_site_and_a_store_without_one_is_too(world, rpc):
    world.write("stock.location", 20, name="Yard", complete_name="Yard", usage="internal")
    found = {row["source_id"]: row for row in locations(rpc)}
    assert found["warehouse/1"]["tz"] == "Europe/Berlin"
    assert found["location/20"]["name"] == "Yard"
    assert place_of({"id": 20, "warehouse_id": False}) == "location/20"
