import pytest

from commands import Ask, Grant
from commands._mentions import mentions, without
from tests.commands.dialogue import BERLIN, NOW, grant
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("mentions"))
    made.supplier("Borealis Steel")
    made.supplier("Order Works")
    made.customer("Acme Foods")
    made.customer("Acme Tools")
    made.item("Steel")
    made.save()
    return made


def found(world, text, common=None, sees=None):
    with world.reader() as session:
        return mentions(session, Ask("", NOW, BERLIN, sees or Grant.everything()), text, common)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("is Borealis Steel late", ["Borealis Steel"]),
        ("is Borealis late", ["Borealis Steel"]),
        ("acme foods and acme tools", ["Acme Foods", "Acme Tools"]),
        ("acme", []),
        ("an order of steel", ["Steel"]),
        ("nothing of ours", []),
    ],
)
def test_names_are_found_in_full_or_by_a_first_word_of_their_own(world, text, names):
    assert [one.name for one in found(world, text)] == names


def test_a_small_letter_will_do_where_the_word_is_not_a_common_one(world):
    assert found(world, "is borealis late") == []
    assert [one.name for one in found(world, "is borealis late", {"order"})] == ["Borealis Steel"]
    assert found(world, "where is my order", {"order"}) == []


def test_the_longest_name_counts_and_is_taken_out_of_the_text(world):
    text = "why is Borealis Steel late"
    (one,) = found(world, text)
    assert text[one.start : one.end] == "Borealis Steel"
    assert without(text, [one]).split() == ["why", "is", "late"]


def test_a_name_that_one_may_not_see_is_not_there(world):
    assert found(world, "is Borealis Steel late", sees=grant("customers")) == []
