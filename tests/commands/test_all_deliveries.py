import pytest

from commands import Ask, Grant
from commands._all_deliveries import all_deliveries, some_deliveries
from commands._deliveries import deliveries, read_deliveries
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import Any, ago
from tests.storage.world import World

ASK = Ask("", NOW, BERLIN, Grant.everything())


@pytest.mark.parametrize("words", ["", "suppliers", "item 1", "party 1", "in main site",
                                   "suppliers party 0 item 2"])  # fmt: skip
def test_all_lines_that_a_question_is_about_are_those_one_by_one(tmp_path, words):
    world = World(tmp_path)
    Any(world, 4).fill()
    with world.reader() as session:
        asked = read_deliveries(session, ASK, words.split(), "backorders")
        every = all_deliveries(session, ASK, asked)
        some = some_deliveries(session, ASK, asked, every.lines["id"].tolist())
        # long before any order, so that none is left out
        same = deliveries(session, ASK, asked, ago(5_000)).every
    assert sorted(one.key for one in some) == sorted(one.key for one in same)
    assert len(every) == len(some) > 0


def test_a_customer_is_asked_about_with_its_branches(tmp_path):
    world = World(tmp_path)
    parent = world.customer("Acme", source_id="p1")
    branch = world.customer("Acme North", source_id="p2")
    account = world.account("Acme Inc", source_id="a1")
    world.link(parent, account)
    world.link(branch, account)
    for who in (parent, branch, world.customer("Other")):
        world.sale(who, ago(10))
    with world.reader() as session:
        asked = read_deliveries(session, ASK, ["Acme"], "backorders")
        assert len(all_deliveries(session, ASK, asked)) == len(
            deliveries(session, ASK, asked, ago(99)).every
        )
