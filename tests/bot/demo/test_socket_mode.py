import threading
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bot.demo._socket_mode import SocketMode, _encoded, signed_http
from bot.demo.workspace import Undelivered


@pytest.fixture
def slack():
    made = SocketMode()
    yield made
    made.close()


def test_a_bot_gets_an_envelope_and_its_answer_comes_back(slack):
    import json

    with connect(slack.url()) as bot:
        assert json.loads(bot.recv())["type"] == "hello"

        def answer():
            envelope = json.loads(bot.recv())
            assert envelope["payload"] == {"command": "/x"}
            reply = {"envelope_id": envelope["envelope_id"], "payload": {"text": "42"}}
            bot.send("no json")
            bot.send(json.dumps({"envelope_id": "another"}))
            bot.send(json.dumps(reply))

        thread = threading.Thread(target=answer)
        thread.start()
        assert slack.deliver("slash_commands", {"command": "/x"}) == {"text": "42"}
        thread.join()


def test_an_address_is_good_for_one_connection(slack):
    url = slack.url()
    with connect(url) as first:
        first.recv()
        with connect(url) as second, pytest.raises(ConnectionClosed):
            second.recv()


def test_nothing_stays_open_behind_it():
    def pipes():
        held = (one for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
        return {str(one.readlink()) for one in held if one.readlink().name[:5] == "pipe:"}

    before = pipes()
    made = SocketMode()
    with connect(made.url()) as bot:
        bot.recv()
    its = pipes() - before
    made.close()
    assert its
    assert not its & pipes()


def test_where_no_bot_is_nothing_is_delivered(slack, monkeypatch):
    monkeypatch.setattr("bot.demo._socket_mode.ANSWER_WITHIN", 0.05)
    with pytest.raises(Undelivered):
        slack.deliver("slash_commands", {})


def test_without_socket_mode_requests_are_signed():
    body, kind = _encoded("slash_commands", {"text": "a b"})
    assert (body, kind) == (b"text=a+b", "application/x-www-form-urlencoded")
    signature = SignatureVerifier("s").generate_signature(timestamp="7", body=body)
    assert SignatureVerifier("s", type("C", (), {"now": lambda self: 7})()).is_valid(
        body, "7", signature
    )
    with pytest.raises(Undelivered):
        signed_http("http://127.0.0.1:9/x", "s", lambda: 7)("slash_commands", {})
