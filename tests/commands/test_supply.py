import pytest

from commands import Ask, Grant
from commands._supply import standing_customers, supply
from storage.metrics._trace import Node
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.story import tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    world = tell(World(tmp_path_factory.mktemp("supply")))
    ask = Ask("", NOW, BERLIN, Grant.everything(), currency="EUR")
    with world.reader() as session:
        return supply(session, ask), standing_customers(session, ask)[0]


def test_the_open_lines_of_a_customer_come_first_due_first(found):
    chain, _ = found
    keys = {(one.customer.source, one.customer.ref) for one in chain.chain.sales.values()}
    assert [line.number for line in chain.lines_of(keys)] == ["S00471", "S00472", "S00473"]


def test_the_slowest_way_ends_at_the_supplier_who_holds_all_up(found):
    chain, _ = found
    for line in chain.chain.sales.values():
        slowest = chain.slowest(Node("salesline", line.key))
        assert chain.supplier_of(slowest[-1].supply).name == "Borealis Steel"
        assert [chain.number_of(hop.supply)[0] for hop in slowest] == ["M", "P"]


def test_customers_stand_as_in_the_question_of_churn(found):
    _, standing = found
    assert standing[0].customer.name == "Harbour & Sons"
    assert chain_currency(found) == "EUR"


def chain_currency(found):
    return found[0].rates.home
