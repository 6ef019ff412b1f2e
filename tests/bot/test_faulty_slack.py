"""A Slack that answers late or not at all, and one that sends a request twice."""

import threading

import pytest

from bot import handlers
from bot.boundary import broken
from bot.demo import page_server
from tests.bot.conversation import (
    ADA,
    OPS,
    PATIENCE,
    SECRET,
    buttons,
    dialog,
    leadline,
    press,
    said,
)

pytestmark = pytest.mark.slow  # a Slack that is slow


@pytest.fixture(params=["socket", "http"])
def line(request, tmp_path):
    with leadline(tmp_path, is_http=request.param == "http") as found:
        yield found


def expired(key, body):
    return False


def dropped(key, body):
    raise ConnectionResetError


@pytest.mark.parametrize("fault", [expired, dropped])
def test_an_answer_that_its_response_url_does_not_take_is_posted(line, fault):
    slack, _ = line
    slack.respond, before = fault, broken["response_url"]
    slack.say(ADA, OPS, "/leadtime borealis")
    [answer] = said(slack, ADA, OPS)
    assert "Borealis Steel takes 32 days" in answer.text
    assert answer.only_for == ADA
    assert broken["response_url"] == before + 1


@pytest.mark.parametrize("why", ["not_in_channel", "is_archived"])
def test_where_neither_is_taken_it_is_counted_and_the_next_is_answered(line, monkeypatch, why):
    slack, _ = line
    before, respond = broken["slash"], slack.respond
    slack.respond = expired
    answering(monkeypatch, "chat.postEphemeral", lambda: {"ok": False, "error": why})
    slack.say(ADA, OPS, "/leadtime")
    assert said(slack, ADA, OPS) == []
    assert broken["slash"] == before + 1
    slack.respond = respond
    slack.say(ADA, OPS, "/leadtime")
    assert len(said(slack, ADA, OPS)) == 1


def test_a_channel_that_the_bot_is_not_in_gets_its_answers_by_the_response_url(line):
    slack, _ = line
    slack.say(ADA, SECRET, "/leadtime borealis")
    assert "Borealis Steel takes 32 days" in said(slack, ADA, SECRET)[0].text


def answering(monkeypatch, method, answer):
    """Lets one method of the Web API answer as it is told."""
    true_call = page_server.call

    def call(workspace, asked, args, token):
        return answer() if asked == method else true_call(workspace, asked, args, token)

    monkeypatch.setattr(page_server, "call", call)


@pytest.mark.parametrize("text", ["borealis", "help"])
def test_a_question_that_takes_long_is_acknowledged_first(line, monkeypatch, text):
    slack, parts = line
    monkeypatch.setattr(handlers, "PATIENCE", 0.05)
    go_on, user = threading.Event(), {"ok": True, "user": {"id": ADA, "team_id": "T0LEADLINE"}}
    answering(monkeypatch, "users.info", lambda: go_on.wait(PATIENCE) and user)
    body = slack.payloads.command(ADA, OPS, "/leadtime", text)
    assert slack.at_once("slash_commands", body) in ({}, {"text": ""})
    assert said(slack, ADA, OPS) == []
    go_on.set()
    assert parts.pool.wait(PATIENCE)
    [answer] = said(slack, ADA, OPS)
    assert answer.only_for == ADA


def test_a_bot_that_has_too_much_to_do_says_so(line):
    slack, parts = line
    parts.pool.most = 0
    body = slack.payloads.command(ADA, OPS, "/leadtime", "")
    assert "Try again" in slack.at_once("slash_commands", body)["text"]


def test_a_fault_of_ours_is_said_and_counted(line, monkeypatch):
    slack, parts = line
    before = broken["slash"]
    parts.worker.desk.grant_of.__self__.directory.place = lambda channel: 1 / 0
    slack.say(ADA, OPS, "/leadtime")
    assert "a fault of ours" in said(slack, ADA, OPS)[0].text
    assert broken["slash"] == before + 1


def thrice(slack, kind, body):
    for _ in range(3):
        slack.deliver(kind, body)


def test_a_command_or_a_click_that_comes_again_has_one_effect(line):
    slack, _ = line
    thrice(slack, "slash_commands", slack.payloads.command(ADA, OPS, "/leadtime", ""))
    [answer] = said(slack, ADA, OPS)
    button = buttons(answer)["Borealis Steel"]
    thrice(slack, "interactive", slack.payloads.click(ADA, OPS, answer.ts, answer, button))
    assert len(said(slack, ADA, OPS)) == 2


def test_an_event_that_comes_again_has_one_effect(line):
    slack, _ = line
    event = {"type": "app_home_opened", "user": ADA, "channel": "D0ADA", "tab": "home"}
    thrice(slack, "events_api", slack.payloads.event(event))
    assert [one["kind"] for one in slack.events(ADA, 0)].count("home") == 1


def test_a_dialog_that_comes_again_posts_once(line):
    slack, parts = line
    slack.say(ADA, OPS, "/leadtime")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[0], "Share to channel…")
    body = slack.payloads.submission(ADA, dialog(slack), {})
    thrice(slack, "interactive", body)
    parts.worker.send()
    assert len([one for one in said(slack, ADA, OPS) if one.only_for is None]) == 1
