import itertools

import pytest

from bot.demo.workspace import BOT, Channel, Person, Undelivered, Workspace


def workspace(deliver=None):
    made = Workspace(
        [Person("U1", "Ada"), Person("U2", "Noor")],
        [Channel("C1", "ops", ("U1", "U2", BOT))],
        [{"command": "/ask"}],
        itertools.count(100).__next__,
    )
    made.deliver = deliver
    return made


def texts(made, viewer, channel="C1"):
    return [one.text for one in made.visible(viewer, channel)]


def test_what_is_said_in_a_channel_everyone_reads():
    made = workspace()
    made.say("U1", "C1", "hello")
    assert texts(made, "U2") == ["hello"]
    assert [one["message"]["text"] for one in made.events("U2", 0)] == ["hello"]


def test_what_is_for_one_nobody_else_sees():
    made = workspace()
    made.post("C1", BOT, "psst", only_for="U1")
    assert (texts(made, "U1"), texts(made, "U2")) == (["psst"], [])
    assert made.events("U2", 0) == []


def test_a_slash_command_goes_to_the_bot_with_all_that_slack_sends():
    seen = []
    made = workspace(lambda kind, body: seen.append((kind, body)) or {"text": "42"})
    made.say("U1", "C1", "/ask  for more ")
    [(kind, body)] = seen
    assert kind == "slash_commands"
    assert (body["command"], body["text"]) == ("/ask", "for more")
    assert set(body) >= {"team_id", "channel_id", "channel_name", "user_id", "user_name",
                         "response_url", "trigger_id", "api_app_id", "token"}  # fmt: skip
    assert (texts(made, "U1"), texts(made, "U2")) == (["42"], [])


def test_a_bot_that_does_not_answer_is_told_as_slack_tells_it():
    def dead(kind, body):
        raise Undelivered

    for deliver in (None, dead):
        made = workspace(deliver)
        made.say("U1", "C1", "/ask")
        assert "operation_timeout" in texts(made, "U1")[0]


def test_a_command_that_nobody_has_is_told():
    made = workspace()
    made.say("U1", "C1", "/nope")
    assert "not a command" in texts(made, "U1")[0]


def test_a_trigger_opens_one_dialog_for_whoever_made_it():
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    made.say("U1", "C1", "/ask")
    trigger = seen[0]["trigger_id"]
    view = made.open_view(trigger, {"title": {"text": "x"}, "blocks": []})
    assert made.open_view(trigger, {}) is None
    assert [one["kind"] for one in made.events("U1", 0)] == ["view"]
    made.submit("U1", view["id"], {"a": 1})
    assert seen[1]["type"] == "view_submission"
    assert seen[1]["view"]["state"] == {"values": {"a": 1}}
    assert made.views == {}


def test_a_click_carries_the_message_and_the_action():
    seen = []
    made = workspace(lambda kind, body: seen.append((kind, body)) or {})
    message = made.post("C1", BOT, "x", [{"type": "divider"}])
    made.click("U1", "C1", message.ts, {"action_id": "a", "value": "v"})
    kind, body = seen[0]
    assert (kind, body["type"], body["actions"][0]["value"]) == (
        "interactive",
        "block_actions",
        "v",
    )
    assert body["message"]["ts"] == message.ts
    assert made.respond(body["response_url"].rpartition("/")[2], {"text": "done"})
    assert texts(made, "U1")[-1] == "done"


def test_an_unknown_response_address_takes_nothing():
    assert not workspace().respond("nope", {"text": "x"})


def test_messages_are_changed_and_deleted():
    made = workspace()
    message = made.post("C1", BOT, "a")
    made.change(message, "b", None)
    assert texts(made, "U1") == ["b"]
    made.delete(message)
    assert texts(made, "U1") == []
    assert made.find("C1", message.ts) is None


@pytest.mark.parametrize("count", [300])
def test_no_two_messages_have_one_name(count):
    made = workspace()
    made.clock = lambda: 7.0
    names = {made.post("C1", "U1", "x").ts for _ in range(count)}
    assert len(names) == count


@pytest.mark.parametrize(
    ("channel", "text", "event"),
    [("C1", "@Leadline churn & more", "app_mention"), ("D1", "churn", "message")],
)
def test_the_bot_is_told_of_what_is_written_to_it(channel, text, event):
    seen = []
    made = workspace(lambda kind, body: seen.append((kind, body["event"])) or {})
    made.say("U1", channel, text)
    [(kind, told)] = seen
    assert (kind, told["type"]) == ("events_api", event)
    assert told["text"] == made.messages[0].text
    assert "&amp;" in told["text"] or "&" not in text


def test_the_bot_is_not_told_of_what_people_say_among_themselves():
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    made.say("U1", "C1", "hello")
    assert seen == []


def test_an_answer_in_a_thread_says_so():
    made = workspace()
    first = made.post("C1", "U1", "a")
    made.post("C1", BOT, "b", thread=first.ts)
    assert made.events("U1", 0)[1]["message"]["thread_ts"] == first.ts


def test_a_dialog_with_something_wrong_in_it_stays_open():
    answers = iter([{}, {"response_action": "errors", "errors": {"a": "no"}}, {}])
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or next(answers))
    made.say("U1", "C1", "/ask")
    view = made.open_view(seen[0]["trigger_id"], {"title": {"text": "x"}, "blocks": []})
    made.submit("U1", view["id"], {})
    assert view["id"] in made.views
    assert made.events("U1", 0)[-1]["errors"] == {"a": "no"}
    made.submit("U1", view["id"], {})
    assert made.views == {}
