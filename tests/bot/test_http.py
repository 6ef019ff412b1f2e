"""Every way in which a request to the web front can be wrong; none of them is a fault of ours."""

import http.client
import io
import socket
import threading
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.boundary import broken
from bot.demo._payloads import TEAM
from bot.http import LARGEST, Front, Server, figures
from bot.settings import Settings
from bot.worker import Health
from storage.delivery import Delivery
from tests.bot.conversation import ADA, NOW, OPS, leadline, said
from tests.storage.conftest import fresh

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
WELL = Health(timedelta(seconds=3), (), None, ())
FORM = "application/x-www-form-urlencoded"
SLASH = (
    b"command=%2Fleadtime&text=acme&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1.2"
    b"&response_url=http%3A%2F%2Fx%2F"
)
EPOCH = int(NOW.timestamp())


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    yield made
    made.close()


def bolt():
    who = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1",
                          bot_user_id="U0")  # fmt: skip
    app = App(client=WebClient("xoxb-1"), authorize=lambda **_: who,
              request_verification_enabled=False, process_before_response=True)  # fmt: skip
    app.command("/leadtime")(lambda ack, body: ack(text=f"asked {body['text']}"))
    app.action("ask:1")(lambda ack: ack())
    return app


def front(store, health=WELL, secret=SECRET):
    return Front(bolt(), store, lambda: health, signing_secret=secret, clock=lambda: NOW)


def sign(body, stamp=EPOCH, secret=SECRET):
    return SignatureVerifier(secret).generate_signature(timestamp=str(stamp), body=body)


def send(wsgi, body=SLASH, *, path="/slack/events", method="POST", kind=FORM, **headers):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_TYPE": kind,
               "wsgi.input": io.BytesIO(body), **headers}  # fmt: skip
    got = []
    answer = b"".join(wsgi(environ, lambda status, head: got.append(status)))
    return int(got[0].split()[0]), answer.decode()


def signed(body=SLASH, stamp=EPOCH, secret=SECRET):
    return {"HTTP_X_SLACK_REQUEST_TIMESTAMP": str(stamp),
            "HTTP_X_SLACK_SIGNATURE": sign(body, stamp, secret)}  # fmt: skip


def test_a_signed_request_is_answered(store):
    assert send(front(store), **signed()) == (200, "asked acme")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_X_SLACK_SIGNATURE": sign(SLASH)},
        {"HTTP_X_SLACK_REQUEST_TIMESTAMP": str(EPOCH)},
        signed(secret="another"),
        {**signed(), "HTTP_X_SLACK_SIGNATURE": "v0=é"},
        {**signed(), "HTTP_X_SLACK_SIGNATURE": ""},
        {**signed(), "HTTP_X_SLACK_SIGNATURE": "v0="},
        signed(stamp=EPOCH - 301),
        signed(stamp=EPOCH + 301),
        *({**signed(), "HTTP_X_SLACK_REQUEST_TIMESTAMP": stamp}
          for stamp in ("abc", "", "1e9", "9" * 5_000, "-1", "٣", " 1", f"{EPOCH}.0")),
    ],
    ids=range(17),
)  # fmt: skip
def test_what_is_not_signed_by_slack_just_now_is_refused(store, headers):
    assert send(front(store), **headers)[0] == 401


def test_a_clock_that_is_a_little_ahead_is_fine(store):
    assert send(front(store), **signed(stamp=EPOCH + 299))[0] == 200


def test_a_request_is_answered_once_also_after_a_restart(store):
    first = front(store)
    assert [send(first, **signed())[0] for _ in range(3)] == [200, 409, 409]
    assert send(front(store), **signed())[0] == 409


def test_a_signature_made_for_another_body_is_refused(store):
    assert send(front(store), b"command=%2Fchurn", **signed())[0] == 401


def test_without_a_secret_nothing_is_believed(store):
    assert send(front(store, secret=""), **signed())[0] == 401


def payload(value):
    return urlencode({"payload": msgspec.json.encode(value)}).encode()


@pytest.fixture(scope="module")
def leadlines(tmp_path_factory):
    """The front of a whole Leadline, its secret, and the pool behind it."""
    with leadline(tmp_path_factory.mktemp("real"), is_http=True) as (slack, parts):
        yield parts.front, slack.signing_secret, parts.pool


BLOCK = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1"},
         "channel": {"id": "C1"}, "trigger_id": "1", "response_url": "http://x/"}  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"payload=", b"payload=%7B", b"payload=%FF", b"a=1&a=2&a=3",
        payload(None), payload([]), payload(5), payload("x"), payload({}),
        payload({"type": "block_actions"}), payload({**BLOCK, "actions": []}),
        payload({**BLOCK, "actions": [None]}), payload({**BLOCK, "actions": None}),
        payload({**BLOCK, "actions": [{}]}), payload({**BLOCK, "actions": [{"action_id": 5}]}),
        payload({**BLOCK, "user": None, "actions": [{"action_id": "ask:1", "value": "x"}]}),
        payload({"type": "view_submission", "view": None}),
        payload({"type": "view_submission", "view": {"callback_id": "share"}}),
        SLASH + b"&command=%2Fchurn", SLASH + b"&team_id=T666",
        SLASH + b"&is_enterprise_install=true", b"command=%2Fnothing&text=x",
        b"ssl_check=1&token=x", b"payload=" + b"[" * 50_000,
    ],
    ids=range(26),
)  # fmt: skip
def test_whatever_is_signed_is_no_fault_of_ours(leadlines, body):
    front, secret, pool = leadlines
    try:
        headers = signed(body, secret=secret)
    except UnicodeDecodeError:
        headers = signed(secret=secret)
    status, answer = send(front, body, **headers)
    assert status < 500
    assert "Traceback" not in answer
    assert pool.wait(10)


@pytest.mark.parametrize("body", [b"null", b"[]", b"5", b"{", b'{"type": "event_callback"}',
                                  b'{"type": "url_verification", "challenge": "c"}',
                                  b'{"type": "event_callback", "event": null}', b'{"team": 5}',
                                  b'{"authorizations": 5}'])  # fmt: skip
def test_whatever_comes_as_an_event_is_no_fault_of_ours(leadlines, body):
    front, secret, pool = leadlines
    assert send(front, body, kind="application/json", **signed(body, secret=secret))[0] < 500
    assert pool.wait(10)


def test_what_is_too_long_is_not_read(store):
    body = b"x" * (LARGEST + 1)
    assert send(front(store), body, **signed(body))[0] == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/slack/events"), ("POST", "/"), ("PUT", "/healthz"), ("GET", "/../etc/passwd")],
)
def test_nothing_else_is_there(store, method, path):
    assert send(front(store), method=method, path=path, **signed())[0] == 404


def test_health_says_what_is_wrong(store):
    lost = Delivery(3, 2, 1, "is_archived")
    ill = Health(None, ("odoo:erp",), timedelta(minutes=9), ("odoo:erp is stale",), lost)
    assert send(front(store), method="GET", path="/healthz")[0] == 200
    status, answer = send(front(store, ill), method="GET", path="/healthz")
    assert (status, msgspec.json.decode(answer)["problems"]) == (503, ["odoo:erp is stale"])
    assert "leadline_outbox_age_seconds 540" in figures(ill)
    for state, count in (("waiting", 3), ("failed", 2), ("unknown", 1)):
        assert f'leadline_messages{{state="{state}"}} {count}' in figures(ill)
    assert "leadline_well 1" in send(front(store), method="GET", path="/metrics")[1]


def test_a_store_that_is_broken_is_a_fault_of_ours_and_counted(store, caplog):
    before = broken["http"]
    fine = front(store)

    def fails():
        raise OSError("the disk is gone")

    ill = Front(fine.app, store, fails, signing_secret=SECRET, clock=lambda: NOW)
    assert send(ill, method="GET", path="/healthz")[0] == 503
    with store.writer() as session:
        session.connection().exec_driver_sql("DROP TABLE seenrequest")
    status, said = send(fine, **signed())
    assert (status, "no such table" in said) == (503, False)
    assert broken["http"] == before + 2
    assert "the disk is gone" in caplog.text


def test_what_bolt_can_not_make_out_is_logged_and_counted(store, caplog):
    before = broken["bolt"]
    body = payload({**BLOCK, "actions": [{}]})
    assert send(front(store), body, **signed(body))[0] == 400
    assert broken["bolt"] == before + 1
    assert "Bolt" in caplog.text


@pytest.fixture
def server(store):
    made = Server(Settings(database_url="sqlite:///x", port=0), front(store))
    made.start()
    yield made
    made.stop()


def raw(server, text):
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        connection.sendall(text)
        connection.settimeout(10)
        return connection.recv(4_096)


@pytest.mark.parametrize("length", ["-1", "abc", "1, 2", "9" * 40])
def test_a_length_that_cannot_be_is_refused(server, length):
    head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    assert raw(server, head.encode()).split()[1] in (b"400", b"413")


def test_a_body_of_200_megabytes_is_refused_before_it_is_sent(server):
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 209715200\r\n\r\n"
    assert raw(server, head + b"x" * 300_000).split()[1] == b"413"


def test_connections_that_stall_hold_up_nobody(server):
    stalled = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    try:
        for one in stalled:
            one.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        client.request("POST", "/slack/events", SLASH, {
            "Content-Type": FORM, "X-Slack-Request-Timestamp": str(EPOCH),
            "X-Slack-Signature": sign(SLASH),
        })  # fmt: skip
        assert client.getresponse().status == 200
        client.close()
    finally:
        for one in stalled:
            one.close()


def test_a_guest_of_another_workspace_gets_nothing(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, _):
        body = slack.payloads.command(ADA, OPS, "/leadtime", "") | {"team_id": "T0OTHER"}
        answer = slack.deliver("slash_commands", body)
        assert "only in the workspace" in answer["text"]
        assert said(slack, ADA, OPS) == []


def test_the_same_request_at_once_is_answered_once(store):
    wsgi, found = front(store), []
    threads = [
        threading.Thread(target=lambda: found.append(send(wsgi, **signed())[0])) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [200] + [409] * 7
