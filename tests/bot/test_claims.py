"""Which message goes next: the order in a channel, replies, edits, and what waits for what."""

from datetime import timedelta

import pytest

from bot.outbox import LEASE
from tests.bot.sending import NOON, World
from tests.bot.slack_server import slack_server


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


@pytest.fixture
def world(tmp_path, server):
    made = World(f"sqlite:///{tmp_path / 'x.db'}", server)
    yield made
    made.store.close()


def posts(world, channel="C1"):
    return [one["text"] for one in world.server.messages if one["channel"] == channel]


def test_messages_of_a_channel_go_in_the_order_in_which_they_were_written(world):
    for key in "abc":
        world.write(key)
    world.server.faults.append("invalid_auth")
    world.send()
    assert posts(world) == []
    world.clock.forward(minutes=5)
    world.send()
    assert posts(world) == ["text a", "text b", "text c"]


def test_a_reply_goes_into_the_thread_of_its_parent(world):
    world.write("a")
    world.write("b", kind="reply", parent="a")
    world.write("c", kind="reply", parent="a", is_broadcast=True)
    world.send()
    first, hidden, shown = world.server.messages
    assert "thread_ts" not in first
    assert (hidden["thread_ts"], hidden["reply_broadcast"]) == (first["ts"], False)
    assert (shown["thread_ts"], shown["reply_broadcast"]) == (first["ts"], True)


def test_a_reply_to_a_reply_stands_in_the_thread_of_that_or_below_it_where_that_stands_alone(world):
    world.write("a")
    world.write("b", kind="reply", parent="a", must_arrive=True)
    world.write("c", kind="reply", parent="b")
    world.send()
    first, _, third = world.server.messages
    assert third["thread_ts"] == first["ts"]
    world.server.faults.append("is_archived")
    for key, parent in (("d", None), ("e", "d"), ("f", "e")):
        kind = "reply" if parent else "post"
        world.write(key, "C2", kind=kind, parent=parent, must_arrive=key == "e")
    world.send()
    alone, below = [one for one in world.server.messages if one["channel"] == "C2"]
    assert "thread_ts" not in alone
    assert below["thread_ts"] == alone["ts"]


def test_a_reply_waits_for_its_parent_and_holds_up_no_other(world):
    world.write("late", not_before=NOON + timedelta(hours=1))
    world.write("reply", kind="reply", parent="late")
    world.write("edit", kind="edit", parent="late")
    world.write("other")
    world.send()
    assert posts(world) == ["text other"]
    world.clock.forward(hours=1)
    world.send()
    assert posts(world) == ["text other", "text edit", "text reply"]


def test_what_is_not_due_yet_waits_and_holds_up_no_other(world):
    world.write("later", not_before=NOON + timedelta(minutes=1))
    world.write("now")
    world.send()
    assert posts(world) == ["text now"]
    world.clock.forward(minutes=1)
    world.send()
    assert posts(world) == ["text now", "text later"]


def test_a_parent_that_is_tried_again_holds_up_its_channel_and_its_reply_but_no_other_channel(
    world,
):
    world.write("a")
    world.write("b", kind="reply", parent="a")
    world.write("c")
    world.write("d", "C2")
    world.server.faults.append("invalid_auth")
    world.send()
    assert posts(world) == []
    assert posts(world, "C2") == ["text d"]
    world.clock.forward(minutes=5)
    world.send()
    assert posts(world) == ["text a", "text b", "text c"]


@pytest.mark.parametrize("fault", ["is_archived", "drop"])
@pytest.mark.parametrize("must_arrive", [True, False])
def test_a_reply_without_its_parent_is_a_post_of_its_own_if_it_must_arrive(
    world, fault, must_arrive
):
    world.write("a")
    world.write("b", kind="reply", parent="a", must_arrive=must_arrive)
    world.write("c", kind="edit", parent="a")
    world.server.faults.append(fault)
    world.server.history_faults.append("missing_scope")  # so that what was dropped is in doubt
    world.send()
    world.clock.forward(seconds=10)
    world.send()
    assert posts(world) == (["text b"] if must_arrive else [])
    rows = world.rows()
    assert rows["a"].state in ("failed", "doubt")
    assert rows["c"].error == "the message that it belongs to was not sent"
    assert (rows["b"].state, rows["c"].state) == ("sent" if must_arrive else "failed", "failed")


def test_a_reply_to_a_message_that_was_deleted_is_a_post_of_its_own_if_it_must_arrive(world):
    world.write("a")
    world.send()
    del world.server.messages[:]
    world.write("b", kind="reply", parent="a", must_arrive=True)
    world.write("c", kind="reply", parent="a")
    world.send()
    assert [(one["text"], "thread_ts" in one) for one in world.server.messages] == [
        ("text b", False)
    ]
    assert world.rows()["c"].error == "thread_not_found"


def test_a_reply_or_an_edit_has_a_parent_and_a_post_has_none(world):
    for kind, parent in (("reply", None), ("edit", None), ("post", "a")):
        with pytest.raises(ValueError, match="has a parent"):
            world.write("b", kind=kind, parent=parent)
    assert world.rows() == {}


def test_a_reply_to_what_was_never_written_is_not_sent(world):
    world.write("b", kind="reply", parent="nothing")
    world.send()
    assert world.states() == {"b": "failed"}


def test_an_edit_changes_what_its_message_says_and_posts_nothing(world):
    world.write("a")
    world.write("b", kind="edit", parent="a")
    world.send()
    assert posts(world) == ["text b"]
    assert world.server.requests == ["chat.postMessage", "chat.update"]
    assert world.states() == {"a": "sent", "b": "sent"}


def test_the_newest_edit_takes_the_place_of_those_that_wait(world):
    world.write("a")
    world.write("z")
    for key in "bcd":
        world.write(key, kind="edit", parent="a")
    world.write("y", kind="edit", parent="z")
    world.send()
    assert posts(world) == ["text d", "text y"]
    replaced = {"b": "replaced", "c": "replaced"}
    assert world.states() == {"a": "sent", "z": "sent", **replaced, "d": "sent", "y": "sent"}
    assert world.server.requests.count("chat.update") == 2


def test_an_edit_under_way_is_done_with_before_the_next_one(world):
    world.write("a")
    world.send()
    world.write("b", kind="edit", parent="a")
    frozen = world.sender()
    claim = frozen.claim()
    world.write("c", kind="edit", parent="a")
    assert world.send() == 0
    frozen.carry_out(claim)
    world.send()
    assert posts(world) == ["text c"]
    assert world.states() == {"a": "sent", "b": "sent", "c": "sent"}


@pytest.mark.parametrize("fault", ["drop", "drop-after", "500"])
def test_an_edit_that_got_no_answer_is_simply_done_again(world, fault):
    world.write("a")
    world.write("b", kind="edit", parent="a")
    world.server.update_faults.append(fault)
    world.send()
    world.clock.forward(seconds=10)
    world.send()
    assert posts(world) == ["text b"]
    assert world.states() == {"a": "sent", "b": "sent"}
    assert "conversations.history" not in world.server.requests


def test_an_edit_left_by_a_process_that_died_is_done_again(world):
    world.write("a")
    world.write("b", kind="edit", parent="a")
    sender = world.sender()
    sender.send_one()
    assert sender.claim().message.key == "b"
    world.clock.forward(seconds=LEASE.total_seconds())
    world.send()
    assert posts(world) == ["text b"]


def test_an_edit_of_a_message_that_was_deleted_fails_without_a_word(world):
    world.write("a")
    world.send()
    del world.server.messages[:]
    world.write("b", kind="edit", parent="a")
    world.send()
    assert (world.rows()["b"].state, world.rows()["b"].error) == ("failed", "message_not_found")
    assert world.told == []


def test_a_pause_of_the_edits_holds_up_no_post(world):
    world.write("a")
    world.send()
    world.write("b", kind="edit", parent="a")
    world.write("c")
    world.server.update_faults.append("429")
    world.send()
    assert world.states() == {"a": "sent", "b": "pending", "c": "sent"}
    world.clock.forward(seconds=30)
    world.send()
    assert world.states() == {"a": "sent", "b": "sent", "c": "sent"}


@pytest.mark.parametrize("is_broadcast", [True, False])
def test_a_reply_in_doubt_is_looked_for_in_its_thread(world, is_broadcast):
    world.write("a")
    world.write("b", kind="reply", parent="a", is_broadcast=is_broadcast)
    world.server.faults += [None, "drop-after"]
    world.send()
    world.clock.forward(seconds=10)
    world.send()
    assert posts(world) == ["text a", "text b"]
    assert world.states() == {"a": "sent", "b": "sent"}
    assert world.server.requests[2:] == ["conversations.replies"]
