"""`stock` and `launch` where a fit tells chances to run out."""

from datetime import timedelta

import pytest
from sqlmodel import select

from storage.fits import _keep
from storage.forecasts import Fit
from storage.forecasts._report import Report
from storage.forecasts._scores import Scores
from storage.forecasts.stock import MODEL
from storage.issued import Statement
from storage.issued import keep as keep_told
from storage.models import ForecastIssued
from tests.commands.dialogue import NOW, say, synced, verify, words_of
from tests.commands.stock_world import day, item, lies, stocked, used
from tests.storage.world import BERLIN, World

LATER = NOW + timedelta(minutes=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Coils last 5 days and come in 12, as half of them do in 20 days; a fit is in use."""
    world = stocked(tmp_path_factory.mktemp("chance"))
    used(world, item(world, "Rod", "Steel", 1), on_hand=30, per_day=1)
    world.purchase(world.steel, world.bolt, day(-100), qty=9, received=day(-80), site="North")
    world.ring = item(world, "Ring", "Steel", 1)
    used(world, world.ring, on_hand=22, per_day=1)
    world.purchase(world.steel, world.ring, day(-5), qty=9, site="North")
    keep(world)
    return world


def keep(world):
    """A fit that did better than its baseline."""
    with world.reader() as session:
        made = MODEL.fit(session, NOW, BERLIN)
    scores = {"leadline": Scores(90, brier=0.1), "fixed": Scores(90, brier=0.2)}
    report = Report("stock", 9, made.start, made.end, scores)
    assert _keep(world.store, MODEL, Fit(made.params, 9, made.start, made.end), report, NOW).is_used


def figures(said):
    return {one.name: one.value for one in said.readings}


def rows(said):
    return {row[0]: row[1] for row in said.table.rows}


def test_the_dialogue(world):
    verify(world, [
        ("stock", "answer", "Item | Runs out | On hand | Per day | Cover | Next | 9 in 10",
         "of 3 items with some free are expected to run out.", "500 paths from seed"),
        ("stock coil", "answer", "99 in 100 to run out before the next receipt (1 Apr).",
         "The chance to run out goes by the lead times of"),
        ("stock bolt", "answer", "in 100 to run out before an order of today comes."),
        ("stock coil service 99 %", "answer", "for a service of 99 % (it is below that)"),
        ("stock coil service 2 %", "error", "I can't read that service level"),
        ("stock service 95 %", "error", "A service level of which item?", "stock Bolt service"),
        ("launch coil", "answer", "99 in 100 to run out before more comes.",
         "more comes in a year at the earliest."),
        ("stock pane", "answer", "**Pane is out**"),
    ], now=LATER)  # fmt: skip


def test_each_item_has_its_chance_and_they_stand_in_its_order(world):
    found = rows(say(world, "stock", now=LATER))
    assert next(iter(found)) == "Pane"
    assert found["Coil"] > 0.98
    assert found["Bolt"] < 0.05
    # 22 days, 15 to go for most, and more than 20 for some that are older than any that came
    assert found["Bolt"] < found["Ring"] < found["Coil"]
    assert found["Frame"] is None  # it is not used
    assert found["Rod"] is None  # it was never ordered
    told = [share for share in found.values() if share is not None]
    assert told == sorted(told, reverse=True)


def test_the_list_the_card_and_the_launch_tell_the_same(world):
    listed = rows(say(world, "stock", now=LATER))["Ring"]
    for line in ("stock ring", "launch ring"):
        told = figures(say(world, line, now=LATER))["chance to run out"]
        assert told == pytest.approx(listed)


def test_of_what_is_all_reserved_it_is_said_that_it_lies_there_until_it_is_used(tmp_path):
    world = World(tmp_path)
    world.places("North")
    world.steel = world.supplier("Borealis Steel")
    hook = item(world, "Hook", "Steel", 1)
    used(world, hook, on_hand=0, per_day=1)
    lies(world, hook, 22, reserved=22)
    for ago in (100, 200):
        world.purchase(world.steel, hook, day(-ago), qty=9, received=day(20 - ago), site="North")
    world.purchase(world.steel, hook, day(-5), qty=9, site="North")
    synced(world)
    keep(world)
    said = words_of(say(world, "stock hook", now=LATER))
    assert "**Hook has none free**" in said
    assert "; what is reserved lies there until it is used." in said
    said = words_of(say(world, "stock", now=LATER))
    assert "1 item of which none is free: what is reserved lies there until it is used" in said
    assert "none of it is free now" in words_of(say(world, "launch hook", now=LATER))


def test_a_higher_service_orders_earlier(world):
    points = [
        figures(say(world, f"stock coil{words}", now=LATER))["reorder point"]
        for words in ("", " service 95", " service 99.9 %", " service 60 %")
    ]
    assert points[0] == points[1]
    assert points[3] <= points[0] <= points[2]
    # ten a day, and 20 days under way: on the morning after, up to nine less may lie there
    assert 200 < points[0] <= 220


def test_what_is_told_of_items_on_order_is_kept(world):
    said = say(world, "stock", now=LATER)
    told = {one.subject.rpartition("/")[2] for one in said.statements}
    assert told == {world.coil, world.ring}
    (coil,) = say(world, "stock coil", now=LATER).statements
    assert (coil.model, coil.event) == ("stock", "runs out")
    assert day(10) <= coil.by <= day(364)
    assert say(world, "stock bolt", now=LATER).statements == ()
    assert say(world, "stock coil in North", now=LATER).statements == ()
    assert say(world, "stock by category", now=LATER).statements == ()


def test_how_such_statements_came_out_is_said_where_enough_have(world):
    with world.store.writer() as session:
        for number in range(12):
            told = Statement("stock", f"item:x/{number}", "runs out", 0.25, day(-3))
            keep_told(session, [told], {"stock": 1}, NOW - timedelta(days=9), BERLIN)
        for row in session.exec(select(ForecastIssued)):
            row.held, row.scored_at = row.id % 4 == 0, NOW
    said = words_of(say(world, "stock coil", now=LATER))
    assert "Of 12 such statements 3 held (3 expected)." in said


def test_without_a_fit_it_is_as_it_was(world):
    before = NOW - timedelta(minutes=1)
    said = say(world, "stock", now=before)
    assert "Runs out" not in words_of(said)
    assert (say(world, "stock coil", now=before).statements, said.statements) == ((), ())
    text = words_of(say(world, "stock coil", now=before))
    assert (
        "Order at 200 for a service of 95 % (it is below that): 0 of that is safety stock." in text
    )
    assert figures(say(world, "stock coil service 99 %", now=before))["reorder point"] == 200
    assert "100 in 100 to run out" in words_of(say(world, "launch coil", now=before))
