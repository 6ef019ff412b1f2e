"""`tickets` as people ask it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.dialogue import NOW, grant, say, synced, verify
from tests.commands.people import ago, company
from tests.storage.world import World


def at(hours):
    return NOW - timedelta(hours=hours)


@pytest.fixture
def busy(tmp_path):
    """Forty tickets, one every 30 hours, each answered after 5 hours and closed after 40."""
    world = World(tmp_path)
    account = world.account("Acme", segment="food", owner="Ines")
    for number in range(40):
        opened = 30 * number + 20
        world.ticket(
            account, at(opened), closed=at(opened - 40) if opened > 40 else None,
            first_response_at=at(opened - 5), priority="high" if number % 2 else "low",
            number=f"T{number}", subject=f"Question {number}",
        )  # fmt: skip
    synced(world)
    return world


@pytest.mark.slow
def test_what_waits_and_how_long_it_takes(busy):
    verify(busy, [
        ("tickets", "answer", "1 ticket open; a solution takes 40 h** (median)", "within 40 h",
         "A first response takes 5 h (median)", "● A solution takes about as long",
         "T0 | Acme | low | 1 | yes | Question 0", "opened again is n/a"),
        ("tickets by priority", "answer", "high | 40.0 | 40.0 | 5.0", "low | 40.0"),
        ("open tickets acme", "answer", "1 ticket of Acme open"),
        ("tickets by month last 90 days", "answer", "2026-03 | 40.0"),
        ("tickets last 7 days", "answer", "tickets counted 6"),
        ("tickets by colour", "error", "can't be split", "[by priority]"),
        ("tickets akme", "error", "I know no “akme”"),
    ])  # fmt: skip


def test_slower_is_said(tmp_path):
    world = World(tmp_path)
    account = world.account("Acme")
    for number in range(60):
        opened = 36 * number + 100
        takes = 90 if opened < 24 * 30 else 20
        world.ticket(account, at(opened), closed=at(opened - takes), number=str(number))
    synced(world)
    verify(world, [
        ("tickets", "answer", "a solution takes 3.8 days", "▲ slower than in the 30 days before",
         "20 h then", "First responses are n/a"),
    ])  # fmt: skip


def test_few_are_said_to_be_few(tmp_path):
    world = company(World(tmp_path))
    verify(world, [("tickets nordwind", "answer", "1 ticket of Nordwind Retail open",
                    "can't be told yet", "Only 1: one more")])  # fmt: skip
    row = say(world, "tickets").table.rows[0]
    assert row[1:5] == ("Nordwind Retail", "high", 15, "▲ no")
    assert 0 in say(world, "tickets").table.bold


def test_without_tickets_it_says_what_it_needs(tmp_path):
    verify(World(tmp_path), [("tickets", "notice", "No tickets yet")])


def test_what_happened_later_is_not_known(busy):
    then = datetime(2026, 3, 10, tzinfo=UTC)
    before = say(busy, "tickets", now=then)
    busy.ticket("account-1", ago(0))
    assert say(busy, "tickets", now=then).readings == before.readings


def test_tickets_are_for_those_who_may_see_customers(busy):
    verify(busy, [("tickets", "error", "nothing that I may show")], sees=grant("supply"))
