"""Clients of others read the Odoo of the tests and see what the source sees."""

import xmlrpc.client
from urllib.parse import urlsplit

import odoorpc
import pytest

from storage.sources._odoo_fields import STREAMS
from storage.sources._odoo_reader import Asked
from tests.storage.sources.loopback import Loopback
from tests.storage.sources.odoo_doors import Doors
from tests.storage.sources.odoo_world import World

EVERY = {"active_test": False}


@pytest.fixture(params=["14.0", "16.0", "18.0"])
def world(request):
    """A company in which something of everything happened."""
    made = World(request.param)
    for one in range(1, 4):
        made.buy(one)
        made.move(one, one, 10)
        made.sell(one)
        made.invoice(one)
    made.write("product.template", 1, name="Table")
    made.write("product.product", 3, name="Table", type="product", uom_id=1, product_tmpl_id=1)
    made.make(1, product=3)
    made.bill(1, 1, [(1, 2.0)])
    made.write("res.partner", 12, name="Gone", customer_rank=1, active=False)
    return made


@pytest.fixture
def url(world):
    server = Loopback(Doors(world))
    yield server.url
    server.stop()


def by_odoorpc(url):
    parts = urlsplit(url)
    client = odoorpc.ODOO(parts.hostname, port=parts.port, timeout=20)
    client.login("demo", "leadline", "demo-key")
    return client.execute_kw


def by_xmlrpc(url):
    key = "demo-key"
    with xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common") as door:
        uid = door.authenticate("demo", "leadline", key, {})

    def execute(*args):
        with xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object") as door:
            return door.execute_kw("demo", uid, key, *args)

    return execute


@pytest.mark.parametrize("client", [by_odoorpc, by_xmlrpc])
def test_another_client_sees_the_same_rows_of_every_model(world, url, client):
    execute, rpc, seen = client(url), world.source().rpc, 0
    for reads in STREAMS.values():
        asked = Asked.if_there(rpc, reads)
        if asked is None:
            continue
        ours = rpc.call(
            reads.model, "search_read", domain=asked.domain, fields=list(asked.names), order="id"
        )
        how = {"fields": list(asked.names), "order": "id", "context": EVERY}
        assert execute(reads.model, "search_read", [asked.domain], how) == ours, reads.model
        seen += len(ours)
    assert seen > 20


@pytest.mark.parametrize("client", [by_odoorpc, by_xmlrpc])
def test_the_facts_are_those_that_another_client_counts(world, url, client):
    execute = client(url)
    for stream, model in (("purchases", "purchase.order"), ("sales", "sale.order")):
        there = execute(model, "search_read", [[]], {"fields": ["name"]})
        rows, rejected, _ = world.rows(stream)
        assert {row["number"] for row in rows} == {one["name"] for one in there}
        assert rejected == []


def test_another_client_is_refused_as_ours_is(url):
    parts = urlsplit(url)
    client = odoorpc.ODOO(parts.hostname, port=parts.port, timeout=20)
    with pytest.raises(odoorpc.error.RPCError, match="Wrong login"):
        client.login("demo", "leadline", "wrong")
    with pytest.raises(odoorpc.error.RPCError, match="does not exist"):
        client.login("nowhere", "leadline", "demo-key")
