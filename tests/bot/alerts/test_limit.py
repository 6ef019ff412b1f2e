import pytest

from bot.alerts.limit import NEVER, check, has_goal, watch_of
from bot.alerts.rule import Rule
from storage.watch import BadBound


def rule(when="", clear="", **more):
    return Rule("r", "otif", "C1", when, clear, **more)


def test_a_number_is_taken_as_it_is_written():
    watch = watch_of(rule("above 40", "below 34"), {})
    assert (str(watch.when), str(watch.clear)) == ("above 40", "below 34")


def test_a_goal_is_the_number_that_the_company_wrote_for_that_metric():
    watch = watch_of(rule("below goal"), {"otif": 0.95, "lead-time": 30.0}, "otif")
    assert watch.when.holds(0.949)
    assert not watch.when.holds(0.95)
    assert watch.clear.limit == pytest.approx(0.9975)


def test_a_goal_that_nobody_wrote_says_where_to_write_it():
    with pytest.raises(BadBound, match="no goal for otif; write one under"):
        watch_of(rule("below goal"), {"lead-time": 30.0}, "otif")


@pytest.mark.parametrize("when", ["above 20 %", "above 20"])
def test_a_change_is_in_percent_with_or_without_the_sign(when):
    watch = watch_of(rule(when, kind="change"), {})
    assert watch.when.holds(0.21)
    assert not watch.when.holds(0.2)


@pytest.mark.parametrize("kind", ["unusual", "new"])
def test_what_is_so_or_is_not_needs_no_thresholds(kind):
    watch = watch_of(rule(kind=kind), {})
    assert [watch.verdict(value) for value in (0.0, 1.0)] == ["clear", "breach"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (rule("over 40"), "is no threshold"),
        (rule("above 40", "below 50"), "can both hold"),
        (rule("above the goal"), "is no threshold"),
        (rule("above goal", "under 3"), "is no threshold"),
        (rule("below goal", kind="change"), "a change has no goal"),
        (rule(""), "is no threshold"),
    ],
)
def test_what_no_goal_could_make_right_is_refused_when_it_is_read(bad, says):
    with pytest.raises(BadBound, match=says):
        check(bad)


def test_what_a_goal_can_make_right_passes():
    for good in (rule("below goal"), rule("above goal", "below 5 %"), rule("above 3 %")):
        check(good)
    assert [has_goal(one) for one in (rule("below goal"), rule("above 3"))] == [True, False]


def test_what_can_not_be_judged_never_fires():
    assert not NEVER.when.holds(1e300)
