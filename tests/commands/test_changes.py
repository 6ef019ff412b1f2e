"""`changes` as people ask it: a sentence of what is so now and was not."""

from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.story import day, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("changes")))


@pytest.mark.slow
def test_the_dialogue(world):
    verify(world, [
        ("changes", "answer", "**Nothing changed** since Thu 19 Mar 13:00: no order became late",
         "no supplier slowed down (1 with too few orders to tell)."),
        ("changes since friday", "answer", "**2 orders became late** since Fri 13 Mar 13:00.",
         "Became late | Harbour & Sons | S00471, due 2026-03-16", "[Who is exposed?]"),
        ("changes last 30 days", "answer",
         "**2 orders became late, 1 ticket opened, 1 promise moved later, Borealis Steel slowed",
         "down** in the last 30 days.",
         "Promise moved | Borealis Steel | P00900: 2026-03-15 to 2026-03-22 (+7 d)",
         "Slower | Borealis Steel | 42 d now, 30 d in the year before",
         "1 of 2 suppliers have too few orders to tell", "[Who waits for Borealis Steel?]"),
        ("changes last week", "answer", "**1 promise moved later** in the last week."),
        ("what changed", "answer", "**Nothing changed** since Thu"),
        ("what changed since yesterday?", "answer", "**Nothing changed** since 2026-03-19"),
        ("changes since 2031-01-01", "error", "still to come"),
        ("changes borealis", "error", "I know no “borealis”"),
        ("changes by supplier", "error", "can't be split by “supplier”"),
        ("changes help", "notice", "Usage"),
    ])  # fmt: skip


def test_a_day_of_the_week_is_the_last_one_before_today(world):
    assert " since Fri 13 Mar 13:00" in say(world, "changes since Friday").summary.text  # it is one
    assert " since Thu 19 Mar 13:00" in say(world, "changes since thursday").summary.text


def test_only_what_may_be_seen_is_looked_at_and_spoken_of(world):
    supply = say(world, "changes last 30 days", sees=grant("supply"))
    text = words_of(supply)
    assert supply.summary.topics == ("supply",)
    assert "1 promise moved later, Borealis Steel slowed down" in text
    assert "Harbour" not in text
    assert "late**" not in text
    customers = words_of(say(world, "changes last 30 days", sees=grant("customers")))
    assert "2 orders became late, 1 ticket opened" in customers
    assert "Borealis" not in customers
    assert isinstance(say(world, "changes", sees=grant("revenue")), Notice)


def test_figures_that_grew_old_are_said_first(world):
    said = say(world, "changes", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.")


def test_where_nothing_is_known_nothing_is_said_to_be_unchanged(tmp_path):
    said = say(World(tmp_path), "changes")
    assert isinstance(said, Notice)
    assert "Nothing is known that could change" in said.title


def test_what_cannot_be_told_is_named_beside_what_did_not_change(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme")
    world.sale(acme, day(30), amount=100)  # open, without any day
    world.purchase(world.supplier("Rare"), None, day(50), received=day(20))
    synced(world)
    assert say(world, "changes").summary.text == (
        "**Nothing changed** since Thu 19 Mar 13:00: no customer went quiet; orders that became"
        " late and suppliers slower can't be told."
    )
    found = {one.name: one.value for one in say(world, "changes").readings}
    assert (found["orders that became late"], found["suppliers slower"]) == (None, None)
