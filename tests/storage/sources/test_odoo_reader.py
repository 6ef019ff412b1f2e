import pytest

from storage.sources import SourceError
from storage.sources._odoo_fields import STREAMS, Reads
from storage.sources._odoo_reader import Asked, fields_of, locations, place_of
from storage.sources._odoo_rpc import connect
from tests.storage.sources.odoo_world import (
    CUSTOMERS,
    DOCK,
    FACTORY,
    SCRAP,
    STOCK,
    SUPPLIERS,
    World,
)


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


def test_a_warehouse_is_a_site_and_a_store_without_one_is_too(world, rpc):
    world.write("stock.location", 20, name="Yard", complete_name="Yard", usage="internal")
    found = {row["source_id"]: row for row in locations(rpc)}
    assert found["warehouse/1"]["tz"] == "Europe/Berlin"
    assert (found["location/20"]["name"], found["location/20"]["site_ref"]) == ("Yard", None)
    assert place_of({"id": 20, "warehouse_id": False}) == "location/20"


def test_a_place_has_its_site_its_zone_and_what_kind_it_is(world, rpc):
    found = {row["source_id"]: row for row in locations(rpc)}
    dock, stock = found[f"location/{DOCK}"], found[f"location/{STOCK}"]
    assert (dock["kind"], dock["site_ref"], dock["tz"]) == ("input", "warehouse/1", "Europe/Berlin")
    assert (stock["kind"], stock["site_ref"]) == ("internal", "warehouse/1")
    kinds = {found[f"location/{one}"]["kind"] for one in (SUPPLIERS, CUSTOMERS, FACTORY, SCRAP)}
    assert kinds == {"supplier", "customer", "production", "inventory"}


def test_what_an_app_that_is_not_installed_would_bring_is_not_there():
    world = World(without=("mrp",))
    rpc = connect(world.http(), "demo", "leadline", "demo-key")
    assert Asked.if_there(rpc, STREAMS["make_orders"]) is None
    assert Asked.if_there(rpc, STREAMS["consumptions"]) is None
    assert Asked.if_there(rpc, STREAMS["items"]).reads.model == "product.product"
    assert Asked.if_there(rpc, STREAMS["pegs"]).domain == [["sale_line_id", "!=", False]]
