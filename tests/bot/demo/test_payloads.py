import itertools

import pytest

from bot.demo._members import BOT, Channel, Message, Person
from bot.demo._payloads import TEAM, Payloads


@pytest.fixture
def made():
    people = {"U1": Person("U1", "Ada")}
    channels = {"C1": Channel("C1", "ops", ("U1", BOT))}
    return Payloads(people, channels, itertools.count(100).__next__)


def test_a_response_url_leads_back_to_who_asked_where(made):
    made.base_url = "http://127.0.0.1:1"
    body = made.command("U1", "C1", "/x", "y")
    assert body["response_url"].startswith("http://127.0.0.1:1/commands/")
    assert made.responses[body["response_url"].rpartition("/")[2]] == ("U1", "C1")


def test_a_trigger_is_good_for_one_time(made):
    trigger = made.command("U1", "C1", "/x", "")["trigger_id"]
    assert made.take_trigger(trigger) == "U1"
    assert made.take_trigger(trigger) is None


def test_a_click_in_the_home_tab_has_no_channel_and_no_response_url(made):
    body = made.click("U1", "", "", None, {"action_id": "a", "value": "v"})
    assert body["container"] == {"type": "view"}
    assert "channel" not in body
    assert "response_url" not in body
    assert body["actions"][0]["value"] == "v"


def test_a_shortcut_carries_the_message_as_slack_tells_it(made):
    body = made.shortcut("U1", Message("7.0", "C1", "U1", "where is P1?"), "lookup")
    assert set(body) >= {"callback_id", "message_ts", "message", "channel", "response_url",
                         "trigger_id", "user", "team", "action_ts"}  # fmt: skip
    assert (body["type"], body["callback_id"]) == ("message_action", "lookup")
    assert body["message"]["text"] == "where is P1?"


def test_every_event_has_a_name_of_its_own(made):
    first, second = made.event({"type": "x"}), made.event({"type": "x"})
    assert first["event_id"] != second["event_id"]
    assert first["team_id"] == TEAM
