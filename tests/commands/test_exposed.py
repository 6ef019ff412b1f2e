"""`exposed` as people ask it, and the three clicks from the alert to the supplier."""

import pytest

from commands import Notice
from tests.commands.dialogue import grant, say, verify, words_of
from tests.commands.story import tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("exposed")))


def test_the_dialogue(world):
    verify(world, [
        ("exposed", "answer", "**EUR 44,000 a year is exposed**: 1 customer at risk waits",
         "Harbour & Sons | 44000 | S00471, 4 d late", "nps",
         "1 more waits for a late order and shows no signal"),
        ("exposed over 1000", "answer", "Lines under 1,000 are left out"),
        ("exposed over 9000", "answer", "**Nothing is exposed**"),
        ("exposed quiet", "answer", "**Nothing is exposed**: 1 customer waits"),
        ("revenue at risk", "answer", "is exposed"),
        ("exposed nobody", "error", "I know no “nobody”"),
    ])  # fmt: skip


def test_from_the_exposed_customer_to_the_supplier_in_three_clicks(world):
    said = say(world, "exposed")
    labels = []
    for wanted in ("why", "impact", "lead-time"):
        up = next(up for up in said.follow_ups if up.line.startswith(wanted))
        labels.append(up.label)
        said = say(world, up.line)
    assert labels == [
        "Why is Harbour & Sons late?", "Who else waits for Borealis Steel?", "Lead time",
    ]  # fmt: skip
    assert "▲ slower" in words_of(said)


def test_who_looks_after_a_customer_and_who_buys_for_it_are_named(world):
    text = words_of(say(world, "exposed"))
    assert "Account owners: Harbour & Sons: ana@example.com." in text
    assert "Buyers: Harbour & Sons: Max." in text
    assert "Max" not in words_of(say(world, "exposed", sees=grant("customers", "revenue")))


def test_money_is_only_for_those_who_may_see_it(world):
    said = say(world, "exposed", sees=grant("customers"))
    text = words_of(said)
    assert "44" not in text.replace("S00471", "")
    assert "Borealis" not in text
    assert "Harbour & Sons" in text
    assert "Left out" in text
    assert isinstance(say(world, "exposed", sees=grant("personal")), Notice)


def test_nothing_open_is_said(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-01-01", shipped="2026-01-05")
    verify(world, [("exposed", "notice", "No open orders")])


def test_what_nobody_can_tell_is_no_part_of_an_all_clear(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-03-01", promised="2026-04-30")
    world.sale(world.customer("Burr"), "2026-03-01", promised="2026-04-30")
    assert say(world, "exposed").summary.text == (
        "**Nothing is exposed**: no customer waits for a late order; when 2 open lines will arrive"
        " can't be told."
    )
