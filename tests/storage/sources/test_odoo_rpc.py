import json

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._odoo_rpc import NoModel, connect
from tests.storage.sources.odoo_world import World, sample

KEY = "s3cret-key"
RECORDED = ("err_field", "err_auth", "err_model", "bad_db", "login_fail")
SAID = {
    "err_field": "Invalid field 'nope'",
    "err_auth": "refuses the login 'leadline'",
    "err_model": "is its app installed",
    "bad_db": "check `database`",
}


def reply(body, status=200, kind="application/json"):
    return httpx.Response(status, headers={"Content-Type": kind}, stream=httpx.ByteStream(body))


def opened(world, key="demo-key"):
    return connect(world.http(secrets=(key,)), "demo", "leadline", key)


@pytest.mark.parametrize("series", ["14.0", "16.0", "18.0", "19.0", "21.0"])
def test_every_version_is_spoken_to_in_its_own_way(series):
    world = World(series)
    rpc = opened(world)
    assert rpc.version == series
    found = rpc.call("res.partner", "search_read", domain=[["id", "=", 10]], fields=["name"])
    assert found == [{"id": 10, "name": "Acme"}]
    is_json2 = "/json/2/" in world.asked[-1].url.path
    assert is_json2 == (float(series) >= 19)


@pytest.mark.parametrize("series", ["16.0", "19.0"])
def test_archived_records_are_read_too(series):
    world = World(series)
    world.write("res.partner", 10, active=False)
    rpc = opened(world)
    assert rpc.call("res.partner", "search_count", domain=[["id", "=", 10]]) == 1


@pytest.mark.parametrize("series", ["16.0", "19.0"])
def test_a_wrong_key_is_told_and_asking_again_is_in_vain(series):
    world = World(series)
    with pytest.raises(SourceError) as error:
        opened(world, KEY).call("res.partner", "search_count", domain=[])
    assert error.value.permanent
    assert KEY not in str(error.value)


@pytest.mark.parametrize("name", RECORDED[:4])
def test_recorded_errors_with_status_200_are_errors(name):
    world = World()
    status, body = sample("odoo16_jsonrpc.json")[name]
    rpc = opened(world)
    world.fault = reply(json.dumps(body).encode(), status)
    with pytest.raises(SourceError, match=SAID[name]) as error:
        rpc.call("no.model", "search_count", domain=[])
    assert error.value.permanent == (name != "err_field")
    assert isinstance(error.value, NoModel) == (name == "err_model")


def test_a_recorded_refusal_is_no_error_but_false():
    body = sample("odoo16_jsonrpc.json")["login_fail"][1]
    assert body["result"] is False
    world = World()

    def answer(request):
        asked = json.loads(request.content or b"{}")
        if "authenticate" in str(asked):
            return reply(json.dumps(body).encode())
        return World.answer(world, request)

    world.answer = answer
    with pytest.raises(SourceError, match="refuses the login"):
        opened(world)


@pytest.mark.parametrize(
    ("data", "is_permanent", "said"),
    [
        ({"name": "odoo.exceptions.AccessError", "message": "no"}, True, "may not read"),
        ({"name": "psycopg2.errors.SerializationFailure", "message": "busy"}, False, "busy"),
        ({"name": "psycopg2.OperationalError", "message": "gone"}, False, "gone"),
        ({"name": "x.Y", "message": "a\nb"}, False, "Y: a$"),
        ("odd", False, "odd"),
        (None, False, "None"),
    ],
)
def test_every_error_is_told_in_words(data, is_permanent, said):
    world = World()
    rpc = opened(world)
    body = {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "data": data}}
    world.fault = reply(json.dumps(body).encode())
    with pytest.raises(SourceError, match=said) as error:
        rpc.call("res.partner", "search_count", domain=[])
    assert error.value.permanent == is_permanent


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"a": 1}', b""])
def test_what_is_no_odoo_is_told(body):
    world = World()
    rpc = opened(world)
    world.fault = reply(body)
    with pytest.raises(SourceError):
        rpc.call("res.partner", "search_count", domain=[])


def test_a_server_that_is_away_is_asked_again_later():
    world = World()
    rpc = opened(world)
    world.answer = lambda request: reply(b"", 503)
    with pytest.raises(TryLater):
        connect(world.http(tries=2), "demo", "leadline", "demo-key")
    assert rpc.version == "16.0"


class Fenced(World):
    """An Odoo behind a proxy that lets nothing of JSON-2 through."""

    def answer(self, request):
        if request.url.path.startswith("/json/2/"):
            self.asked.append(request)
            return reply(b"<h1>Not Found</h1>", 404, "text/html")
        return super().answer(request)


@pytest.mark.parametrize("series", ["19.0", "20.0", "21.0"])
def test_where_json_2_is_not_let_through_the_older_way_is_taken(series):
    world = Fenced(series)
    rpc = opened(world)
    assert rpc.version == series
    assert rpc.call("res.partner", "search_count", domain=[["id", "=", 10]]) == 1
    assert world.asked[-1].url.path == "/jsonrpc"


def test_where_odoo_has_no_older_way_any_more_it_is_said_what_is_missing():
    world = Fenced("22.0")
    with pytest.raises(SourceError, match="no database 'demo' with JSON-2"):
        opened(world).call("res.partner", "search_count", domain=[])
    assert "/jsonrpc" not in [one.url.path for one in world.asked]


@pytest.mark.parametrize("series", ["19.0", "21.0"])
def test_a_wrong_key_to_json_2_is_no_reason_to_go_the_older_way(series):
    world = World(series)
    with pytest.raises(SourceError, match="refuses the key"):
        opened(world, KEY).call("res.partner", "search_count", domain=[])
    assert "/jsonrpc" not in [one.url.path for one in world.asked]
