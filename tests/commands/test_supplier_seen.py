import pytest

from commands._contract import Ask, Grant
from commands._grammar import read
from commands._supplier_seen import asked_about, name_of, oldest, owed, suppliers_seen
from storage.known.rates import Amount
from storage.metrics._due import of_purchases
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.supplier_world import tell
from tests.storage.metrics.purchases import COIL, ago, bought
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("seen")))


def seen(world, words=""):
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        query = read(session, ask, words.split(), command="suppliers", kinds=("supplier",),
                     by=("supplier",))  # fmt: skip
        return suppliers_seen(session, ask, query)


def test_each_supplier_has_a_card_of_its_own_lines(world):
    found = seen(world)
    cards = found.cards("supplier")
    assert sorted(map(name_of, cards)) == ["Borealis Steel", "Cobalt Glass", "Dune Sands"]
    assert sum(len(card.lines) for card in cards.values()) == len(found.every)
    assert sum(len(card.open) for card in cards.values()) == len(found.whole().open)


def test_a_list_of_who_changed_is_of_all_whoever_is_asked_about(world):
    every, one = seen(world), seen(world, "borealis")
    assert len(every.every) == len(one.every)
    (card,) = asked_about(one.query, one.cards("supplier")).values()
    assert card.change == "slower"
    assert len(one.of(one.query).every) == len(card.lines)


def test_without_a_window_orders_of_a_year_and_lines_due_in_90_days_count(world):
    found = seen(world)
    assert {line.ordered_on for line in found.placed(found.every)} <= {
        line.ordered_on for line in found.every if (NOW.date() - line.ordered_on).days <= 365
    }
    assert all(0 < (NOW.date() - line.planned_on).days <= 90 for line in found.planned(found.every))


def test_what_is_owed_is_the_part_that_has_not_come():
    (one,) = of_purchases([bought(9, (3, 1), qty=4, price=10)])
    assert owed(one) == Amount(30, "EUR", ago(9))
    (unpriced,) = of_purchases([bought(9, price=None)])
    assert owed(unpriced).value is None


def test_the_oldest_is_the_first_day_missed():
    assert oldest(of_purchases([bought(60, first=20), bought(60, first=30), bought(60)])) == ago(30)
    assert oldest([]) is None


def test_what_has_no_value_is_called_unknown():
    assert [name_of(one) for one in (None, "Steel", COIL)] == ["unknown", "Steel", "Coil"]
