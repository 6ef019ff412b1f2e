import itertools

import pytest

from bot.demo._members import shown
from bot.demo.workspace import BOT, Channel, Person, Undelivered, Workspace
from tests.bot.demo.small_slack import field, modal


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


def opened(made, seen, view):
    made.say("U1", "C1", "/ask")
    return made.open_view(seen[-1]["trigger_id"], view)


def test_a_trigger_opens_one_dialog_for_whoever_made_it():
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    view = opened(made, seen, modal(field("x"), field("y", initial_value="i")))
    assert made.open_view(seen[0]["trigger_id"], {}) is None
    assert [one["kind"] for one in made.events("U1", 0)] == ["view"]
    assert made.events("U2", 0) == []
    text = {"type": "plain_text_input", "value": "typed"}
    made.submit("U1", view["id"], {"x": {"a": text}})
    assert seen[1]["type"] == "view_submission"
    assert seen[1]["view"]["state"]["values"] == {
        "x": {"a": text}, "y": {"a": {"type": "plain_text_input", "value": "i"}},
    }  # fmt: skip
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


def test_what_is_chosen_in_a_dialog_is_told_with_all_that_stands_in_it():
    seen = []
    made = workspace(lambda kind, body: seen.append((kind, body)) or {})
    made.say("U1", "C1", "/ask")
    view = made.open_view(seen[0][1]["trigger_id"], modal(field("x"), field("y")))
    typed = {"type": "plain_text_input", "value": "typed"}
    made.click_in(
        "U1", view["id"], {"type": "plain_text_input", "action_id": "a"}, {"x": {"a": typed}}
    )
    kind, body = seen[1]
    assert (kind, body["type"]) == ("interactive", "block_actions")
    assert body["container"] == {"type": "view", "view_id": view["id"]}
    assert body["view"]["state"]["values"]["x"]["a"] == typed
    assert body["view"]["hash"] == view["hash"]
    assert "channel" not in body
    assert "response_url" not in body


def answered(made, seen, answer):
    """A dialog that was sent, and what the page was told after it."""
    view = opened(made, seen, modal())
    made.deliver = lambda kind, body: seen.append(body) or answer
    made.submit("U1", view["id"], {})
    return view, made.events("U1", 0)[1:]


@pytest.mark.parametrize(
    ("answer", "kinds", "left"),
    [
        ({}, ["closed"], 0),
        ({"response_action": "errors", "errors": {"a": "no"}}, ["errors"], 1),
        ({"response_action": "update", "view": modal(callback_id="d")}, ["view"], 1),
        ({"response_action": "push", "view": modal(callback_id="d")}, ["view"], 2),
        ({"response_action": "clear"}, ["closed"], 0),
        ({"response_action": "bogus"}, ["trouble"], 1),
    ],
)
def test_the_bot_says_what_becomes_of_a_dialog_that_was_sent(answer, kinds, left):
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    view, events = answered(made, seen, answer)
    assert [one["kind"] for one in events] == kinds
    assert len(made.views) == left
    if kinds == ["view"]:
        is_same = events[0]["view"]["id"] == view["id"]
        assert (events[0]["view"]["callback_id"], is_same) == ("d", left == 1)


def test_a_dialog_that_the_bot_does_not_answer_stays_open():
    def dead(kind, body):
        raise Undelivered

    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    view = opened(made, seen, modal())
    made.deliver = dead
    made.submit("U1", view["id"], {})
    assert made.events("U1", 0)[-1]["kind"] == "trouble"
    assert view["id"] in made.views


@pytest.mark.parametrize(
    ("more", "is_all", "closed", "is_cleared"),
    [
        ({"notify_on_close": True}, False, ["above"], False),
        ({"notify_on_close": True}, True, ["above", "below"], True),
        ({"notify_on_close": True, "clear_on_close": True}, False, ["above", "below"], True),
        ({}, True, [], None),
    ],
)
def test_the_bot_is_told_of_a_dialog_that_was_closed_if_it_wants_to_know(
    more, is_all, closed, is_cleared
):
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    opened(made, seen, modal(field("x"), callback_id="below", **more))
    above = made.dialogs.push("U1", modal(field("x"), callback_id="above", **more))
    made.close("U1", above["id"], is_all=is_all)
    told = [one for one in seen if one.get("type") == "view_closed"]
    assert [one["view"]["callback_id"] for one in told] == closed
    assert {one["is_cleared"] for one in told} == ({is_cleared} if closed else set())
    assert all(one["view"]["state"]["values"]["x"] for one in told)


def test_a_command_in_a_thread_is_refused_as_slack_refuses_it():
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    made.say("U1", "C1", "/ask", thread="7.0")
    assert seen == []
    assert "not supported in threads" in texts(made, "U1")[0]


def test_a_click_tells_what_stands_in_the_fields_of_the_message():
    seen = []
    made = workspace(lambda kind, body: seen.append(body) or {})
    picker = {"type": "datepicker", "action_id": "d", "initial_date": "2026-03-01"}
    first = made.post("C1", "U1", "a")
    message = made.post(
        "C1", BOT, "x", [{"type": "actions", "elements": [picker]}], thread=first.ts
    )
    block = shown(message)["blocks"][0]["block_id"]
    made.click("U1", "C1", message.ts, {"type": "button", "action_id": "b"})
    assert seen[0]["state"]["values"][block]["d"]["selected_date"] == "2026-03-01"
    assert seen[0]["container"]["thread_ts"] == first.ts


def test_an_answer_to_a_click_can_take_the_place_of_the_message():
    made = workspace(lambda kind, body: seen.append(body["response_url"]) or {})
    seen = []
    first = made.post("C1", BOT, "one", only_for="U1")
    made.click("U1", "C1", first.ts, {"action_id": "more", "value": "x"})
    key = seen[0].rpartition("/")[2]
    assert made.respond(key, {"text": "two", "replace_original": True})
    assert texts(made, "U1") == ["two"]
    assert made.respond(key, {"text": "three", "replace_original": False})
    assert texts(made, "U1") == ["two", "three"]
    assert texts(made, "U2") == []
