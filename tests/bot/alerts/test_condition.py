"""What is chosen in the menu and what a rule writes are the same, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.condition import CONDITIONS, read, written
from bot.alerts.limit import check
from bot.alerts.rule import Rule

AMOUNTS = st.decimals(min_value=1, max_value=10**6, places=2).map(lambda one: f"{one:f}")


@given(st.sampled_from(sorted(CONDITIONS)), AMOUNTS, st.sampled_from(["", "%", "days"]))
def test_a_rule_is_read_back_as_it_was_chosen(name, value, unit):
    condition = CONDITIONS[name]
    rule = Rule("x", "lead-time", "C1", **written(condition, value, "", unit))
    check(rule)
    number = "" if condition.needs == "nothing" else value
    assert read(rule) == (condition, number, "")


@pytest.mark.parametrize(
    ("name", "unit", "when", "clear"),
    [("above", "days", "above 40", "below 34"), ("at most", "%", "at most 40 %", "above 34 %"),
     ("up", "days", "above 40 %", "below 34 %"), ("down-year", "", "below -40 %", "above -34 %"),
     ("over-goal", "days", "above goal", ""), ("new", "days", "", "")],
)  # fmt: skip
def test_a_threshold_is_written_in_its_unit(name, unit, when, clear):
    found = written(CONDITIONS[name], "40", "34", unit)
    assert (found["when"], found["clear"]) == (when, clear)


def test_a_rule_of_another_making_is_read_as_near_as_it_can_be():
    assert read(Rule("x", "lead-time", "C1", "at least 5", kind="change", versus="prior"))[0].name
    assert read(Rule("x", "lead-time", "C1", "AT LEAST  5"))[:2] == (CONDITIONS["at least"], "5")
