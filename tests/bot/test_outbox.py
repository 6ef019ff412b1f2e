"""The outbox against a Slack that fails."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from bot.outbox import Message, oldest_waiting, put, troubles
from commands import Grant
from storage.models import Outbox
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


def test_a_message_is_sent_once(world):
    assert world.write("a")
    assert world.send() == 1
    assert world.send() == 0
    row = world.rows()["a"]
    assert (row.state, row.ts, row.sent_at) == ("sent", "1800000000.000100", NOON)
    assert world.server.keys() == [row.token]


def test_the_same_message_is_written_once(world):
    assert world.write("a")
    assert not world.write("a")
    world.send()
    assert not world.write("a")


def test_two_who_write_the_same_at_once_end_with_one(world):
    with pytest.raises(IntegrityError), world.store.writer() as session:
        put(session, Message("a", "C1", "one", [], ()), NOON)
        first = session.exec(select(Outbox)).one()
        copy = {name: getattr(first, name) for name in Outbox.model_fields if name != "id"}
        session.add(Outbox(**copy))
        session.flush()
    assert world.rows() == {}


def test_the_key_in_the_metadata_tells_nothing(world):
    world.write("alert:acme-is-late:1")
    world.send()
    assert "acme" not in str(world.server.messages[0]["metadata"])


def test_a_pause_that_slack_asks_for_is_kept_by_all_that_call_the_method_and_by_no_other(world):
    world.write("first")
    world.send()
    for key, channel in (("a", "C1"), ("b", "C1"), ("c", "C2")):
        world.write(key, channel)
    world.write("d", kind="edit", parent="first")
    world.server.faults.append("429")
    world.send()
    waits = {"a": "pending", "b": "pending", "c": "pending"}
    assert world.states() == {"first": "sent", **waits, "d": "sent"}
    world.clock.forward(seconds=29)
    assert world.send() == 0
    world.clock.forward(seconds=1)
    assert world.send() == 3
    assert world.rows()["a"].attempts == 1
    del world.server.messages[0]
    assert world.server.keys("C1") == [world.rows()[key].token for key in "ab"]


@pytest.mark.parametrize("fault", ["500", "500-after", "drop", "drop-after", "hang-after"])
def test_what_slack_may_have_is_looked_for_before_it_is_sent_again(world, fault):
    world.write("a")
    world.server.faults.append(fault)
    assert world.send() == 1
    assert world.states() == {"a": "unsure"}
    world.clock.forward(seconds=10)
    world.send()
    assert world.states() == {"a": "sent"}
    assert len(world.server.messages) == 1
    assert world.told == []


@pytest.mark.parametrize("fault", ["500", "drop-after"])
def test_what_can_not_be_looked_for_is_marked_told_and_never_sent_again(world, fault):
    world.write("a")
    world.server.faults.append(fault)
    world.server.history_faults += ["missing_scope"] * 9
    for _ in range(5):
        world.send()
        world.clock.forward(hours=1)
    assert world.states() == {"a": "doubt"}
    assert len(world.told) == 1
    assert "a to C1: sent or not, Slack won't let us look: missing_scope" in world.told
    assert world.server.requests.count("chat.postMessage") == 1


def test_looking_is_tried_again_as_late_as_slack_asks(world):
    world.write("a")
    world.server.faults.append("drop-after")
    world.server.history_faults += ["500", "429"]
    world.send()
    world.clock.forward(seconds=10)
    world.send()
    world.clock.forward(seconds=10)
    world.send()
    world.clock.forward(seconds=29)
    assert world.send() == 0
    world.clock.forward(seconds=1)
    world.send()
    assert world.states() == {"a": "sent"}
    assert len(world.server.messages) == 1


@pytest.mark.parametrize("fault", ["channel_not_found", "is_archived", "msg_too_long"])
def test_what_slack_refuses_for_good_fails_is_told_and_holds_back_no_other(world, fault):
    for key in "ab":
        world.write(key)
    world.server.faults.append(fault)
    world.send()
    assert world.states() == {"a": "failed", "b": "sent"}
    assert world.told == [f"a to C1: {fault}"]
    with world.store.reader() as session:
        assert [row.key for row in troubles(session, NOON)] == ["a"]
        assert troubles(session, NOON + timedelta(seconds=1)) == []


def test_refused_blocks_are_sent_as_text_and_told(world):
    with world.store.writer() as session:
        put(session, Message("a", "C1", "text", [{"type": "newest"}], ()), NOON)
    world.server.faults += ["no-blocks", "no-blocks"]
    world.send()
    assert world.states() == {"a": "sent"}
    assert world.told == ["a to C1: invalid_blocks"]


def test_a_key_that_is_not_valid_holds_messages_until_it_is_mended(world):
    world.write("a")
    world.server.faults += ["invalid_auth"] * 3
    for _ in range(4):
        world.send()
        world.clock.forward(minutes=5)
    assert world.states() == {"a": "sent"}


def test_what_could_not_be_sent_for_a_day_is_given_up_and_told(world):
    world.write("a")
    world.server.faults += ["invalid_auth"] * 400
    for _ in range(26):
        world.send()
        world.clock.forward(hours=1)
    assert world.states() == {"a": "failed"}
    assert world.told == ["a to C1: given up after a day: invalid_auth"]


def test_a_channel_that_may_no_longer_see_a_topic_gets_nothing(world):
    world.write("a", topics=("supply", "revenue"))
    world.grant = Grant({"supply": "full"})
    world.send()
    assert world.states() == {"a": "failed"}
    assert world.told == ["a to C1: the channel may not see revenue"]
    assert world.server.requests == []


def test_nothing_at_all_is_posted_where_the_channel_is_closed(world):
    world.write("a", topics=())
    world.why = "strangers read it"
    world.send()
    assert world.server.messages == []
    assert world.told == ["a to C1: strangers read it"]


def test_a_grant_that_can_not_be_told_now_is_asked_for_again(world):
    world.write("a")
    sender = world.sender()
    sender.grant_of = lambda channel: (_ for _ in ()).throw(TimeoutError())
    sender.send_one()
    assert world.states() == {"a": "pending"}
    world.clock.forward(seconds=10)
    world.send()
    assert world.states() == {"a": "sent"}


def test_how_long_the_oldest_message_waits_can_be_seen(world):
    def oldest():
        with world.store.reader() as session:
            return oldest_waiting(session)

    assert oldest() is None
    world.write("a")
    world.server.faults.append("invalid_auth")
    world.send()
    world.clock.forward(minutes=6)
    world.write("b", "C2")
    assert oldest() == NOON
    world.send()
    assert oldest() is None


@pytest.mark.parametrize("fault", ["500", "drop-after"])
def test_what_must_arrive_and_can_not_be_looked_for_is_sent_again_once_and_marked(world, fault):
    world.write("a", must_arrive=True)
    world.server.faults += [fault] * 3
    world.server.history_faults += ["missing_scope"] * 9
    for _ in range(5):
        world.send()
        world.clock.forward(hours=1)
    row = world.rows()["a"]
    assert (row.state, row.resent) == ("doubt", 1)
    assert world.server.requests.count("chat.postMessage") == 2
    assert "may be there twice" in world.told[0]


def test_what_was_sent_again_and_arrived_says_that_it_may_be_there_twice(world):
    world.write("a", must_arrive=True)
    world.server.faults.append("drop-after")
    world.server.history_faults += ["missing_scope"] * 9
    world.send()
    world.clock.forward(seconds=10)
    world.send()
    row = world.rows()["a"]
    assert (row.state, row.resent, row.text) == ("sent", 1, "text a")
    assert "may be there twice" in row.error
    assert [one["text"] for one in world.server.messages] == ["text a"] * 2


@pytest.mark.slow
def test_a_message_that_comes_late_says_so_and_why(world):
    world.write("a")
    world.server.faults += ["500"] * 40
    for _ in range(40):
        world.send()
        world.clock.forward(seconds=60)
    world.server.faults.clear()
    world.send()
    assert [one["text"] for one in world.server.messages] == [
        "text a\nWritten at 12:00 UTC, sent late: Slack could not be reached."
    ]


def test_the_owner_is_written_to_once_of_a_message_that_can_not_be_posted(world):
    world.write("a")
    world.server.faults.append("is_archived")
    sender = world.sender()
    told = Message("trouble:a:U1", "U1", "it could not be posted", [], ())
    sender.notices = lambda message, state, why: [told] if message.key == "a" else []
    while sender.send_one():
        pass
    assert world.states() == {"a": "failed", "trouble:a:U1": "sent"}
    assert [one["channel"] for one in world.server.messages] == ["D1"]


def test_the_owner_is_written_to_of_many_tries_once_and_only_if_others_arrive(world):
    world.write("a")
    sender, asked = world.sender(), []

    def notices(message, state, why):
        asked.append((message.key, state))
        return [Message(f"trouble:{message.key}", "U1", "not yet", [], ())]

    sender.notices = notices
    world.server.faults += ["500"] * 12
    for _ in range(12):
        sender.send_one()
        world.clock.forward(minutes=1)
        sender.send_one()  # it is looked for
    assert asked == []
    world.write("b", "C2")
    world.server.faults += ["500", None, "500", "500"]
    for _ in range(8):
        while sender.send_one():
            pass
        world.clock.forward(minutes=1)
    assert set(asked) == {("a", "waiting")}
    assert world.states() == {"a": "sent", "b": "sent", "trouble:a": "sent"}
