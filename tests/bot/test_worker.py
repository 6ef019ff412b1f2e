"""The tick as a whole: data, digests, rules and outbox; its health."""

import threading
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from bot.outbox import Message, put
from bot.settings import Digest, Rule
from storage.models import Item
from storage.sources import SourceError, StreamSpec
from tests.bot.clockwork import NOON
from tests.bot.slack_server import slack_server
from tests.bot.works import A_DIGEST, Toy, Works, source

DAILY = Digest("daily", "C1", "0 13 * * *", "Europe/Berlin", ("steel",))  # at NOON
STEEL = Rule("steel", "steel", "C1", "above 40")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


@pytest.fixture
def works(tmp_path, server):
    """Makes works that are torn down at the end."""
    made = []

    def make(**settings):
        made.append(Works(f"sqlite:///{tmp_path / 'x.db'}", server, **settings))
        return made[-1]

    yield make
    for one in made:
        one.worker.stop()
        one.store.close()


def test_who_is_woken_sends_at_once_on_a_thread_of_its_own(works, server):
    one, sent, ticked = works(tick=timedelta(hours=1)), threading.Event(), threading.Event()
    server.taken, beat = sent.set, one.worker._beat
    one.worker._beat = lambda now: (beat(now), ticked.set())
    one.worker.start()
    assert ticked.wait(10)  # the next tick is in an hour
    with one.store.writer() as session:
        put(session, Message("share:1", "C1", "text", [], ()), NOON)
    one.worker.wake()
    assert sent.wait(10)


def test_a_tick_pulls_speaks_and_sends(works, server):
    toy = Toy()
    office = works(sources=(source("a", toy),), digests=(DAILY,), rules=(STEEL,))
    office.figure.value = 43.0
    office.tick()
    assert toy.pulls == 1
    assert len(office.rows(Item)) == 1
    # the digest, what it rests on in its thread, and the alert
    assert [row.state for row in office.rows()] == ["sent", "sent", "sent"]
    assert len(server.messages) == A_DIGEST + 1
    assert office.faults == [], office.faults


def test_a_second_tick_at_the_same_time_does_nothing(works, server):
    toy = Toy()
    office = works(sources=(source("a", toy),), digests=(DAILY,), rules=(STEEL,))
    office.tick()
    office.tick()
    assert (toy.pulls, len(server.messages)) == (1, A_DIGEST)


def test_a_source_is_pulled_again_after_its_interval(works):
    toy = Toy()
    office = works(sources=(source("a", toy),))
    pulls = []
    for minutes in (0, 9, 1, 9, 1):
        office.tick(minutes=minutes)
        pulls.append(toy.pulls)
    assert pulls == [1, 1, 2, 2, 3]


def test_a_clock_that_was_ahead_does_not_stop_the_syncs(works):
    toy = Toy()
    office = works(sources=(source("a", toy),))
    office.tick(days=300)
    office.tick(days=-300)
    assert toy.pulls == 2


def test_a_source_that_hangs_holds_back_no_other_and_no_message(works, server):
    slow, quick = Toy(), Toy()
    slow.gate = threading.Event()
    office = works(sources=(source("slow", slow), source("quick", quick)), digests=(DAILY,))
    office.worker.tick(NOON)
    office.worker._pulls["toy:quick"].join(10)
    office.worker.tick(NOON + 20 * MINUTE)
    office.worker._pulls["toy:quick"].join(10)
    assert (slow.pulls, quick.pulls) == (1, 2)
    assert len(server.messages) == A_DIGEST
    slow.gate.set()


def test_a_source_that_fails_is_no_end_of_the_tick(works, server):
    toy = Toy()
    toy.fault = SourceError("down")
    office = works(sources=(source("a", toy),), digests=(DAILY,))
    office.tick()
    assert len(server.messages) == A_DIGEST
    (state,) = office.states()
    assert (state.last_error, state.last_success_at) == ("down", None)


def test_a_source_that_cannot_be_opened_is_tried_again_after_its_interval(works):
    tried = []

    def open_it(settings, http):
        tried.append(settings.key)
        raise SourceError("no such zone")

    kind, settings = source("a", Toy())
    office = works(sources=((replace(kind, open=open_it), settings),))
    for minutes in (0, 1, 9):
        office.tick(minutes=minutes)
    assert tried == ["toy:a", "toy:a"]
    assert office.faults == []
    assert office.health().stale == ("toy:a",)


def test_a_stream_that_was_renamed_makes_its_source_neither_due_nor_stale(works):
    toy = Toy()
    office = works(sources=(source("a", toy),))
    toy.streams = (StreamSpec("goods", ("item",)),)
    office.tick()
    toy.streams = Toy.streams
    for _ in range(13):
        office.tick(minutes=10)
    assert toy.pulls == 14
    office.tick(minutes=1)
    assert toy.pulls == 14
    assert office.health().is_well


def test_a_rule_that_breaks_is_no_end_of_the_tick(works, server):
    broken = Rule("broken", "steel", "C9", "above 40")  # a channel nobody knows
    office = works(rules=(broken, STEEL), digests=(DAILY,))
    office.figure.value = 43.0
    office.tick()
    assert [name for name, _ in office.faults] == ["rule broken"]
    assert len(server.messages) == A_DIGEST + 1


def test_a_message_that_breaks_the_sender_does_not_wedge_the_others(works, server):
    office = works()
    with office.store.writer() as session:
        for key, channel in (("a", "C8"), ("b", "C1")):
            put(session, Message(key, channel, "text", [], ("supply",)), NOON)
    office.tick()  # nobody knows C8
    assert {row.key: row.state for row in office.rows()} == {"a": "sending", "b": "sent"}
    assert [name for name, _ in office.faults] == ["outbox"]


def test_a_restart_posts_nothing_again(works, server):
    works(digests=(DAILY,), rules=(STEEL,)).tick()
    again = works(digests=(DAILY,), rules=(STEEL,))
    again.tick(minutes=1)
    again.tick(minutes=-30)
    assert len(server.messages) == A_DIGEST


def test_it_is_well_after_a_tick_and_not_before_or_long_after(works):
    office = works()
    assert office.health().problems == ("the worker does not tick",)
    office.tick()
    assert office.health().is_well
    office.now += 3 * office.settings.tick
    assert office.health().is_well
    office.now += timedelta(seconds=1)
    assert office.health().problems == ("the worker does not tick",)


def test_a_source_that_is_stale_is_not_well(works):
    toy = Toy()
    office = works(sources=(source("a", toy),))
    assert "toy:a is stale" in office.health().problems
    office.tick()
    assert office.health().is_well
    toy.fault = SourceError("down")
    for _ in range(13):
        office.tick(minutes=10)
    assert office.health().stale == ("toy:a",)
    assert office.health().problems == ("toy:a is stale",)


def test_a_source_that_is_read_for_the_first_time_is_not_stale(works):
    toy = Toy()
    toy.gate = threading.Event()
    office = works(sources=(source("a", toy),))
    office.worker.tick(NOON)
    assert toy.pulled.wait(10)
    assert office.health().stale == ()
    toy.gate.set()


def test_messages_that_wait_too_long_are_not_well(works, server):
    office = works(digests=(DAILY,))
    server.faults += ["invalid_auth"] * 99
    office.tick()
    assert office.health().is_well
    office.tick(minutes=6)
    assert office.health().outbox_age == 6 * MINUTE
    assert any("waited" in problem for problem in office.health().problems)


def test_a_slow_slack_does_not_hold_up_the_next_tick(works, server):
    office = works()
    with office.store.writer() as session:
        for number in range(4):
            put(session, Message(f"m{number}", "C1", "text", [], ()), NOON)

    def take_long():
        office.now += timedelta(seconds=10)

    server.taken = take_long
    office.worker.tick(office.now)
    assert len(server.messages) == 2
    office.tick()
    assert len(server.messages) == 4


def test_the_ticker_ticks_by_itself_and_stops(works, server):
    office = works(digests=(DAILY,))
    office.settings = msgspec.structs.replace(office.settings, tick=timedelta(seconds=0.05))
    office.worker.settings = office.settings
    seen = threading.Event()
    server.taken = lambda: len(server.messages) == A_DIGEST and seen.set()
    office.worker.start()
    assert seen.wait(10)
    office.worker.stop()
    assert len(server.messages) == A_DIGEST
