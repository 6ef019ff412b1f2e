import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.demo.hubspot import Crm, HubSpotFace
from storage.sources._http import Http
from storage.sources.hubspot import Settings, open_hubspot

T0 = datetime(2026, 1, 1, tzinfo=UTC)
NOW = T0 + timedelta(days=1)
ALL = "crm/v3/objects/tickets"


@pytest.fixture
def face():
    crm = Crm()
    company = crm.create("companies", {"name": "Acme"}, T0)
    for number in range(150):
        crm.create("tickets", {"subject": f"{number}"}, T0 + timedelta(minutes=number), company)
    return HubSpotFace(crm, lambda: NOW, token="t")


def ask(face, path, body=None, token="t"):
    raw = json.dumps(body).encode() if body else b""
    method = "POST" if body else "GET"
    status, _, answer = face.handle(method, f"/{path}", {"Authorization": f"Bearer {token}"}, raw)
    return status, json.loads(answer)


def test_a_list_has_pages(face):
    _, first = ask(face, f"{ALL}?limit=100&properties=subject&archived=false")
    after = first["paging"]["next"]["after"]
    _, second = ask(face, f"{ALL}?limit=100&properties=subject&archived=false&after={after}")
    assert (len(first["results"]), len(second["results"])) == (100, 50)
    assert "paging" not in second


def test_without_the_token_nothing_is_told(face):
    assert ask(face, ALL, token="x")[0] == 401


def test_a_search_beyond_its_limit_is_refused(face):
    body = {"filterGroups": [], "properties": [], "limit": 100, "after": "9950"}
    assert ask(face, f"{ALL}/search", body)[0] == 400


def test_what_is_not_there_is_told(face):
    assert ask(face, "crm/v3/nothing")[0] == 404


def test_the_connector_reads_all_of_it_and_then_what_changed(face):
    def answer(request):
        status, headers, body = face.handle(
            request.method, str(request.url.raw_path, "ascii"), request.headers, request.content
        )
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    def client(*args, **more):
        return Http(*args, transport=httpx.MockTransport(answer), **more)

    source = open_hubspot(
        Settings(key="hubspot:crm", kind="hubspot", url="http://crm.example", secret="t"), client
    )
    tickets = next(one for one in source.streams if one.name == "tickets")
    pages = list(source.pull(tickets, None))
    rows = [row for page in pages for row in page.rows.get("ticket", ())]
    assert len(rows) == 150
    assert {row["account_ref"] for row in rows} == {"101"}
    face.crm.change("tickets", 110, {"subject": "new"}, NOW)
    face.clock = lambda: NOW + timedelta(minutes=5)
    again = [row for page in source.pull(tickets, pages[-1].state)
             for row in page.rows.get("ticket", ())]  # fmt: skip
    assert "new" in {row["subject"] for row in again}
    assert len(again) < 150


def test_owners_and_the_names_of_properties_are_told(face):
    face.crm.employ("ann@works.example", "Ann", "Bo")
    _, owners = ask(face, "crm/v3/owners?limit=100&archived=false")
    assert [one["email"] for one in owners["results"]] == ["ann@works.example"]
    assert ask(face, "crm/v3/owners?limit=100&archived=true")[1] == {"results": []}
    _, found = ask(face, "crm/v3/properties/tickets?archived=false")
    assert [one["name"] for one in found["results"]] == ["hs_object_id", "subject"]
