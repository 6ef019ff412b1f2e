import pytest

from commands import Ask, Grant
from commands._grammar import read
from commands._stock_seen import demand, evidence, lately, left_out, shelf
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.stock_world import day, stocked

ASK = Ask("", NOW, BERLIN, Grant.everything())


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("seen"))


@pytest.fixture
def session(world):
    with world.reader() as found:
        yield found


def asked(session, *words):
    query = read(session, ASK, words, command="stock", kinds=("item", "category"), by=())
    return shelf(session, ASK, query)


def names(found):
    return sorted({one.item.name for one in found.stock})


def test_what_is_asked_about_is_on_the_shelf(session):
    assert names(asked(session)) == ["Bolt", "Coil", "Frame", "Pane"]
    assert names(asked(session, "steel")) == ["Coil", "Frame"]
    assert names(asked(session, "coil")) == ["Coil"]
    assert names(asked(session, "in", "South")) == ["Bolt"]


def test_what_is_left_out_is_counted_once_an_item(session):
    (said,) = left_out(asked(session))
    assert said.text == "1 item no longer used, left out"
    assert left_out(asked(session, "coil")) == ()


def test_past_days_end_yesterday(session):
    found = asked(session, "coil")
    (coil,) = lately(ASK, found, demand(session, ASK, found))
    assert (coil.steps[0].first, coil.steps[-1].last) == (day(-90), day(-1))
    assert asked(session).known_from == day(-376)  # the first coils that came


def test_the_evidence_has_each_item_at_each_site_and_what_it_counted_as(session):
    found = asked(session)
    table = evidence(found, demand(session, ASK, found))
    states = {(row[0], row[1]): row[-1] for row in table.rows}
    assert states == {
        ("Bolt", "North"): "lasts", ("Bolt", "South"): "lasts", ("Coil", "North"): "lasts, short",
        ("Pane", "North"): "out", ("Frame", "North"): "no demand",
        ("Nut", "North"): "left out: retired",
    }  # fmt: skip
