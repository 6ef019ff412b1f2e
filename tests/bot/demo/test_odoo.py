import json
from datetime import UTC, datetime

import pytest

from bot.demo.odoo import OdooFace
from bot.demo.odoo_tables import Tables

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def face(series="16.0"):
    tables = Tables()
    tables.write("res.country", 1, {"name": "Germany", "code": "DE"}, NOW)
    tables.write("res.partner", 1, {"name": "Acme", "country_id": 1}, NOW)
    return OdooFace(tables, lambda: NOW, series=series)


def rpc(made, service, method, *args):
    body = {"params": {"service": service, "method": method, "args": list(args)}, "id": 1}
    status, headers, raw = made.handle("POST", "/jsonrpc", {}, json.dumps(body).encode())
    assert status == 200
    assert headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    return json.loads(raw)


def execute(made, *args, key="demo-key"):
    return rpc(made, "object", "execute_kw", "demo", 2, key, *args)


def test_it_says_its_version_and_lets_its_user_in():
    assert rpc(face(), "common", "version")["result"]["server_version"] == "16.0"
    assert rpc(face(), "common", "authenticate", "demo", "leadline", "demo-key", {})["result"] == 2
    assert rpc(face(), "common", "authenticate", "demo", "x", "y", {})["result"] is False


def test_records_are_read_with_links_as_pairs():
    answer = execute(face(), "res.partner", "search_read", [[]], {"fields": ["name", "country_id"]})
    assert answer["result"] == [{"id": 1, "name": "Acme", "country_id": [1, "Germany"]}]


@pytest.mark.parametrize(
    ("args", "key", "name"),
    [(("res.partner", "search", [[]]), "wrong", "AccessDenied"),
     (("no.model", "search", [[]]), "demo-key", "UserError"),
     (("res.partner", "search_read", [[["nope", "=", 1]]]), "demo-key", "ValueError")],
)  # fmt: skip
def test_errors_come_with_status_200(args, key, name):
    assert execute(face(), *args, key=key)["error"]["data"]["name"].endswith(name)


def test_from_version_19_on_there_is_json_2():
    made = face("19.0")
    path = "/json/2/res.partner/search_count"
    status, _, raw = made.handle(
        "POST", path, {"Authorization": "bearer demo-key"}, b'{"domain": []}'
    )
    assert (status, json.loads(raw)) == (200, 1)
    assert made.handle("POST", path, {"Authorization": "bearer x"}, b"{}")[0] == 401
    assert face("16.0").handle("POST", path, {}, b"{}")[0] == 404


def test_an_app_that_is_not_installed_leaves_no_trace():
    made = OdooFace(Tables(), lambda: NOW, without=("mrp",))
    answer = execute(made, "mrp.production", "search", [[]])
    assert answer["error"]["data"]["message"] == "Object mrp.production doesn't exist"
    fields = execute(made, "stock.move", "fields_get", [])["result"]
    assert "picking_id" in fields
    assert "production_id" not in fields
