"""`ces` as people ask it."""

from tests.commands.dialogue import synced, verify
from tests.commands.people import ago, company
from tests.storage.world import World


def test_the_mean_with_its_span_and_who_finds_it_hard(tmp_path):
    verify(company(World(tmp_path)), [
        ("ces", "answer", "CES 4.3 of 7", "of 9 answers", "Other 4 | 3", "Other 8 | 3"),
        ("effort by month", "answer", "Jan 2026"),
    ])  # fmt: skip


def test_a_rise_beyond_chance_is_said(tmp_path):
    world = World(tmp_path)
    for number in range(20):
        account = world.account(f"Customer {number}")
        world.survey(account, ago(500), 2 + number % 2, kind="ces", scale=7)
        world.survey(account, ago(50), 6 + number % 2, kind="ces", scale=7)
    synced(world)
    verify(world, [("ces", "answer", "CES 6.5 of 7", "▲ better", "2.5 of 7 then")])
