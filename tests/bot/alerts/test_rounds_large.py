"""Ten thousand rules on a million order lines: what a round of them costs."""

import time

import pytest

from bot.alerts.rounds import Rounds
from bot.alerts.rule import Rule
from bot.channel import Desk
from commands import Grant, load
from storage.episodes import running
from storage.models import SyncRun
from tests.bot.alerts.board import BERLIN
from tests.commands.dialogue import NOW, synced
from tests.storage.large import fill
from tests.storage.world import World

RULES, LINES = 10_000, 1_000_000
# a round while nothing changed is asked to take a second; a machine that is shared may take more
MOST_QUIET = 3.0
# one answer a question is bound by the question itself: read once a pull, whoever asks
MOST_CHANGED = 150.0
ASKED = ("lead-time by item", "backorders by customer", "suppliers")


def rules():
    """One in a hundred fires on some of its rows; the others watch and stay silent."""
    return [
        Rule(f"own:{at}", ASKED[at % len(ASKED)], "C1", each=True,
             when=f"above {1 if at % 100 == 0 else 10**6 + at}")
        for at in range(RULES)
    ]  # fmt: skip


@pytest.mark.slow
def test_a_round_asks_each_question_once_and_costs_little_while_nothing_changed(tmp_path):
    world = World(tmp_path)
    fill(world, LINES)
    synced(world)
    desk = Desk(world.store, load(), lambda _: Grant.everything(), blocks=lambda said: [],
                text=lambda said: said.title, guarded=lambda _, fn: fn())  # fmt: skip
    every, one = rules(), Rounds(desk)
    took = []
    for turn in range(4):
        if turn == 3:
            with world.store.writer() as session:
                session.add(SyncRun(source="odoo:erp", stream="s", started_at=NOW, outcome="ok",
                                    written=1))  # fmt: skip
        begun = time.process_time()
        one.sweep(every, NOW + turn * every[0].every, BERLIN)
        took.append(time.process_time() - begun)
    quiet, changed = min(took[1:3]), took[3]
    entities = sum(len(look.sight.values) for look in one.answers._looks.values())
    with world.reader() as session:
        assert running(session, "own:0")
        assert not running(session, "own:1")
    assert len(one.answers._looks) == len(ASKED)
    assert entities > 1_000
    assert quiet < MOST_QUIET
    assert changed < MOST_CHANGED
