"""`nps` as people ask it."""

import pytest

from tests.commands.dialogue import say, synced, verify
from tests.commands.people import ago, company
from tests.storage.world import World


def test_the_score_with_its_span_and_who_would_not(tmp_path):
    world = company(World(tmp_path))
    verify(world, [
        ("nps", "answer", "NPS +50", "of 10 answers in the last 365 days",
         "6 promoters, 3 passives, 1 detractor", "Nordwind Retail | 3 |",
         "Too few answers in the 365 days before to compare with (0)"),
        ("net promoter score by segment", "answer", "food | 66.6", "retail | -100"),
    ])  # fmt: skip
    figure = next(one for one in say(world, "nps").readings if one.name == "nps")
    assert figure.value == pytest.approx(50)
    assert figure.low < 50 < figure.high


@pytest.mark.parametrize(("scores", "said"), [([9, 9, 3], "No change beyond chance"),
                                              ([0, 0, 0], "▼ worse")])  # fmt: skip
def test_only_what_is_beyond_the_margins_is_a_change(tmp_path, scores, said):
    world = World(tmp_path)
    for number in range(24):
        account = world.account(f"Customer {number}")
        world.survey(account, ago(500), 10 if number % 4 else 3)
        world.survey(account, ago(50), scores[number % 3])
    synced(world)
    verify(world, [("nps", "answer", said, "(of 24)")])
