"""What the fitted curves say in answers, and that nothing is said of a fit that is not used."""

import json
from datetime import date, timedelta

import pytest

from commands import Notice
from storage.models import ForecastFit
from tests.commands.dialogue import NOW, grant, say, words_of
from tests.commands.story import day
from tests.storage.world import World

DAY = timedelta(days=1)


def curve(*path, n=40.0, times=(30, 40, 50), left=(0.5, 0.2, 0.1)):
    return {"path": list(path), "n": n, "times": list(times), "left": list(left)}


def fitted(world, parts, *, is_used=True, fitted_at=NOW - timedelta(hours=3)):
    params = {"dimensions": ["supplier", "item"], "parts": parts}
    world._add(
        ForecastFit, model="lead-time", version=1, fitted_at=fitted_at, starts_on=date(2025, 1, 1),
        ends_on=date(2026, 1, 1), rows=900, params=json.dumps(params), backtest={},
        is_used=is_used, why="",
    )  # fmt: skip


@pytest.fixture
def world(tmp_path):
    """Steel took 10 days a year long, and has an order open since 20 days."""
    world = World(tmp_path)
    world.steel, world.bolt = world.supplier("Steel"), world.item("Bolt")
    for ago in range(40, 400, 6):
        world.purchase(world.steel, world.bolt, day(ago), received=day(ago - 10))
    order = world.fact(
        "purchaseorder", number="PX9", supplier_ref=world.steel, **world.when("ordered", day(20))
    )
    world.purchase_line(order, world.bolt, promised=day(1))
    return world


def steel(world, **more):
    return curve(f"{world.erp}/{world.steel}", **more)


def test_an_open_purchase_is_told_by_the_curve_that_was_fitted(world):
    fitted(world, [curve(times=(90,), left=(0.0,)), steel(world, n=23)])
    text = words_of(say(world, "order PX9"))
    assert "half by 30 Mar, 8 in 10 by 9 Apr" in text
    assert (
        "When it comes is told by the lead times of its supplier"
        " (the closest orders weigh as much as 23 of today's)." in text
    )


def test_a_supplier_with_few_orders_is_told_by_what_it_belongs_to(world):
    fitted(world, [curve(), steel(world, n=4)])
    assert "by the lead times of all purchases (the closest orders weigh as much as 4" in words_of(
        say(world, "order PX9")
    )


@pytest.mark.parametrize("how", [{"is_used": False}, {"fitted_at": NOW + timedelta(hours=1)}])
def test_a_fit_that_is_not_used_or_not_yet_made_changes_nothing(world, how):
    lines = ("order PX9", "lead-time", "suppliers Steel")
    before = [words_of(say(world, line)) for line in lines]
    fitted(world, [curve(), steel(world)], **how)
    assert [words_of(say(world, line)) for line in lines] == before


def told(world, line, **how):
    return {
        (one.subject.partition(":")[0], one.event, one.share, one.by.isoformat(), one.is_fallback)
        for one in say(world, line, **how).statements
    }


def test_what_is_told_of_an_open_purchase_can_be_held_against_what_comes(world):
    before = told(world, "order PX9")
    assert {(share, is_fallback) for _, _, share, _, is_fallback in before} <= {
        (0.5, True), (0.8, True),
    }  # fmt: skip
    fitted(world, [curve(times=(90,), left=(0.0,)), steel(world, n=23)])
    assert told(world, "order PX9") == {
        ("purchaseline", "arrives", 0.5, "2026-03-30", False),
        ("purchaseline", "arrives", 0.8, "2026-04-09", False),
    }  # fmt: skip
    assert isinstance(say(world, "order PX9", sees=grant("customers")), Notice)


def test_what_is_told_of_an_order_of_today_can_be_too(world):
    assert told(world, "lead-time") == set()
    bolt = curve(f"{world.erp}/{world.steel}", f"{world.erp}/{world.bolt}")
    fitted(world, [curve(n=300), steel(world, n=4, times=(5, 6, 7)), bolt])
    days = {0.5: "2026-04-19", 0.8: "2026-04-29", 0.9: "2026-05-09"}
    of_company = {("company", "arrives", share, day, False) for share, day in days.items()}
    assert told(world, "lead-time") == of_company
    assert {one[0] for one in told(world, "lead-time Steel")} == {"supplier"}
    assert {one[0] for one in told(world, "suppliers Steel")} == {"supplier"}
    assert {one[0] for one in told(world, "lead-time Bolt")} == {"item"}
    assert told(world, "lead-time last 365 days") == set()


def scored(world, held, missed, share):
    for number in range(held + missed):
        world.told("lead-time", f"purchaseline:a:b/{number}", share, NOW.date() - 3 * DAY,
                   NOW - 40 * DAY, held=number < held, scored=NOW - DAY)  # fmt: skip


def test_chances_are_told_by_what_came_of_them_where_that_is_less(world):
    fitted(world, [curve(), steel(world)])
    scored(world, 43, 7, 0.9)
    scored(world, 35, 15, 0.8)
    text = words_of(say(world, "lead-time"))
    assert "half come by 19 Apr, 70 in 100 by 29 Apr, 86 in 100 by 9 May;" in text
    assert "Of the last 50 “8 in 10 by” statements 35 held (40 expected)." in text
    text = words_of(say(world, "order PX9"))
    assert "half by 30 Mar, 70 in 100 by 9 Apr" in text
    assert "Half by | 70 in 100 by" in text
    assert "Of the last 50 “8 in 10 by” statements 35 held (40 expected)." in text
    assert "70 in 100 by 29 Apr" in words_of(say(world, "suppliers Steel"))


def test_lead_time_says_when_an_order_of_today_comes(world):
    fitted(world, [curve(n=300), steel(world, n=4, times=(5, 6, 7))])
    assert (
        "Of orders placed today half come by 19 Apr, 8 in 10 by 29 Apr, 9 in 10 by 9 May; it rests"
        " on orders of the company that weigh as much as 300 of today's."
        in words_of(say(world, "lead-time"))
    )
    text = words_of(say(world, "lead-time Steel"))
    assert "half come by 25 Mar, 8 in 10 by 26 Mar" in text
    assert "weigh as much as 4 of today's, so mostly on those of all it belongs to." in text


def test_a_question_of_a_window_of_the_past_says_nothing_of_today(world):
    fitted(world, [curve()])
    assert "placed today" not in words_of(say(world, "lead-time last 365 days"))


def test_the_card_of_a_supplier_says_it_too(world):
    fitted(world, [curve(), steel(world)])
    assert "Of orders placed today half come by 19 Apr" in words_of(say(world, "suppliers Steel"))


def test_a_share_that_the_curve_does_not_reach_is_left_out(world):
    fitted(world, [curve(left=(0.5, 0.3, 0.25)), steel(world, times=(), left=())])
    assert "half come by 19 Apr; it rests on orders" in words_of(say(world, "lead-time"))
    assert "not yet estimable" in words_of(say(world, "lead-time Steel"))
