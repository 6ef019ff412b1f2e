"""The figures of a list against the cards of its suppliers, made line by line."""

import pytest

from commands import Ask, Grant
from commands._grammar import read
from commands._supplier_list import bought
from commands._supplier_seen import BY, suppliers_seen
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import Any
from tests.storage.world import World


@pytest.mark.parametrize("words", ["", "last 200 days", "by category", "in USD by country"])
def test_every_figure_is_that_of_the_card_made_line_by_line(tmp_path, words):
    world = World(tmp_path)
    Any(world, 11, orders=120).fill()
    ask = Ask("", NOW, BERLIN, Grant.everything(), currency="EUR")
    with world.reader() as session:
        query = read(session, ask, words.split(), command="suppliers", kinds=("supplier",), by=BY)
        many, seen = bought(session, ask, query), suppliers_seen(session, ask, query)
        dimension = query.by or "supplier"
        figures, cards = many.by(dimension), seen.cards(dimension)
        assert figures.keys() == cards.keys()
        for one, card in [(many.whole(), seen.whole()),
                          *((figures[value], cards[value]) for value in figures)]:  # fmt: skip
            assert (one.pace, one.change) == (card.pace, card.change)
            assert (one.shares, one.before) == (card.shares, card.before)
            assert (one.open, one.overdue) == (len(card.open), len(card.overdue))
            assert one.owed == card.owed
        assert many.slip() == seen.whole().slips.mean
        assert many.then == seen.then
