"""Customers' orders as they are told once a fit is in use: in a company whose ways are known."""

import pytest

from commands import Ask, Grant
from commands._order_told import told_of
from commands._supply import supply
from storage.fits import refit
from storage.forecasts import order_eta
from tests.commands.dialogue import BERLIN, say, verify
from tests.storage.forecasts.company import NOW, TODAY, Company

BEFORE = NOW.replace(month=2, day=27)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    company = Company(tmp_path_factory.mktemp("company"), days=200, a_day=2)
    refit(company.world.store, [order_eta.MODEL], NOW, BERLIN, lambda *_: None)
    return company.world


def seen(world, now=NOW):
    with world.reader() as session:
        return supply(session, Ask("order", now, BERLIN, Grant.everything()))


def test_each_open_line_is_told_by_its_days(world):
    chain = seen(world)
    found = told_of(chain, chain.chain.sales.values())
    assert chain.reaches
    assert chain.left_out is None
    assert {(one.share, one.event) for one in found} == {(0.5, "arrives"), (0.8, "arrives")}
    assert len({one.subject for one in found}) > 20
    halves = {one.subject: one.by for one in found if one.share == 0.5}
    assert all(one.by >= halves[one.subject] for one in found if one.share == 0.8)


def test_before_there_is_a_fit_nothing_is_stated(world):
    chain = seen(world, BEFORE)
    assert chain.chain.sales
    assert told_of(chain, chain.chain.sales.values()) == ()
    assert chain.left_out == "Days for putting away, picking and transport are not in it."
    assert not chain.reaches


def test_cards_and_lists_state_the_days_that_they_show(world):
    for line, shares in (("order S397", 2), ("order S397 for the customer", 2), ("why S397", 3),
                         ("impact Steel", 1)):  # fmt: skip
        said = say(world, line, now=NOW)
        assert said.statements, line
        assert len({(one.model, one.share) for one in said.statements}) == shares, line
        assert all(one.by >= TODAY for one in said.statements), line


def test_a_card_says_when_it_is_there_and_the_chance_to_miss_its_day(world):
    verify(world, [
        ("order S397", "answer", "1 of 1 lines open", "8 in 10 by ",
         "It misses 24 Mar with a chance"),
        ("order S397 for the customer", "answer", "We now expect it to be with you by "),
        ("why S397", "answer", "So S397 can be there "),
    ], now=NOW)  # fmt: skip
    before = say(world, "order S397", now=NOW)
    assert not any("not in it" in one.text for one in before.notes)
