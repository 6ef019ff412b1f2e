"""What quiet hours held back: one message a channel, whatever the rules of it are."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.gathered import GATHERED, MOST, told_from
from bot.alerts.rounds import Rounds
from commands import Grant
from storage.models import AlertMessage, Outbox
from tests.bot.alerts.board import BERLIN, EACH, Board, office
from tests.bot.alerts.stage import lines
from tests.bot.clockwork import NOON
from tests.bot.sending import World
from tests.bot.slack_server import slack_server

KEYS = [f"supplier:odoo:erp/{at}" for at in range(5)]
NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
# seven o'clock in Berlin
MORNING = datetime(2026, 11, 25, 6, tzinfo=UTC)
TOLD = MORNING + GATHERED


def quiet(*ids, **more):
    return [
        msgspec.structs.replace(EACH, id=one, title=f"Rule {one}", quiet="20:00-07:00", **more)
        for one in ids
    ]


@pytest.fixture
def board():
    return Board(lambda now: [(key, f"Supplier {at}", 38.0 + at, None)
                              for at, key in enumerate(KEYS)])  # fmt: skip


@pytest.fixture
def shop(tmp_path, board):
    made = office(tmp_path, board)
    made.grants["C2"] = Grant.everything()
    yield made
    made.store.close()


def sweep(shop, rules, *instants):
    rounds = Rounds(shop.desk)
    for at in instants:
        rounds.sweep(rules, at, BERLIN)
    assert shop.faults == []


def outline(shop):
    return [(one.kind, one.key.partition(":")[0], one.parent) for one in shop.rows()]


def test_what_three_rules_held_back_is_one_message_with_each_of_them_in_its_thread(shop):
    sweep(shop, quiet("a", "b", "c"), NIGHT, MORNING)
    parts = [one for one in shop.rows() if one.key.startswith("alert:")]
    (head,) = [one for one in shop.rows() if one.key.startswith("held:")]
    assert [(one.kind, one.parent) for one in parts] == [("reply", head.key)] * 3
    assert (head.kind, head.channel, head.must_arrive) == ("post", "C1", True)
    assert {one.not_before for one in shop.rows()} == {TOLD}
    assert lines(head).split("\n")[0] == (
        "*Held back in quiet hours until 25 Nov 07:00 CET: 3 alerts*"
    )
    assert lines(head).count("• Firing · ") == 3
    assert "stands in the thread" in lines(head)
    assert all("Held back in quiet hours" in lines(one) for one in parts)


def test_what_one_rule_held_back_stands_in_the_channel_as_ever(shop):
    sweep(shop, quiet("a"), NIGHT, MORNING)
    assert outline(shop) == [("post", "alert", None)]


def test_a_rule_that_looks_some_minutes_later_is_told_with_the_others(shop):
    early, late = quiet("a", "b"), quiet("c")
    sweep(shop, [*early, *late], NIGHT)
    sweep(shop, early, MORNING)
    sweep(shop, late, MORNING + timedelta(minutes=9))
    (head,) = [one for one in shop.rows() if one.key.startswith("held:")]
    assert "3 alerts" in lines(head)
    assert [one.parent for one in shop.rows() if one.kind == "reply"] == [head.key] * 3


def test_what_is_found_after_they_were_told_stands_for_itself(shop):
    early, late = quiet("a", "b"), quiet("c")
    sweep(shop, [*early, *late], NIGHT)
    sweep(shop, early, MORNING)
    with shop.store.writer() as session:
        for one in session.exec(select(Outbox)):
            one.state = "sent"
            session.add(one)
    sweep(shop, late, MORNING + timedelta(hours=3))
    assert outline(shop)[-1] == ("post", "alert", None)
    assert shop.rows()[-1].not_before < MORNING + timedelta(hours=3)


def test_each_channel_has_its_own_and_what_was_not_held_back_is_told_at_once(shop):
    rules = [*quiet("a", "b"), *quiet("c", channel="C2"), *quiet("d", severity="critical")]
    sweep(shop, rules, NIGHT, MORNING)
    told = {one.key.split(":")[1]: one for one in shop.rows() if one.key.startswith("alert:")}
    assert [told[one].kind for one in "abcd"] == ["reply", "reply", "post", "post"]
    assert (told["c"].channel, told["d"].not_before) == ("C2", None)


@pytest.mark.slow
def test_of_very_many_the_first_are_named(shop):
    sweep(shop, quiet(*[f"r{at:02}" for at in range(MOST + 5)]), NIGHT, MORNING)
    (head,) = [one for one in shop.rows() if one.key.startswith("held:")]
    assert lines(head).count("• ") == MOST
    assert "and 5 more" in lines(head)


@pytest.mark.parametrize(("follow_ups", "kind"), [("both", "reply"), ("channel", "post")])
def test_what_got_worse_overnight_is_named_there_and_not_shown_in_the_channel_again(
    tmp_path, follow_ups, kind
):
    worst = [45.0]
    board = Board(lambda now: [(KEYS[0], "Supplier 0", worst[0], None)])
    shop = office(tmp_path, board)
    rules = quiet("a", "b", follow_ups=follow_ups)
    sweep(shop, rules, NOON)
    worst[0] = 90.0
    sweep(shop, rules, NIGHT, MORNING)
    (head,) = [one for one in shop.rows() if one.key.startswith("held:")]
    assert lines(head).count("• Worse · ") == 2
    late = [one for one in shop.rows() if one.not_before and one.key != head.key]
    assert [(one.kind, one.is_broadcast) for one in late] == [("reply", False)] * 2
    parents = {"a:", "b:"} if kind == "reply" else {head.key}
    assert all(any(part in one.parent for part in parents) for one in late)
    shop.store.close()


def test_it_speaks_of_what_the_alerts_do_and_not_of_whom_they_touch(shop):
    rules = quiet("a", "b")
    sweep(shop, rules, NIGHT)
    sweep(shop, rules[:1], MORNING)
    with shop.store.writer() as session:
        row = session.exec(select(Outbox)).one()
        row.topics = ["customers", *row.topics]
        session.add(row)
    sweep(shop, rules[1:], MORNING)
    (head,) = [one for one in shop.rows() if one.key.startswith("held:")]
    assert head.topics == shop.rows(AlertMessage)[0].card["topics"]


def test_it_is_told_once_all_have_looked_and_what_has_no_quiet_hours_at_once():
    (rule,) = quiet("a")
    assert told_from(rule, MORNING + timedelta(hours=4), BERLIN) == TOLD
    assert told_from(msgspec.structs.replace(rule, zone="UTC"), MORNING, BERLIN) == (
        TOLD - timedelta(hours=23)
    )
    assert told_from(msgspec.structs.replace(rule, severity="critical"), MORNING, BERLIN) is None
    assert told_from(EACH, MORNING, BERLIN) is None


def test_slack_has_one_message_in_the_channel_and_the_changes_of_an_alert_in_its_thread(
    shop, tmp_path
):
    with slack_server() as server:
        world = World(f"sqlite:///{tmp_path / 'out.db'}", server)
        world.store.close()
        world.store = shop.store
        rules = quiet("a", "b")
        sweep(shop, rules, NIGHT, MORNING)
        world.clock.at = MORNING
        assert world.send() == 0
        world.clock.at = TOLD
        world.send()
        head, *rest = server.messages
        assert "thread_ts" not in head
        assert [one["thread_ts"] for one in rest] == [head["ts"]] * 2
        part = next(one for one in shop.rows() if one.key.startswith("alert:"))
        world.write("more", kind="reply", parent=part.key)
        world.write("edited", kind="edit", parent=part.key)
        world.send()
        more = next(one for one in server.messages if one["text"] == "text more")
        assert more["thread_ts"] == head["ts"]
        assert [one["text"] for one in server.messages].count("text edited") == 1
