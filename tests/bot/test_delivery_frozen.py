"""Delivery as a whole, by workers that stand still beyond their lease. Slow: real processes."""

import os
import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import event
from sqlmodel import SQLModel, select

from bot.boundary import guarded
from bot.claims import Claim
from bot.outbox import LEASE, Message, Sender, put
from bot.post import Slack
from bot.pump import Pump
from commands import Grant
from storage.models import Outbox
from storage.store import Store
from tests.bot.delivered import Countdown
from tests.bot.sending import NOON
from tests.bot.slack_server import slack_server

pytestmark = pytest.mark.slow
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
def server():
    with slack_server() as made:
        yield made


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
