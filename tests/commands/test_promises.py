"""`promises` as people ask it: what moved among what is open, and nothing that one may not see."""

from datetime import timedelta

import pytest

from bot.alerts.look import look
from bot.alerts.rule import Rule
from bot.channel import Desk
from commands import Grant, Notice, load
from tests.commands import story
from tests.commands.dialogue import BERLIN, NOW, grant, say, synced, verify, words_of
from tests.commands.story import day
from tests.storage.world import World


def moved(world, line, table, *days):
    """The promise of a line that is not saved yet moves: (seen so many days ago, to that day)."""
    for ago, to in days:
        world.overwrite(table, line, "promised_on", day(to), NOW - timedelta(days=ago))


def bought(world, supplier, ago, promised, *moves, received=None):
    seen = NOW - timedelta(days=ago)
    order = world.fact(
        "purchaseorder", number=f"P{ago:03}", supplier_ref=supplier, seen=seen,
        **world.when("ordered", day(ago)),
    )  # fmt: skip
    line = world.fact(
        "purchaseline", order_ref=order, item_ref=None, qty=2, seen=seen,
        promised_first=day(promised), promised_on=day(promised),
    )  # fmt: skip
    moved(world, line, "purchaseline", *moves)
    if received:
        world.receive(line, day(received), qty=2)
    return line


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("promises"))
    steel, glass = world.supplier("Borealis Steel"), world.supplier("Cobalt Glass")
    bought(world, steel, 60, 20, (40, 15), (20, 10), (3, 9))  # 20 days ago, then +5, +5, +1
    bought(world, steel, 50, 10, (10, -4))
    bought(world, glass, 45, -5, (30, -2), (5, -5))  # there and back
    bought(world, glass, 40, -6)  # as it was
    bought(world, glass, 39, 30, (35, 20), received=19)  # it came
    bought(world, glass, 300, 250, (200, 240))  # long ago
    party = world.customer("Harbour & Sons")
    account = world.account("Harbour Group")
    world.link(party, account)
    order = world.fact(
        "salesorder", number="S1", customer_ref=party, seen=NOW - timedelta(days=30),
        **world.when("ordered", day(30)),
    )  # fmt: skip
    line = world.fact(
        "salesline", order_ref=order, qty=1, seen=NOW - timedelta(days=30), promised_first=day(9),
        promised_on=day(9),
    )  # fmt: skip
    moved(world, line, "salesline", (8, 2))
    synced(world)
    return world


def test_the_dialogue(world):
    verify(world, [
        ("promises", "answer", "**The promise of 3 of 5 open lines moved** in the last 90 days",
         "the latest is P060 from Borealis Steel: the promise slipped 3 times (+11 d), now 11 Mar",
         "2 are later than first promised, 0 sooner; the farthest by +14 d.",
         "[Order P060]", "[Promises of customers]"),
        ("promises cobalt", "answer", "**The promise of 1 of 3 open lines of Cobalt Glass moved**",
         "the promise moved 2 times (+0 d in all)"),
        ("promises last 4 days", "answer", "**The promise of 1 of 5 open lines moved** in"),
        ("promises today", "answer", "**No promise moved** today, of 5 open lines."),
        ("promises customers", "answer", "**The promise of 1 of 1 open line moved**",
         "S1 for Harbour & Sons: the promise slipped once (+7 d)", "[Promises of suppliers]"),
        ("promises harbour group", "answer", "**The promise of 1 of 1 open line of Harbour Group"),
        ("slipped promises borealis", "answer", "of 2 open lines of Borealis Steel moved"),
        ("which promised dates were moved?", "answer", "of 5 open lines"),
        ("promises bolt", "error", "I know no “bolt”"),
        ("promises by item", "error", "can't be split by “item”"),
        ("promises help", "notice", "Usage"),
    ])  # fmt: skip


def test_the_line_that_moved_last_stands_first_with_its_first_promise_and_the_one_now(world):
    table = say(world, "promises").table
    assert [row[0] for row in table.rows] == ["P060", "P045", "P050"]
    assert table.rows[0][2:] == (day(20).isoformat(), day(9).isoformat(), 11, 3)
    assert table.rows[1][4:] == (0, 2)
    assert table.rows[2][4:] == (14, 1)
    assert table.bold == {0, 1}


def test_a_promise_that_was_taken_back_is_said_to_be(tmp_path):
    world = World(tmp_path)
    line = bought(world, world.supplier("Borealis Steel"), 60, 20)
    world.overwrite("purchaseline", line, "promised_on", None, NOW - timedelta(days=3))
    assert "Steel: the promise was taken back, now without a day" in words_of(
        say(world, "promises")
    )


def test_a_promise_that_was_given_again_as_it_was_is_said_to_be(tmp_path):
    world = World(tmp_path)
    line = bought(world, world.supplier("Borealis Steel"), 60, -20)
    world.overwrite("purchaseline", line, "promised_on", None, NOW - timedelta(days=3))
    moved(world, line, "purchaseline", (2, -20))
    said = words_of(say(world, "promises"))
    assert "Steel: the promise was taken back and given again, now 9 Apr 2026" in said


def test_it_is_told_as_it_was_known_then(world):
    then = say(world, "promises", now=NOW - timedelta(days=15))
    assert {row[0]: row[4:] for row in then.table.rows} == {"P060": (10, 2), "P045": (-3, 1)}
    assert then.basis[0].history_from == NOW - timedelta(days=300)


def test_every_open_line_is_behind_it(world):
    said = say(world, "promises", rows=True)
    states = [row[-1] for row in said.evidence.rows]
    assert (len(states), states.count("moved")) == (5, 3)


def test_who_may_see_one_side_alone_gets_that(world):
    sales = say(world, "promises", sees=grant("customers"))
    assert "S1" in words_of(sales)
    assert "Borealis" not in words_of(sales)
    hidden = say(world, "promises suppliers", sees=grant("customers"))
    assert isinstance(hidden, Notice)
    assert "P060" not in words_of(hidden)


def test_nothing_open_is_said(tmp_path):
    verify(World(tmp_path), [("promises", "notice", "Nothing is open")])


def test_a_rule_says_when_a_promise_moved_by_five_days_and_ends_when_it_came(world):
    desk = Desk(world.store, load(), lambda _: Grant.everything(), blocks=list, text=str,
                guarded=lambda _, fn: fn())  # fmt: skip
    rule = Rule("slips", "promises", "C1", "at least 5", figure="Moved", each=True)
    found = look(desk, rule, Grant.everything(), NOW, BERLIN)
    assert found.sight.data == "ok"
    far = {found.sight.labels[one] for one in found.sight.beyond(found.watch.when)}
    assert far == {"P060", "P050"}
    assert found.sight.is_fleeting
    gone = found.sight.seen("purchaseline:odoo:erp/gone", found.watch)
    assert found.watch.verdict(gone.value) == "clear"


def test_the_story_has_one_that_slipped(tmp_path):
    verify(story.tell(World(tmp_path)), [
        ("promises", "answer", "P00900 from Borealis Steel: the promise slipped once (+7 d)"),
    ])  # fmt: skip
