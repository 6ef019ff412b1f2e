import itertools
import json

import pytest

from bot.demo._slack_api import METHODS, call
from bot.demo.workspace import BOT, Channel, Person, Workspace


@pytest.fixture
def slack():
    return Workspace(
        [Person("U1", "Ada"), Person("U2", "Gus", is_guest=True)],
        [Channel("C1", "ops", ("U1", BOT)), Channel("C2", "ext", ("U1",), is_external=True)],
        [],
        itertools.count(100).__next__,
    )


def ask(slack, method, **args):
    return call(slack, method, args, slack.bot_token)


@pytest.mark.parametrize("method", METHODS)
def test_without_our_token_nothing_is_told(slack, method):
    assert call(slack, method, {}, "xoxb-wrong") == {"ok": False, "error": "invalid_auth"}


def test_a_method_that_is_not_there_is_told(slack):
    assert ask(slack, "admin.everything")["error"] == "unknown_method"


def test_a_message_is_posted_with_its_blocks_and_found_again(slack):
    blocks = json.dumps([{"type": "divider"}])
    meta = json.dumps({"event_type": "x", "event_payload": {"key": "k"}})
    posted = ask(slack, "chat.postMessage", channel="C1", text="a", blocks=blocks, metadata=meta)
    [found] = ask(slack, "conversations.history", channel="C1")["messages"]
    assert found["ts"] == posted["ts"]
    assert found["metadata"]["event_payload"] == {"key": "k"}
    assert ask(slack, "chat.update", channel="C1", ts=posted["ts"], text="b")["ok"]
    assert ask(slack, "chat.delete", channel="C1", ts=posted["ts"])["ok"]
    assert ask(slack, "conversations.history", channel="C1")["messages"] == []


def test_a_history_tells_nothing_that_was_for_one(slack):
    assert ask(slack, "chat.postEphemeral", channel="C1", user="U1", text="psst")["ok"]
    assert ask(slack, "conversations.history", channel="C1")["messages"] == []


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C1"}, "no_text"),
        ("chat.postMessage", {"channel": "C1", "blocks": '[{"type": "x"}]'}, "invalid_blocks"),
        ("chat.postEphemeral", {"channel": "C1", "user": "U9", "text": "x"}, "user_not_in_channel"),
        ("chat.update", {"channel": "C1", "ts": "1"}, "message_not_found"),
        ("chat.delete", {"channel": "C1", "ts": "1"}, "message_not_found"),
        ("conversations.info", {"channel": "C9"}, "channel_not_found"),
        ("conversations.members", {"channel": "C9"}, "channel_not_found"),
        ("users.info", {"user": "U9"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S1"}, "no_such_subteam"),
        ("conversations.open", {"users": "U9"}, "user_not_found"),
        ("files.getUploadURLExternal", {"filename": "x"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"channel_id": "C9"}, "channel_not_found"),
        ("files.completeUploadExternal", {"channel_id": "C1", "files": "[]"}, "file_not_found"),
        ("views.open", {"trigger_id": "t", "view": "{}"}, "expired_trigger_id"),
        ("views.publish", {"user_id": "U9", "view": "{}"}, "user_not_found"),
    ],
)
def test_what_cannot_be_done_is_told_as_slack_tells_it(slack, method, args, error):
    assert ask(slack, method, **args)["error"] == error


def test_people_and_channels_are_told_with_what_matters_for_rights(slack):
    assert ask(slack, "users.info", user="U2")["user"]["is_restricted"]
    assert ask(slack, "users.info", user=BOT)["user"]["is_bot"]
    assert ask(slack, "conversations.info", channel="C2")["channel"]["is_ext_shared"]
    assert ask(slack, "conversations.info", channel="C1")["channel"]["is_member"]
    assert ask(slack, "conversations.members", channel="C1")["members"] == ["U1", BOT]


def test_a_file_is_announced_and_shared_in_a_conversation_that_was_opened(slack):
    direct = ask(slack, "conversations.open", users="U1")["channel"]["id"]
    url = ask(slack, "files.getUploadURLExternal", filename="x.csv", length=1)
    slack.files.upload(url["file_id"], b"x")
    files = json.dumps([{"id": url["file_id"]}])
    assert ask(slack, "files.completeUploadExternal", files=files, channel_id=direct)["ok"]
    assert [one.files[0]["name"] for one in slack.messages] == ["x.csv"]


def test_an_answer_can_stand_in_a_thread(slack):
    for method, more in (("chat.postMessage", {}), ("chat.postEphemeral", {"user": "U1"})):
        assert ask(slack, method, channel="C1", text="x", thread_ts="7.0", **more)["ok"]
    assert [one.thread for one in slack.messages] == ["7.0", "7.0"]
