from datetime import timedelta

import pytest

from commands import Ask, Grant
from commands._churn_card import card_of
from commands._churn_fit import told_of
from storage.known.customers import customers
from storage.metrics.churn import lives, standings
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.leaving_fit import by_quiet, few, keep
from tests.commands.test_churn_one import BASIS
from tests.storage.world import World

TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    """A buyer who ordered each month, and one who has been quiet for long."""
    world = World(tmp_path)
    for name, last in (("Kestrel", 5), ("Gone", 400)):
        party = world.customer(name)
        for ago in range(last, 700, 30):
            world.sale(party, TODAY - timedelta(days=ago), amount=100)
    return world


def card(world, name, count=1):
    with world.reader() as session:
        ask = Ask("churn", NOW, BERLIN, Grant.everything())
        every = standings(lives(customers(session, NOW, TODAY), TODAY), TODAY)
        one = next(one for one in every if one.customer.name == name)
        told = told_of(session, ask, [one.customer], most=None)
        return card_of(session, ask, one, count, BASIS, told)


def test_its_figures_are_those_of_the_fit(world):
    keep(world, orders=by_quiet())
    said = card(world, "Kestrel", count=2)
    read = {one.name: one for one in said.readings}
    share = read["chance to leave"]
    assert 0 < share.low < share.value < share.high < 1
    assert read["base rate"].value == 0.75
    assert float(read["at risk"].value) == pytest.approx(share.value * 1_200)
    assert read["at risk"].topic == "revenue"
    assert read["within"].value == 273
    assert "2 customers bear this name" in said.notes[0].text


def test_there_is_none_of_one_who_left_or_of_whom_no_chance_is_told(world):
    assert card(world, "Kestrel") is None
    keep(world, contracts=few())
    assert card(world, "Kestrel") is None
    keep(world, orders=by_quiet())
    assert card(world, "Gone") is None
