"""Ten thousand rules on many order lines (`make bench`: a million): what a round of them costs."""

import os
import time

import pytest

from bot.alerts.rounds import Rounds
from bot.alerts.rule import Rule
from bot.channel import Desk
from commands import Ask, Grant, answer, load
from storage.models import SyncRun
from storage.store import Store
from tests.bot.alerts.board import BERLIN
from tests.commands.dialogue import NOW, synced
from tests.storage.large import fill, pull
from tests.storage.world import World

RULES, LINES, CHANGED = 10_000, int(os.environ.get("BENCH_LINES", "30000")), 2_000
# CPU seconds. A round is asked to take one, while nothing changed and after a pull; a machine that
# is shared with others may take more.
MOST_QUIET, MOST_AFTER_A_PULL = 1.5, 2.5
ASKED = ("lead-time by item", "suppliers", "backorders by customer")


def rules():
    return [
        Rule(f"own:{at}", ASKED[at % len(ASKED)], "C1", each=True, when=f"above {10**6 + at}")
        for at in range(RULES)
    ]


def desk(store):
    return Desk(store, load(), lambda _: Grant.everything(), blocks=lambda said: [],
                text=lambda said: said.title, guarded=lambda _, fn: fn())  # fmt: skip


def pulled(world, number):
    """A pull that changes lines of both sides, and is written down as one."""
    pull(world, CHANGED, number)
    with world.store.writer() as session:
        session.add(SyncRun(source="odoo:erp", stream="s", started_at=NOW, outcome="ok",
                            written=CHANGED))  # fmt: skip


def table_of(store, line, now):
    with store.reader() as session:
        return answer(session, Ask(line, now, BERLIN, Grant.everything()), load()).table


@pytest.mark.slow
def test_a_round_costs_little_while_nothing_changed_and_after_a_pull_that_changed_lines(
    tmp_path, record_testsuite_property
):
    world = World(tmp_path)
    fill(world, LINES)
    synced(world)
    every, one = rules(), Rounds(desk(world.store))
    took = []
    for turn in range(6):
        if turn >= 3:
            pulled(world, turn)
        begun = time.process_time()
        one.sweep(every, NOW + turn * every[0].every, BERLIN)
        took.append(time.process_time() - begun)
    kept = [world.store.memory.get(side).nbytes for side in ("purchaseline", "salesline")]
    record_testsuite_property("CPU seconds of the first round", round(took[0], 1))
    record_testsuite_property("CPU seconds while nothing changed", round(min(took[1:3]), 2))
    record_testsuite_property("CPU seconds after a pull", round(min(took[3:]), 2))
    record_testsuite_property("MB of lines kept in memory", round(sum(kept) / 1e6))
    now = NOW + 5 * every[0].every
    other = Store(world.store.url.render_as_string(hide_password=False))  # it remembers nothing
    for line in ASKED:
        assert table_of(world.store, line, now) == table_of(other, line, now)
    other.close()
    assert sum(len(look.sight.values) for look in one.answers._looks.values()) >= min(
        1_000, LINES // 100
    )
    assert min(took[1:3]) < MOST_QUIET
    assert min(took[3:]) < MOST_AFTER_A_PULL
