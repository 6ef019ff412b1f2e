"""Delivery as a whole, against a Slack with limits and outages.

Slow: by a clock that both sides share, half an hour is a minute.
"""

from datetime import timedelta

import pytest

from bot.pace import Pace
from bot.pump import Pump
from tests.bot.delivered import TICK, Outage
from tests.bot.sending import NOON, World
from tests.bot.slack_server import Limits, slack_server

pytestmark = pytest.mark.slow
MINUTE = timedelta(minutes=1)
ANSWER = 0.1  # seconds


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


class Paced(World):
    """A world whose Slack keeps to its limits, and answers after a while of the shared clock."""

    def __init__(self, url, server, budget=4):
        super().__init__(url, server, pace=Pace())
        self.limits = server.limits = Limits(self.clock, budget)
        server.heard = lambda: self.clock.forward(seconds=ANSWER)

    def run(self, at_most=None):
        def wait(seconds):
            self.clock.forward(seconds=seconds)

        def guarded(name, fn):
            return fn()

        one = self.sender()
        one.clock = self.clock
        Pump(one, guarded, wait=wait, is_over=lambda: False, threads=1).run(at_most)

    def tick(self):
        """Sends as a worker does between two ticks; then it is the next one's time."""
        then = self.clock() + TICK
        self.run(TICK)
        self.clock.at = max(self.clock(), then)

    def posts(self):
        """The texts of each channel, in order, without what says that they are late."""
        found = {}
        for one in self.server.messages:
            found.setdefault(one["channel"], []).append(one["text"].partition("\n")[0])
        return found


@pytest.fixture
def paced(tmp_path, server):
    made = []

    def make(**more):
        made.append(Paced(f"sqlite:///{tmp_path / 'x.db'}", server, **more))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


def test_a_thousand_channels_are_told_within_five_minutes(paced, measured):
    world = paced()
    for number in range(1_000):
        world.write(f"m{number}", f"C{number}")
    world.run()
    took = (world.clock() - NOON).total_seconds()
    measured(seconds=took, refused=len(world.limits.refusals))
    assert len(world.server.messages) == len(world.posts()) == 1_000
    assert took <= 300
    assert world.limits.too_early == []


def test_a_slack_that_takes_less_is_obeyed_and_all_arrives_in_order(paced, measured):
    world = paced(budget=2)
    for number in range(120):
        world.write(f"m{number:03}", f"C{number % 60}")
    while "pending" in world.states().values():
        world.tick()
    took = (world.clock() - NOON).total_seconds()
    measured(seconds=took, refused=len(world.limits.refusals))
    assert world.limits.too_early == []
    assert len(world.limits.refusals) > 0
    assert took < 150
    assert_each_once_in_order(world, 120)


def assert_each_once_in_order(world, count):
    assert set(world.states().values()) == {"sent"}
    posts = world.posts()
    assert sum(map(len, posts.values())) == count
    for texts in posts.values():
        assert texts == sorted(set(texts))


def test_an_outage_of_half_an_hour_loses_nothing_and_what_is_late_says_so(paced, measured):
    world, number, taken_at = paced(), 0, []
    server, end = world.server, NOON + 30 * MINUTE
    server.faults = Outage(world.clock, end, "500", "drop", "drop-after", "service_unavailable")
    server.history_faults = Outage(world.clock, end, "500", "drop")
    server.taken = lambda: taken_at.append(world.clock())
    while world.clock() < end + 30 * MINUTE:
        if world.clock() < end and number < 100 * (world.clock() - NOON) / (30 * MINUTE):
            for channel in range(10):
                world.write(f"m{number:03}", f"C{channel}")
                number += 1
        world.tick()
    assert_each_once_in_order(world, number)
    assert world.limits.too_early == []
    rows = {one.token: one for one in world.rows().values()}
    late = 0
    for key, message, at in zip(server.keys(), server.messages, taken_at, strict=True):
        is_late = at - rows[key].created_at > timedelta(minutes=5, seconds=1)
        assert ("sent late" in message["text"]) == is_late, (message["text"], at)
        late += "sent late: Slack could not be reached" in message["text"]
    last = max(one.sent_at for one in rows.values()) - end
    measured(messages=number, late=late, calls=len(server.requests), last_after=str(last))
    assert late > 0
    assert last < 10 * MINUTE
