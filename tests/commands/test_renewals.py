"""`renewals` as people ask it."""

from decimal import Decimal

import pytest

from tests.commands.dialogue import grant, say, synced, verify, words_of
from tests.commands.people import ago, ahead, company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    made = company(World(tmp_path))
    account = made.account("Contract Only")
    made.contract(account, ago(700), ends=ahead(20), mrr=Decimal(50), currency="EUR")
    passed = made.account("Passed")
    made.contract(passed, ago(700), ends=ahead(20), notice_days=60)
    dealing = made.account("Only A Deal")
    made.deal(dealing, ahead(50), amount=700)
    return made


def test_what_is_due_counts_to_the_day_of_notice(world):
    verify(world, [
        ("renewals", "answer", "3 renewals must be decided** in the next 60 days",
         "first Contract Only, by 9 Apr (in 20 d)", "They bring EUR 13,300 a year",
         f"Nordwind Retail | {ahead(40)} | {ahead(70)} | EUR 12,000 | nothing due in 90 d",
         f"Contract Only | {ahead(20)} (notice not known)", f"{ahead(50)} (deal)",
         "1 more end soon, but their deadline has passed", "the end itself counts",
         "What renews itself", "dates of contracts kept since"),
        ("renewals next 30 days", "answer", "1 renewal must be decided"),
        ("renewals next quarter", "answer", "3 renewals"),
        ("renewals next 10 days", "answer", "Nothing to decide** in the next 10 days"),
        ("renewals nordwind", "answer", "1 renewal of Nordwind Retail"),
        ("renewals gone", "notice", "No renewal of Gone Ltd is known"),
        ("renewals next 9999 days", "error", "I can't read that time"),
        ("renewals nordwnd", "error", "I know no “nordwnd”"),
    ])  # fmt: skip


def test_what_speaks_against_it_stands_beside_it(world):
    said = say(world, "renewals")
    row = next(at for at, row in enumerate(said.table.rows) if row[0] == "Nordwind Retail")
    assert "quiet 74 d" in said.table.rows[row][5]
    assert "notice deadline" not in said.table.rows[row][5]
    assert row in said.table.bold


def test_unknown_money_is_not_nothing(world):
    account = world.account("No Money Told")
    world.contract(account, ago(10), ends=ahead(10))
    said = say(world, "renewals")
    assert next(row for row in said.table.rows if row[0] == "No Money Told")[3] == "n/a"
    assert "of 1 the money is not known" in words_of(said)


def test_the_amounts_of_a_year_are_revenue(world):
    said = say(world, "renewals", sees=grant("customers"))
    assert "EUR" not in words_of(said)
    assert "Nordwind Retail" in words_of(said)


def test_without_contracts_it_says_what_it_needs(tmp_path):
    world = World(tmp_path)
    synced(world)
    verify(world, [("renewals", "notice", "No renewal is known", "contracts with an end")])
