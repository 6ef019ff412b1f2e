"""Delivery as a whole, by workers that die at any moment. Slow: some hundred processes."""

import random
import signal
import threading
from collections import Counter

import pytest
from slack_sdk import WebClient

from bot.boundary import guarded
from bot.outbox import LEASE, Message, Sender, put
from bot.post import Slack
from bot.pump import Pump
from commands import Grant
from storage.store import Store
from tests.bot.delivered import TICK, Countdown, Outage
from tests.bot.sending import NOON, World
from tests.bot.slack_server import slack_server

pytestmark = pytest.mark.slow
FAN_OUT, KILLS = 1_000, 100


def sends(url, slack_url, at):
    """A worker that sends all it can; its clock stands still, as it will not live long."""
    store = Store(url)
    client = WebClient("xoxb-1", base_url=slack_url, timeout=5, retry_handlers=[])
    sender = Sender(
        store, Slack(client), owner="doomed", clock=lambda: at,
        grant_of=lambda channel: Grant.everything(), closed=lambda channel: None,
        tell=lambda text: None,
    )  # fmt: skip
    Pump(sender, guarded, wait=lambda seconds: None, is_over=lambda: False).run()
    store.close()


class Killer:
    """Kills a worker at a moment that a die chooses, mostly one of those that the Slack sees."""

    def __init__(self, processes, world, seed):
        self.processes, self.world, self.die = processes, world, random.Random(seed)
        self.child, self.kills = None, 0

    def round(self):
        """A worker begins, and dies before it is through or is through."""
        world, server = self.world, self.world.server
        url = world.store.url.render_as_string(hide_password=False)
        self.child = self.processes.Process(target=sends, args=(url, server.url, world.clock()))
        moment = self.die.choice(["heard", "taken", "answered", "later"])
        nth = Countdown(self.die.randint(1, 16), self.kill(moment))
        setattr(server, "heard" if moment == "later" else moment, nth)
        self.child.start()
        self.child.join(60)
        server.heard = server.taken = server.answered = lambda: None
        assert self.child.exitcode in (0, -signal.SIGKILL)
        self.kills += self.child.exitcode != 0
        server.settle()
        world.clock.forward(seconds=LEASE.total_seconds())

    def kill(self, moment):
        if moment == "later":
            return lambda: threading.Timer(self.die.uniform(0, 0.02), self.child.kill).start()
        return self.child.kill


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


def killed(tmp_path, server, processes, seed):
    """A fan-out of which half must arrive, after a hundred kills, and how many there were."""
    world = World(f"sqlite:///{tmp_path / 'x.db'}", server)
    with world.store.writer() as session:
        for number in range(FAN_OUT):
            key = f"m{number}"
            put(session, Message(key, f"C{number}", f"text {key}", [], (),
                                 must_arrive=bool(number % 2)), NOON)  # fmt: skip
    killer = Killer(processes, world, seed)
    while killer.kills < KILLS and "pending" in world.states().values():
        killer.round()
    world.clock.forward(seconds=LEASE.total_seconds())
    world.send()
    return world, killer.kills


def test_a_hundred_kills_lose_nothing_and_send_nothing_twice(tmp_path, server, processes, measured):
    world, kills = killed(tmp_path, server, processes, 1)
    posts = Counter(server.keys())
    measured(kills=kills, posts=sum(posts.values()), looked=len(looks(server)))
    assert kills == KILLS
    assert set(world.states().values()) == {"sent"}
    assert posts.keys() == {row.token for row in world.rows().values()}
    assert set(posts.values()) == {1}
    world.store.close()


def looks(server):
    return [one for one in server.requests if one == "conversations.history"]


def test_where_one_can_not_look_a_kill_repeats_a_message_once_at_most_and_all_are_marked(
    tmp_path, server, processes, measured
):
    server.history_faults = Outage(lambda: NOON, NOON + TICK, "missing_scope")
    world, kills = killed(tmp_path, server, processes, 2)
    posts, rows = Counter(server.keys()), world.rows().values()
    extra = sum(count - 1 for count in posts.values())
    doubts = [row for row in rows if row.state == "doubt"]
    measured(kills=kills, extra=extra, doubts=len(doubts))
    assert kills == KILLS
    for row in rows:
        if row.must_arrive:
            assert row.state == "sent"
            assert 1 <= posts[row.token] <= 1 + row.resent
        else:
            assert posts[row.token] <= 1
            assert posts[row.token] == 1 or row.state == "doubt"
    world.store.close()
