"""The outbox of processes that stand still, or die at any point of sending."""

import os
import signal
from functools import partial

import pytest
from slack_sdk import WebClient
from sqlalchemy import event

from bot.outbox import LEASE, Sender
from bot.post import Slack
from commands import Grant
from storage.store import Store
from tests.bot.sending import NOON, World
from tests.bot.slack_server import slack_server

POINTS = 30


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


@pytest.fixture
def world(tmp_path, server):
    made = World(f"sqlite:///{tmp_path / 'x.db'}", server)
    yield made
    made.store.close()


def test_a_process_that_stood_still_between_claim_and_post_does_not_post(world):
    world.write("a")
    slow = world.sender()

    def grant_of(channel):
        world.clock.forward(seconds=LEASE.total_seconds() - 1)
        return world.grant

    slow.grant_of = grant_of
    slow.send_one()
    assert world.states() == {"a": "pending"}
    assert world.server.requests == []


def test_who_lost_the_claim_changes_nothing(world):
    world.write("a")
    frozen = world.sender()
    claim = frozen.claim()
    world.clock.forward(seconds=LEASE.total_seconds())
    world.send()
    sent = world.rows()["a"]
    frozen._finish(claim, frozen._send(claim))
    assert world.rows()["a"] == sent
    assert len(world.server.messages) == 1


def test_a_clock_that_went_back_does_not_hold_a_claim_for_ever(world):
    world.write("a")
    assert world.sender().claim()
    world.clock.forward(days=-30)
    world.send()
    assert world.states() == {"a": "sent"}


class Countdown:
    """Kills this process at its nth step."""

    def __init__(self, steps):
        self.left = steps

    def __call__(self, *ignored):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Dying(Slack):
    """A Slack client that counts down before and after each request."""

    countdown = None

    def _post(self, *message):
        self.countdown()
        outcome = super()._post(*message)
        self.countdown()
        return outcome


def send_and_die(url, slack_url, steps):
    """A worker that sends its outbox and is killed at the nth statement, commit or request."""
    Dying.countdown = countdown = Countdown(steps)
    store = Store(url)
    for moment in ("before_cursor_execute", "commit"):
        event.listen(store.engine, moment, countdown)
    client = WebClient("xoxb-1", base_url=slack_url, timeout=5, retry_handlers=[])
    sender = Sender(
        store, Dying(client), owner="doomed", clock=lambda: NOON,
        grant_of=lambda channel: Grant.everything(), closed=lambda channel: None,
    )  # fmt: skip
    while sender.send_one():
        pass


def killed(processes, world, steps):
    """Whether the worker was killed before it was through."""
    url = world.store.url.render_as_string(hide_password=False)
    child = processes.Process(target=send_and_die, args=(url, world.server.url, steps))
    child.start()
    child.join(30)
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode != 0


@pytest.mark.slow
@pytest.mark.parametrize("can_look", [True, False])
def test_a_kill_at_any_point_sends_nothing_twice_and_loses_nothing(
    tmp_path, server, processes, can_look
):
    kills, doubts = 0, 0
    for steps in range(1, POINTS + 1):
        del server.messages[:]
        world = World(f"sqlite:///{tmp_path / f'{steps}.db'}", server)
        for number in range(4):
            world.write(f"m{number}", f"C{number % 2}")
        kills += killed(processes, world, steps)
        server.history_faults[:] = [] if can_look else ["missing_scope"] * 4
        world.clock.forward(seconds=LEASE.total_seconds())
        world.send()
        doubts += check_all_accounted_for(world, can_look)
        world.store.close()
    assert kills == POINTS
    assert (doubts > 0) != can_look


def check_all_accounted_for(world, can_look):
    """Each message is there once; only where one can't look may one be in doubt, and told."""
    sent, doubts = world.server.keys(), 0
    for key, row in world.rows().items():
        if row.state == "doubt" and not can_look:
            doubts += 1
            assert sent.count(row.token) <= 1
            assert any(text.startswith(f"{key} to ") for text in world.told)
        else:
            assert (row.state, sent.count(row.token)) == ("sent", 1)
    return doubts


def test_a_kill_while_slack_answers_sends_nothing_twice(tmp_path, server, processes):
    for nth in range(1, 5):
        del server.messages[:]
        world = World(f"sqlite:///{tmp_path / f'{nth}.db'}", server)
        for number in range(4):
            world.write(f"m{number}", f"C{number}")
        server.faults[:] = [*[None] * (nth - 1), "hang-after"]
        url = world.store.url.render_as_string(hide_password=False)
        child = processes.Process(target=send_and_die, args=(url, server.url, 10_000))
        server.taken = partial(kill_at, nth, server, child)
        child.start()
        child.join(30)
        assert child.exitcode == -signal.SIGKILL
        server.taken = lambda: None
        world.clock.forward(seconds=LEASE.total_seconds())
        world.send()
        check_all_accounted_for(world, can_look=True)
        world.store.close()


def kill_at(nth, server, child):
    if len(server.messages) == nth:
        child.kill()
