import json

import pytest

from bot.mcp import answers
from commands import load
from tests.commands.dialogue import say
from tests.storage.world import World


@pytest.fixture
def ask(tmp_path):
    world = World(tmp_path)
    world.purchase(world.supplier("Acme"), None, "2026-03-01", received="2026-03-09")

    def ask(*requests):
        lines = [one if isinstance(one, str) else json.dumps(one) for one in requests]
        return [json.loads(one) for one in answers(lines, load(), lambda line: say(world, line))]

    return ask


def request(method, number=1, **params):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def test_a_client_shakes_hands_and_finds_every_command(ask):
    hello, listed = ask(
        request("initialize", protocolVersion="2025-03-26"),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        request("tools/list", 2),
    )
    assert hello["result"]["protocolVersion"] == "2025-03-26"
    assert {one["name"] for one in listed["result"]["tools"]} == set(load())
    assert listed["id"] == 2


def test_a_tool_gives_the_same_answer_as_the_command(ask):
    [called] = ask(request("tools/call", name="lead-time", arguments={"words": "acme"}))
    found = called["result"]
    assert not found["isError"]
    assert found["structuredContent"]["readings"][0]["value"] == 8
    assert json.loads(found["content"][0]["text"]) == found["structuredContent"]


def test_a_question_that_cannot_be_read_is_an_error_of_the_tool(ask):
    [called] = ask(request("tools/call", name="lead-time", arguments={"words": "nobody"}))
    assert called["result"]["isError"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", -32700), ("[" * 100_000, -32700), ("[]", -32600), ('{"id": 1}', -32600),
        (request("nonsense"), -32601), (request("tools/call", name="x"), -32602),
        (request("tools/call", name="churn", arguments={"words": 5}), -32602),
        (request("tools/call", name="churn", arguments=[1]), -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}, -32602),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_cannot_be_served_is_told(ask, sent, code):
    [answer] = ask(sent)
    assert answer["error"]["code"] == code


def test_a_ping_is_answered_and_a_notification_is_not(ask):
    assert ask(request("ping"), {"method": "notifications/cancelled"}, "") == [
        {"jsonrpc": "2.0", "id": 1, "result": {}}
    ]
