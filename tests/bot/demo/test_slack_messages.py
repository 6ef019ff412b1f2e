import json

import pytest

from tests.bot.demo.small_slack import BOT, ask, small_slack

SECTION = [{"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "x"}}]


@pytest.fixture
def slack():
    return small_slack()


def post(slack, text="x", **more):
    return ask(slack, "chat.postMessage", channel="C1", text=text, **more)["ts"]


def texts(found):
    return [one["text"] for one in found["messages"]]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C1"}, "no_text"),
        ("chat.postMessage", {"channel": "C1", "blocks": '[{"type": "x"}]'}, "invalid_blocks"),
        ("chat.postEphemeral", {"channel": "C1", "user": "U9", "text": "x"}, "user_not_in_channel"),
        ("chat.update", {"channel": "C1", "ts": "1"}, "message_not_found"),
        ("chat.delete", {"channel": "C1", "ts": "1"}, "message_not_found"),
        ("conversations.history", {"channel": "C9"}, "channel_not_found"),
        ("conversations.replies", {"channel": "C9", "ts": "1"}, "channel_not_found"),
        ("conversations.replies", {"channel": "C1", "ts": "1"}, "thread_not_found"),
    ],
)
def test_what_cannot_be_done_is_told_as_slack_tells_it(slack, method, args, error):
    assert ask(slack, method, **args)["error"] == error


def test_a_message_is_posted_with_its_blocks_and_deleted(slack):
    ts = post(slack, "a", blocks=json.dumps(SECTION))
    [found] = ask(slack, "conversations.history", channel="C1")["messages"]
    assert (found["ts"], found["blocks"]) == (ts, SECTION)
    assert ask(slack, "chat.delete", channel="C1", ts=ts)["ok"]
    assert ask(slack, "conversations.history", channel="C1")["messages"] == []


def test_what_came_with_a_message_is_told_only_to_who_asks_for_it_and_stays(slack):
    meta = {"event_type": "x", "event_payload": {"key": "k"}}
    ts = post(slack, metadata=json.dumps(meta))
    ask(slack, "chat.update", channel="C1", ts=ts, text="y")
    [bare] = ask(slack, "conversations.history", channel="C1")["messages"]
    [whole] = ask(slack, "conversations.history", channel="C1", include_all_metadata="1")[
        "messages"
    ]
    assert "metadata" not in bare
    assert whole["metadata"] == meta
    ask(slack, "chat.update", channel="C1", ts=ts, text="y", metadata="{}")
    [after] = ask(slack, "conversations.history", channel="C1", include_all_metadata="1")[
        "messages"
    ]
    assert "metadata" not in after


def test_a_change_says_who_made_it_and_takes_the_blocks_away_where_a_text_stands_alone(slack):
    ts = post(slack, blocks=json.dumps(SECTION))
    told = ask(slack, "chat.update", channel="C1", ts=ts, text="y")
    assert told["message"]["edited"]["user"] == BOT
    assert (told["text"], told["message"]["blocks"]) == ("y", [])
    told = ask(slack, "chat.update", channel="C1", ts=ts, blocks=json.dumps(SECTION))
    assert (told["text"], told["message"]["blocks"]) == ("y", SECTION)


@pytest.mark.parametrize(
    ("more", "error"),
    [({"text": "x" * 4_001}, "msg_too_long"), ({}, "no_text"),
     ({"blocks": '[{"type": "x"}]'}, "invalid_blocks")],
)  # fmt: skip
def test_a_change_that_slack_refuses_changes_nothing(slack, more, error):
    ts = post(slack, "a")
    assert ask(slack, "chat.update", channel="C1", ts=ts, **more)["error"] == error
    assert texts(ask(slack, "conversations.history", channel="C1")) == ["a"]


def test_a_thread_is_read_from_its_first_message_or_from_any_other(slack):
    first = post(slack, "first")
    second = post(slack, "second", thread_ts=first)
    post(slack, "third", thread_ts=first)
    for ts in (first, second):
        found = ask(slack, "conversations.replies", channel="C1", ts=ts)
        assert texts(found) == ["first", "second", "third"]
    assert found["messages"][0]["reply_count"] == 2
    assert found["messages"][1]["thread_ts"] == first


def test_a_channel_shows_of_a_thread_its_beginning_and_what_was_sent_to_the_channel_too(slack):
    first = post(slack, "first")
    post(slack, "aside", thread_ts=first)
    post(slack, "worse", thread_ts=first, reply_broadcast="true")
    found = ask(slack, "conversations.history", channel="C1")
    assert texts(found) == ["worse", "first"]
    assert found["messages"][0]["subtype"] == "thread_broadcast"
    told = found["messages"][1]
    assert (told["reply_count"], told["reply_users"], told["thread_ts"]) == (2, [BOT], first)


def test_what_is_not_in_a_thread_is_in_the_channel_alone(slack):
    post(slack, reply_broadcast="true")
    assert "subtype" not in ask(slack, "conversations.history", channel="C1")["messages"][0]


def test_a_history_tells_nothing_that_was_for_one(slack):
    assert ask(slack, "chat.postEphemeral", channel="C1", user="U1", text="psst")["ok"]
    assert ask(slack, "conversations.history", channel="C1")["messages"] == []


def test_a_history_is_read_page_by_page_and_between_two_moments(slack):
    times = [post(slack, str(at)) for at in range(5)]
    seen, cursor = [], ""
    while True:
        found = ask(slack, "conversations.history", channel="C1", limit="2", cursor=cursor)
        seen += texts(found)
        cursor = found["response_metadata"]["next_cursor"]
        if not found["has_more"]:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    between = {"oldest": times[1], "latest": times[3]}
    assert texts(ask(slack, "conversations.history", channel="C1", **between)) == ["2"]
    both = ask(slack, "conversations.history", channel="C1", inclusive="1", **between)
    assert texts(both) == ["3", "2", "1"]


def test_an_answer_can_stand_in_a_thread(slack):
    for method, more in (("chat.postMessage", {}), ("chat.postEphemeral", {"user": "U1"})):
        assert ask(slack, method, channel="C1", text="x", thread_ts="7.0", **more)["ok"]
    assert [one.thread for one in slack.messages] == ["7.0", "7.0"]


def test_a_person_is_written_to_directly(slack):
    assert ask(slack, "chat.postMessage", channel="U1", text="x")["channel"] == "D1"
