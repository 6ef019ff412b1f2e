"""`csat` as people ask it."""

from tests.commands.dialogue import synced, verify
from tests.commands.people import ago, company
from tests.storage.world import World


def test_the_share_with_its_span(tmp_path):
    verify(company(World(tmp_path)), [
        ("csat", "answer", "CSAT 100 %** (70 % to 100 %)", "of 9 answers", "9 satisfied"),
        ("satisfaction by segment", "answer", "food | 1.0"),
    ])  # fmt: skip


def test_who_is_not_satisfied_is_named_and_a_fall_is_said(tmp_path):
    world = World(tmp_path)
    for number in range(20):
        account = world.account(f"Customer {number}")
        world.survey(account, ago(500), 5, kind="csat", scale=5)
        world.survey(account, ago(50), 2, kind="csat", scale=5)
    synced(world)
    verify(world, [("csat", "answer", "CSAT 0 %", "▼ worse than in the 365 days before: 100 %",
                    "Customer 3 | 2")])  # fmt: skip
