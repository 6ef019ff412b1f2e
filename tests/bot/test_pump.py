"""Several messages are under way at a time; what is slow or broken holds up no other."""

import threading
from datetime import timedelta

import pytest

from bot.pace import Pace
from bot.pump import Pump
from tests.bot.sending import World
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


def pump(world, **more):
    world.waits, world.faults = [], []

    def wait(seconds):
        world.waits.append(seconds)
        world.clock.forward(seconds=seconds)

    def guarded(name, fn):
        try:
            return fn()
        except ZeroDivisionError as error:
            world.faults.append(error)
            return None

    return Pump(world.sender(), guarded, **{"wait": wait, "is_over": lambda: False, **more})


def test_slow_answers_are_waited_for_together(world, server):
    together = threading.Barrier(4, timeout=10)  # breaks if they come one after the other
    server.taken = together.wait
    for number in range(8):
        world.write(f"m{number}", f"C{number}")
    pump(world, threads=4).run()
    assert set(world.states().values()) == {"sent"}
    assert not together.broken


def test_the_order_of_a_channel_is_kept_on_many_threads(world, server):
    for number in range(40):
        world.write(f"m{number:02}", f"C{number % 3}")
    pump(world).run()
    for channel in ("C0", "C1", "C2"):
        texts = [one["text"] for one in server.messages if one["channel"] == channel]
        assert texts == sorted(texts)
    assert len(server.messages) == 40


def test_the_pace_is_waited_for_and_never_longer_than_a_second_at_a_time(world):
    world.pace = Pace()
    for number in range(6):
        world.write(f"m{number}", f"C{number}")
    began = world.clock()
    pump(world).run()
    assert set(world.states().values()) == {"sent"}
    assert timedelta(seconds=3.5) < world.clock() - began < timedelta(seconds=5)
    assert max(world.waits) <= 1


def test_a_clock_that_stands_still_is_not_waited_for(world):
    world.pace = Pace()
    for key in "ab":
        world.write(key)
    pump(world, wait=lambda seconds: None).run()
    assert world.states() == {"a": "sent", "b": "pending"}


def test_nothing_is_begun_after_its_time_or_when_it_is_over(world):
    world.pace = Pace()
    for number in range(9):
        world.write(f"m{number}", f"C{number}")
    pump(world).run(timedelta(seconds=2))
    assert sorted(world.states().values()).count("sent") == 3
    pump(world, is_over=lambda: True).run()
    assert sorted(world.states().values()).count("sent") == 3


def test_messages_that_break_are_left_and_too_many_of_them_end_it(world):
    for number in range(30):
        world.write(f"m{number}", f"C{number}")
    one = pump(world, threads=1)
    one.sender.grant_of = lambda channel: 1 / 0 if channel < "C15" else world.grant
    one.run()
    assert 0 < len(world.faults) <= 11
    assert "sending" in world.states().values()


def test_a_store_that_breaks_ends_it(world):
    one = pump(world)
    one.sender.claim = lambda: 1 / 0
    one.run()
    assert len(world.faults) == 10
