from datetime import timedelta

import pytest

from commands import Ask, Grant
from commands._grammar import read
from commands._launch_rate import PlanError, chance_of, read_plan, run, weeks
from commands._stock_seen import demand, shelf
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.stock_world import day, stocked
from tests.storage.metrics.stock_facts import use

TODAY = NOW.date()
SINCE = TODAY - timedelta(400)


@pytest.mark.parametrize(
    ("line", "per_month", "rest"),
    [
        ("desk plan 50 a month", 50, "desk"),
        ("Desk Mono plan 1,200 per year", 100, "Desk Mono"),
        ("desk plan 2/day", 2 * 365 / 12, "desk"),
        ("desk plan 7 weeks", 365 / 12, "desk"),
        ("desk plan 50", 50, "desk"),
        ("desk Plan 50 a month in North Site", 50, "desk in North Site"),
    ],
)
def test_a_plan_is_read_as_one_says_it(line, per_month, rest):
    plan, words = read_plan(line.split())
    assert (plan.per_day * 365 / 12, plan.is_given) == (pytest.approx(per_month), True)
    assert " ".join(words) == rest


def test_without_a_plan_there_is_none():
    assert read_plan(["desk"]) == (None, ["desk"])


@pytest.mark.parametrize(
    "line", ["plan", "plan x", "plan 0", "plan -5 a day", "plan nan", "plan 1e99"]
)
def test_what_is_no_plan_is_said_to_be_none(line):
    with pytest.raises(PlanError):
        read_plan(line.split())


def steady(per_day, begun, until=1):
    return [use(day(-back), per_day) for back in range(begun, until - 1, -1)]


def test_it_runs_at_what_was_used_lately_against_its_first_weeks():
    found = run([*steady(2, 100, 61), *steady(3, 60)], None, TODAY, SINCE)
    assert (found.per_day, found.days, found.plan.per_day, found.against_plan) == (3, 28, 2, 1.5)
    assert not found.plan.is_given
    assert found.first_use == day(-100)


def test_a_plan_that_was_given_stands():
    plan, _ = read_plan(["plan", "4", "a", "day"])
    assert run(steady(3, 100), plan, TODAY, SINCE).against_plan == 0.75


def test_first_weeks_that_are_not_over_or_not_known_are_no_plan():
    assert run(steady(3, 55), None, TODAY, SINCE).plan is None
    assert run(steady(3, 56), None, TODAY, SINCE).plan is not None
    assert run(steady(3, 400), None, TODAY, SINCE).plan is None


def test_too_new_and_never_used_have_no_rate():
    assert run(steady(3, 6), None, TODAY, SINCE).per_day is None
    assert run(steady(3, 10), None, TODAY, SINCE).per_day == 3
    assert run([use(day(-9), 5, what="lost"), use(TODAY, 5)], None, TODAY, SINCE).first_use is None


def test_returns_count_against_a_week():
    found = weeks([use(day(-1), 9), use(day(-7), -2), use(day(-8), 5)], TODAY, 2)
    assert found == [(day(-14), 5), (day(-7), 7)]


def test_the_chance_is_of_the_next_order_given_its_age(tmp_path):
    world = stocked(tmp_path)
    ask = Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        query = read(session, ask, [], command="launch", kinds=("item",), by=())
        wants = demand(session, ask, shelf(session, ask, query))
    found = {one.cover.item.name: chance_of(one, wants) for one in wants.risks}
    # coils take 20 days, 8 of them are over, and 5 days of them are left
    assert (found["Coil"].share, found["Coil"].wait) == (1, 12)
    assert found["Pane"] is None
