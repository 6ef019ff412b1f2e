"""What is said in a channel: under its grant, drawn, and in messages that Slack takes."""

from zoneinfo import ZoneInfo

import pytest

from bot.channel import BROKEN, MAX_BLOCKS, packed, short, summaries, topics
from commands import Command, Grant, Notice
from storage.models import Heartbeat
from tests.bot.clockwork import NOON, Figure, Office

ZONE = ZoneInfo("UTC")


@pytest.fixture
def figure():
    return Figure()


@pytest.fixture
def office(tmp_path, figure):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", figure, Figure("gold", "revenue"))
    yield made
    made.store.close()


def test_a_line_is_asked_under_the_grant_of_its_channel(office, figure):
    office.grants["C1"] = Grant({"supply": "named"})
    assert office.desk.ask("steel", "C1", NOON, ZONE).title == "Lead time of steel"
    (ask,) = figure.asked
    assert (ask.grant, ask.channel, ask.now) == (office.grants["C1"], "C1", NOON)
    assert isinstance(office.desk.ask("gold", "C1", NOON, ZONE), Notice)
    assert office.desk.ask("gold", "C1", NOON, ZONE, Grant.everything()).title.endswith("gold")


def test_a_question_that_breaks_is_a_notice_and_is_told(office, figure):
    figure.fault = RuntimeError("x")
    assert office.desk.ask("steel", "C1", NOON, ZONE) is BROKEN
    assert [name for name, _ in office.faults] == ["answer 'steel' for C1"]


def test_a_message_knows_its_topics(office):
    said = office.desk.ask("steel", "C1", NOON, ZONE)
    message = office.desk.message("k", "C1", said)
    assert (message.key, message.topics) == ("k", ("supply",))
    both = (said, office.desk.ask("gold", "C1", NOON, ZONE), BROKEN)
    assert topics(*both) == ("revenue", "supply")


def test_answers_are_never_torn_between_messages(office):
    said = office.desk.ask("steel", "C1", NOON, ZONE)
    object.__setattr__(office.desk, "blocks", lambda one: [{"of": id(one)}] * 20)
    sizes = [len(part) for part in packed(office.desk, [said] * 5)]
    assert sizes == [40, 40, 20]
    assert max(sizes) <= MAX_BLOCKS


def test_what_shares_a_message_has_neither_table_nor_chart(office):
    said = office.desk.ask("steel", "C1", NOON, ZONE)
    assert (short(said).table, short(said).chart) == (None, None)
    assert short(said).summary == said.summary
    assert short(BROKEN) is BROKEN


def test_the_notification_says_it_all_in_plain_text(office):
    said = office.desk.ask("steel", "C1", NOON, ZONE)
    assert summaries([said, BROKEN]) == "steel takes 30.0 days. That could not be answered."


@pytest.mark.parametrize(("line", "who", "is_written"), [
    ("write it", "U1", True), ("write it", "", False), ("steel", "U1", False),
])  # fmt: skip
def test_only_a_line_of_a_person_that_says_so_writes(office, figure, line, who, is_written):
    def answer(session, ask, words):
        session.add(Heartbeat(name="said", at=ask.now))
        return Notice("done", "done")

    registry = {
        name: Command(name, "x", name, (name,), (), answer, writes=words)
        for name, words in (("write", ("it",)), ("steel", ()))
    }
    object.__setattr__(office.desk, "registry", registry)
    assert office.desk.ask(line, "C1", NOON, ZONE, Grant(), who).title == "done"
    with office.store.reader() as session:
        assert bool(session.get(Heartbeat, "said")) is is_written
