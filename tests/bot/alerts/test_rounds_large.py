"""Ten thousand rules on many order lines (`make bench`: a million): what a round of them costs."""

import os
import time

import pytest

from bot.alerts.rounds import Rounds
from bot.alerts.rule import Rule
from bot.channel import Desk
from commands import Grant, load
from storage.models import SyncRun
from tests.bot.alerts.board import BERLIN
from tests.commands.dialogue import NOW, synced
from tests.storage.large import fill
from tests.storage.world import World

RULES, LINES = 10_000, int(os.environ.get("BENCH_LINES", "30000"))
# CPU seconds. A round while nothing changed is asked to take one; a shared machine may take more.
MOST_QUIET = 3.0
# after a pull each question is asked anew, once: what that takes is the question's own matter
MOST_OF_RULES = 5.0
ASKED = ("lead-time by item", "backorders by customer")


def rules():
    return [
        Rule(f"own:{at}", ASKED[at % len(ASKED)], "C1", each=True, when=f"above {10**6 + at}")
        for at in range(RULES)
    ]


@pytest.mark.slow
def test_a_round_asks_each_question_once_and_costs_little_while_nothing_changed(
    tmp_path, record_testsuite_property
):
    world = World(tmp_path)
    fill(world, LINES)
    synced(world)
    desk = Desk(world.store, load(), lambda _: Grant.everything(), blocks=lambda said: [],
                text=lambda said: said.title, guarded=lambda _, fn: fn())  # fmt: skip
    every, one, asking = rules(), Rounds(desk), []
    ask = one.answers._ask

    def timed(*which):
        begun = time.process_time()
        said = ask(*which)
        asking.append(time.process_time() - begun)
        return said

    one.answers._ask = timed
    took = []
    for turn in range(4):
        if turn == 3:
            with world.store.writer() as session:
                session.add(SyncRun(source="odoo:erp", stream="s", started_at=NOW, outcome="ok",
                                    written=1))  # fmt: skip
        begun = time.process_time()
        one.sweep(every, NOW + turn * every[0].every, BERLIN)
        took.append(time.process_time() - begun)
    record_testsuite_property("CPU seconds of the first round", round(took[0], 1))
    record_testsuite_property("CPU seconds while nothing changed", round(min(took[1:3]), 2))
    record_testsuite_property("CPU seconds after a pull", round(took[3], 1))
    record_testsuite_property("of these the rules", round(took[3] - sum(asking[len(ASKED) :]), 2))
    assert sum(len(look.sight.values) for look in one.answers._looks.values()) >= min(
        1_000, LINES // 100
    )
    assert len(asking) == 2 * len(ASKED)
    assert min(took[1:3]) < MOST_QUIET
    assert took[3] - sum(asking[len(ASKED) :]) < MOST_OF_RULES
