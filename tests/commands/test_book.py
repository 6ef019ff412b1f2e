"""Who a question is about, as one company each."""

from commands import Ask, Grant
from commands._book import amounts, choice, money, open_book
from commands._grammar import read
from storage.known.rates import Sums
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World


def opened(world, line, look):
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        query = read(session, ask, line.split(), command="customer",
                     kinds=("customer", "account"), by=())  # fmt: skip
        return look(open_book(session, ask, query), query)


def test_a_branch_and_an_account_are_the_company(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme")
    branch = world.customer("Acme Kiel", parent_ref=acme)
    world.link(acme, world.account("Akme Inc"))
    world.sale(branch, "2026-01-05")
    for name in ("acme", "acme kiel", "akme inc"):
        keys, found, several = opened(
            world, name, lambda book, query: (book.asked(query), book.selected(query),
                                              choice(book, query, "customer")),
        )  # fmt: skip
        assert keys == {(world.erp, acme)}
        assert [one.name for one in found] == ["Acme"]
        assert several is None


def test_two_of_one_name_give_a_choice_that_tells_them_apart(tmp_path):
    world = World(tmp_path)
    for number, country in (("C-1", "DE"), ("C-2", "AT")):
        world.sale(world.customer("Acme", number=number, country=country), "2026-01-05")
    said = opened(world, "acme", lambda book, query: choice(book, query, "customer"))
    assert [up.label for up in said.choices] == ["Acme (no. C-1, DE)", "Acme (no. C-2, AT)"]
    line = said.choices[1].line.removeprefix("customer ")
    keys, call = opened(world, line, lambda book, query: (
        book.asked(query), book.call(next(iter(book.asked(query))))))  # fmt: skip
    assert len(keys) == 1
    assert call == line


def test_a_dimension_that_nobody_told_is_unknown(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme", owner="Ines")
    found = opened(world, "", lambda book, query: [
        book.dimension((world.erp, acme), name) for name in ("owner", "segment")
    ] + [book.dimension(None, "owner")])  # fmt: skip
    assert found == ["Ines", "unknown", "unknown"]


def test_amounts_are_said_each_in_its_currency():
    assert money(1234.5, "EUR") == "EUR 1,234"
    assert amounts(Sums({"EUR": 10, "USD": 5})) == "EUR 10 + USD 5"
    assert amounts(Sums({"EUR": 10}, 1)) == "n/a"
    assert amounts(Sums()) == "0"
