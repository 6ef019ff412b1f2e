"""Notices of every system over real HTTP: whose are taken, and what they do to the store."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlmodel import select

from bot.http import LARGEST, Front, Server
from bot.nudges import SIGNED, Call, Nudge, counted, is_signed
from bot.settings import Settings
from storage.models import FACTS, SyncState
from storage.sources import load
from tests.bot.clockwork import NOON
from tests.bot.slack_server import slack_server
from tests.bot.test_http import WELL
from tests.bot.works import Toy, Works, source
from tests.storage.conftest import fresh

EPOCH = int(NOON.timestamp())
SECRET = "whsec_é1"
BODY = '{"so": "sägt es"}'.encode()
URL = "https://leadline.example.com/in/nudge/hubspot"
KINDS = (*sorted(SIGNED), "odoo", "csv")


def mac(signed, secret=SECRET):
    return hmac.new(secret.encode(), signed, hashlib.sha256).digest()


def b64(signed, secret=SECRET):
    return base64.b64encode(mac(signed, secret)).decode()


def sent(kind, body=BODY, secret=SECRET, at=EPOCH):
    """Path, headers and body as the system sends them."""
    path, headers = f"/nudge/{kind}", {}
    if kind == "hubspot":
        stamp = str(at * 1000)
        signature = b64(f"POST{URL}".encode() + body + stamp.encode(), secret)
        headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp}
    elif kind == "stripe":
        signature = mac(f"{at}.".encode() + body, secret).hex()
        headers = {"Stripe-Signature": f"t={at},v1={'0' * 64},v1={signature},v0=abc"}
    elif kind == "easypost":
        decomposed = secret.replace("é", "e\u0301")
        headers = {"X-Hmac-Signature": f"hmac-sha256-hex={mac(body, decomposed).hex()}"}
    elif kind == "business_central":
        one = {"subscriptionId": "s", "clientState": secret, "changeType": "updated"}
        body = json.dumps({"value": [one, one]}).encode()
    elif kind in SIGNED:
        name = {"aftership": "aftership-hmac-sha256", "erpnext": "X-Frappe-Webhook-Signature",
                "shiphero": "x-shiphero-hmac-sha256"}[kind]  # fmt: skip
        headers = {name: b64(body, secret)}
    else:
        path += f"/{quote(secret)}"
    return path, headers, body


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    with made.writer() as session:
        for kind in KINDS:
            later = NOON + timedelta(minutes=10)
            session.add(SyncState(source=f"{kind}:{kind}", stream="a", due_at=later))
    counted.clear()
    yield made
    made.close()


@pytest.fixture
def server(store):
    nudged = {kind: Nudge(f"{kind}:{kind}", kind, SECRET, URL) for kind in KINDS}
    # without a Slack app, as in Socket Mode
    front = Front(None, store, lambda: WELL, signing_secret="", clock=lambda: NOON, nudged=nudged)
    made = Server(Settings(database_url="sqlite:///x", port=0), front)
    made.start()
    yield made
    made.stop()


def post(server, path, headers, body, method="POST"):
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        client.request(method, path, body, headers)
        answer = client.getresponse()
        return answer.status, answer.read().decode()
    finally:
        client.close()


def due(store):
    with store.reader() as session:
        return {one.source.partition(":")[0] for one in session.exec(select(SyncState))
                if one.due_at <= NOON}  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_a_notice_of_the_system_makes_its_source_due_and_no_other(server, store, kind):
    path, headers, body = sent(kind)
    assert post(server, path, headers, body)[0] == 200
    assert due(store) == {kind}
    assert counted == {"taken": 1}


def test_one_of_anybody_else_is_refused_and_counted(server, store, kind):
    for path, headers, body in (
        sent(kind, secret="another"), (f"/nudge/{kind}", {}, BODY), (f"/nudge/{kind}/", {}, b""),
    ):  # fmt: skip
        assert post(server, path, headers, body)[0] == 401
    assert due(store) == set()
    assert "leadline_nudges_refused_total 3\n" in post(server, "/metrics", {}, b"", "GET")[1]


@pytest.mark.parametrize("kind", [one for one in SIGNED if one != "business_central"])
def test_a_signature_is_of_its_body(server, store, kind):
    path, headers, body = sent(kind)
    assert post(server, path, headers, body + b" ")[0] == 401
    assert due(store) == set()


@pytest.mark.parametrize("kind", ["hubspot", "stripe"])
@pytest.mark.parametrize(("late", "status"), [(-301, 401), (-299, 200), (299, 200), (301, 401)])
def test_a_signature_is_good_for_five_minutes(server, kind, late, status):
    assert post(server, *sent(kind, at=EPOCH + late))[0] == status


@pytest.mark.parametrize("stamp", ["", "abc", "-1", "1e9", "9" * 400, "٣", f"{EPOCH}.0"])
@pytest.mark.parametrize("kind", ["hubspot", "stripe"])
def test_a_stamp_is_a_number(kind, stamp):
    body = BODY
    if kind == "hubspot":
        signed = f"POST{URL}".encode() + body + stamp.encode()
        headers = {"x-hubspot-signature-v3": b64(signed), "x-hubspot-request-timestamp": stamp}
    else:
        signature = mac(f"{stamp}.".encode() + body).hex()
        headers = {"stripe-signature": f"t={stamp},v1={signature}"}
    nudge = Nudge(f"{kind}:x", kind, SECRET, URL)
    assert not is_signed(nudge, Call(headers, body, "", NOON))


def test_the_address_that_hubspot_signs_is_the_one_in_the_settings(server):
    path, headers, body = sent("hubspot")
    assert post(server, path, {**headers, "Host": "evil.example.com"}, body)[0] == 200
    nudge = Nudge("hubspot:x", "hubspot", SECRET, URL.replace("https", "http"))
    given = {name.lower(): value for name, value in headers.items()}
    assert not is_signed(nudge, Call(given, body, "", NOON))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"5", b"null", b'{"value": []}', b'{"value": [{}]}', b'{"value": null}',
     b"\xff\xfe", b'{"value":' + b"[" * 20_000,
     json.dumps({"value": [{"clientState": SECRET}, {"clientState": "x"}]}).encode()],
    ids=range(11),
)  # fmt: skip
def test_all_notices_of_business_central_bear_its_state(server, store, body):
    assert post(server, "/nudge/business_central", {}, body)[0] == 401
    assert due(store) == set()


def test_a_byte_order_mark_is_passed_over(server, store):
    path, headers, body = sent("business_central")
    assert post(server, path, headers, b"\xef\xbb\xbf" + body)[0] == 200


def test_business_central_is_answered_with_its_token_and_nudges_nothing_by_it(server, store):
    path = "/nudge/business_central?validationToken=ab%20%3Cb%3E"
    assert post(server, path, {}, b"") == (200, "ab <b>")
    assert post(server, path + "a" * 3_000, {}, b"")[0] == 401
    assert post(server, path.replace("ab", "%0A"), {}, b"")[0] == 401
    assert post(server, "/nudge/odoo?validationToken=ab", {}, b"")[0] == 401
    assert due(store) == set()


def test_the_examples_of_the_vendors_are_taken():
    """Those that HubSpot and EasyPost test their own clients with."""
    hubspot = Nudge("hubspot:x", "hubspot", "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
                    "https://www.example.com/webhook_uri")  # fmt: skip
    for stamp, signature in (
        ("15000000", "HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw="),
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ):
        headers = {"x-hubspot-request-timestamp": stamp, "x-hubspot-signature-v3": signature}
        now = NOON + timedelta(seconds=int(stamp) / 1000 - EPOCH)
        body = b"{'example_field':'example_value'}"
        assert is_signed(hubspot, Call(headers, body, "", now))

    easypost = Nudge("easypost:x", "easypost", "sécret")
    states = ("created", "queued_for_purchase", "creation_failed", "postage_purchased",
              "postage_purchase_failed")  # fmt: skip
    batch = {
        "id": "batch_123...", "object": "Batch", "mode": "test", "state": "created",
        "num_shipments": 0, "reference": None, "created_at": "2022-07-26T17:22:32Z",
        "updated_at": "2022-07-26T17:22:32Z", "scan_form": None, "shipments": [],
        "status": dict.fromkeys(states, 0), "pickup": None, "label_url": None,
    }  # fmt: skip
    event = {
        "result": batch, "description": "batch.created", "mode": "test",
        "previous_attributes": None, "completed_urls": None, "user_id": "user_123...",
        "status": "pending", "object": "Event", "id": "evt_123...",
    }  # fmt: skip
    body = json.dumps(event, separators=(",", ":")).encode()
    signature = "hmac-sha256-hex=e93977c8ccb20363d51a62b3fe1fc402b7829be1152da9e88cf9e8d07115a46b"
    assert is_signed(easypost, Call({"x-hmac-signature": signature}, body, "", NOON))
    wrong = signature[:-1] + "c"
    assert not is_signed(easypost, Call({"x-hmac-signature": wrong}, body, "", NOON))


def test_every_system_that_signs_is_one_that_can_be_read():
    assert set(SIGNED) <= set(load())


def test_what_is_too_long_is_not_read(server, store):
    path, headers, body = sent("stripe", body=b"x" * (LARGEST + 1))
    assert post(server, path, headers, body)[0] == 413
    assert due(store) == set()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/nudge/nobody"), ("POST", "/nudge/"), ("GET", "/nudge/stripe"), ("POST", "/nudge")],
)
def test_of_a_source_that_takes_no_notices_nothing_is_there(server, method, path):
    _, headers, body = sent("stripe")
    assert post(server, path, headers, body, method)[0] == 404


def test_a_notice_writes_no_data_and_no_cursor(server, store):
    def everything():
        with store.reader() as session:
            rows = [session.exec(select(table)).all() for table in FACTS.values()]
            states = [(one.cursor, one.rows) for one in session.exec(select(SyncState))]
            return rows, states

    before = everything()
    for kind in KINDS:
        path, headers, body = sent(kind)
        post(server, path, headers, body)
    assert everything() == before


def test_notices_that_come_twice_late_or_all_at_once_make_one_pull(tmp_path):
    toy = Toy()
    with slack_server() as slack:
        office = Works(f"sqlite:///{tmp_path}/x.db", slack, sources=(source("a", toy),))
        front = Front(
            None, office.store, lambda: WELL, signing_secret="", clock=lambda: office.now,
            nudged={"a": Nudge("toy:a", "toy", "s")},
        )  # fmt: skip
        made = Server(Settings(database_url="sqlite:///x", port=0), front)
        made.start()
        try:
            office.tick()
            office.tick(minutes=2)
            assert toy.pulls == 1
            threads = [
                threading.Thread(target=post, args=(made, "/nudge/a/s", {}, b"")) for _ in range(20)
            ]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            for _ in range(3):
                office.tick(seconds=1)
            assert toy.pulls == 2
            assert office.faults == []
        finally:
            made.stop()
            office.worker.stop()
            office.store.close()
