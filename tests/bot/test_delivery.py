"""Delivery as a whole, against a Slack with limits, outages, and workers that die or stand still.

Slow: it starts some hundred processes. By a clock that both sides share, half an hour is a minute.
"""

import logging
import multiprocessing
import os
import random
import signal
import threading
from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest
from slack_sdk import WebClient
from sqlalchemy import event
from sqlmodel import SQLModel, select

from bot.boundary import guarded
from bot.claims import Claim
from bot.outbox import LEASE, Message, Sender, put
from bot.pace import Pace
from bot.post import Slack
from bot.pump import Pump
from commands import Grant
from storage.models import Outbox
from storage.store import Store
from tests.bot.sending import NOON, World
from tests.bot.slack_server import Limits, slack_server

pytestmark = pytest.mark.slow
log = logging.getLogger(__name__)
TICK = timedelta(seconds=15)
MINUTE = timedelta(minutes=1)
ANSWER = 0.1  # seconds


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


@pytest.fixture
def measured(request):
    """Logs figures: `pytest --log-cli-level=INFO` shows them."""
    return lambda **figures: log.info("%s: %s", request.node.name, figures)


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


class Outage:
    """Faults, one after the other, for as long as it lasts."""

    def __init__(self, clock, until, *kinds):
        self.clock, self.until, self.kinds = clock, until, cycle(kinds)

    def __bool__(self):
        return self.clock() < self.until

    def pop(self, at):
        return next(self.kinds)


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


class Countdown:
    """Does something the nth time that it is called."""

    def __init__(self, left, action):
        self.left, self.action, self.lock = left, action, threading.Lock()

    def __call__(self):
        with self.lock:
            self.left -= 1
            if self.left == 0:
                self.action()


@pytest.fixture(scope="module")
def processes():
    """Starts processes in a few milliseconds, from one that has imported all that they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.bot.test_delivery"])
    return context


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


ROUNDS = 9
A_ROUND = 24
SECONDS, MAY_SEND, IS_OVER = range(3)


class Counting(Sender):
    """A sender that says when it has its first claim."""

    has_claimed = False

    def claim(self):
        found = super().claim()
        self.has_claimed |= isinstance(found, Claim)
        return found


class Freezing(Slack):
    """A Slack client that counts the moments before, at the end of, and after each request."""

    step = None

    def post(self, *message, may_go, **more):
        self.step()
        outcome = super().post(*message, **more, may_go=lambda: (self.step(), may_go())[1])
        self.step()
        return outcome


def freezes(url, slack_url, shared, owner, stop_at, signs):
    """A worker that sends what there is while it may, until it is over.

    With a `stop_at` it begins at once, and is stopped at the nth step after its first claim. It
    then has one thread: another could be stopped between its last look at the lease and the sending
    itself, microseconds in which nobody can know better. The signs say that it is there, and that
    it stops.
    """

    def stop():
        signs[1].set()
        # to this thread: sent to the process it lets it run on until another has taken it in
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)

    countdown = Countdown(stop_at, stop)
    store = Store(url)
    client = WebClient("xoxb-1", base_url=slack_url, timeout=30, retry_handlers=[])
    sender = Counting(
        store, Freezing(client), owner=owner, grant_of=lambda channel: Grant.everything(),
        clock=lambda: NOON + timedelta(seconds=shared[SECONDS]), closed=lambda channel: None,
    )  # fmt: skip
    Freezing.step = lambda self: countdown()
    for moment in ("before_cursor_execute", "commit"):
        event.listen(store.engine, moment, lambda *ignored: sender.has_claimed and countdown())
    pump = Pump(sender, guarded, wait=wait, is_over=lambda: shared[IS_OVER],
                threads=1 if stop_at else 2)  # fmt: skip
    signs[0].set()
    while not shared[IS_OVER]:
        if shared[MAY_SEND] or countdown.left > 0:
            pump.run()
        wait(0.02)
    store.close()


def wait(seconds):
    threading.Event().wait(seconds)


def until(condition):
    """Waits for other processes."""
    for _ in range(3_000):
        if condition():
            return
        wait(0.02)
    raise AssertionError("nothing comes of it")


class Team:
    """Workers at one store, by a clock that they share."""

    def __init__(self, url, server, processes):
        self.url, self.server, self.processes = url, server, processes
        self.store = Store(url)
        self.shared = processes.Array("d", 3, lock=False)  # one that is frozen would keep a lock
        self.children = []
        SQLModel.metadata.drop_all(self.store.engine)
        SQLModel.metadata.create_all(self.store.engine)

    def begin(self, owner, stop_at=0):
        """A worker that is there; and what is set once it has stopped."""
        signs = (self.processes.Event(), self.processes.Event())
        args = (self.url, self.server.url, self.shared, owner, stop_at, signs)
        child = self.processes.Process(target=freezes, args=args)
        child.start()
        self.children.append(child)
        assert signs[0].wait(30)
        return child, signs[1]

    def write(self, prefix):
        now = NOON + timedelta(seconds=self.shared[SECONDS])
        with self.store.writer() as session:
            for number in range(A_ROUND):
                key = f"{prefix}:{number}"
                put(session, Message(key, f"C{number}", key, [], ()), now)

    def states(self):
        with self.store.reader() as session:
            return {(row.state, row.claimed_by) for row in session.exec(select(Outbox))}

    def goes_on(self):
        """Time passes, five times as fast as it does, so that what was postponed is done."""
        self.shared[SECONDS] += 0.1
        return True

    def end(self):
        self.shared[IS_OVER] = 1
        for child in self.children:
            if child.is_alive():
                os.kill(child.pid, signal.SIGCONT)
            child.join(30)
        self.store.close()


@pytest.fixture
def team(server, processes, postgres):
    made = Team(postgres, server, processes)
    yield made
    made.end()


@pytest.mark.parametrize("workers", [2, 4])
def test_a_worker_that_stands_still_beyond_its_lease_and_goes_on_sends_nothing_twice(
    server, team, workers, measured
):
    taken_over = 0
    for number in range(1, workers):
        team.begin(f"w{number}")
    for at in range(ROUNDS):
        child, is_frozen = team.begin(f"f{at}", stop_at=1 + at)
        team.write(at)
        assert is_frozen.wait(30)
        team.shared[MAY_SEND] = 1
        until(lambda who=f"f{at}": all(one[0] == "sent" or who == one[1] for one in team.states()))
        taken_over += any(state != "sent" for state, _ in team.states())
        team.shared[SECONDS] += LEASE.total_seconds() + 1
        until(lambda: team.goes_on() and {state for state, _ in team.states()} == {"sent"})
        team.shared[MAY_SEND] = 0
        os.kill(child.pid, signal.SIGCONT)
    team.end()
    server.settle()
    measured(workers=workers, rounds=ROUNDS, taken_over=taken_over, posts=len(server.keys()))
    assert [child.exitcode for child in team.children] == [0] * len(team.children)
    assert sorted(Counter(server.keys()).values()) == [1] * A_ROUND * ROUNDS
    assert taken_over > 0
