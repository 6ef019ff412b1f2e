"""What is wrong with a draft, field by field; how it is kept is in test_sent.py."""

import msgspec
import pytest

from bot.alerts.draft import Choice, Draft
from bot.alerts.ruled import problems, rule_of

TOTAL = Choice(False, "median", "days", 32.0, True, ("supply",))
EACH = Choice(True, "Days", "days", 32.0, True, ("supply",))
DRAFT = Draft("C1", "lead-time", "U1", "Lead time", choices=(TOTAL, EACH), value="40")


def draft(**more):
    return msgspec.structs.replace(DRAFT, **more)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, None),
        ({"value": "-3.5"}, None),
        ({"value": "4e1"}, "value"),
        ({"value": "１２"}, "value"),
        ({"condition": "up", "value": "0"}, "value"),
        ({"condition": "up", "value": "-5"}, "value"),
        ({"condition": "new", "value": ""}, None),
        ({"clear": "39"}, None),
        ({"clear": "x"}, "clear"),
        ({"clear": "40.5"}, "clear"),
        ({"condition": "below", "clear": "39"}, "clear"),
        ({"condition": "below", "clear": "44"}, None),
        ({"condition": "down", "value": "20", "clear": "25"}, "clear"),
        ({"condition": "down", "value": "20", "clear": "15"}, None),
        ({"condition": "at most", "clear": "40"}, None),
        ({"pending": "1000"}, None),
        ({"pending": "1001"}, "pending"),
        ({"pending": ""}, "pending"),
        ({"quiet_from": "20:00", "quiet_to": "07:00"}, None),
        ({"quiet_to": "07:00"}, "quiet_from"),
        ({"runbook": "https://wiki.example.com/a?b=c#d"}, None),
        ({"runbook": "https://"}, "runbook"),
        ({"runbook": "javascript:alert(1)"}, "runbook"),
        ({"runbook": "https://x.example/<!channel>"}, "runbook"),
        ({"runbook": "https://[x"}, "runbook"),
        ({"runbook": "https://x.example/" + "a" * 500}, "runbook"),
        ({"scope": "mine"}, "scope"),
        ({"scope": "mine", "figure": "each:Days"}, None),
        ({"scope": "team:S1", "condition": "new"}, None),
        ({"where": "other"}, "other"),
        ({"where": "other", "other": "C2"}, None),
    ],
    ids=str,
)
def test_each_fault_is_told_at_its_own_field(more, field):
    assert list(problems(draft(**more))) == ([field] if field else [])


def test_a_figure_without_a_unit_is_held_against_a_bare_number():
    count = Choice(False, "orders", "count", 3.0, True, ("supply",))
    share = Choice(False, "open share", "%", 3.0, True, ("supply",))
    made = rule_of(draft(choices=(count,)), "UTC")
    assert (made.when, made.unit) == ("above 40", "")
    made = rule_of(draft(choices=(share,)), "UTC")
    assert (made.when, made.unit) == ("above 40 %", "")


def test_a_name_is_that_of_the_answer_unless_one_gives_another():
    assert rule_of(draft(), "UTC").title == "Lead time"
    assert rule_of(draft(name="Steel"), "UTC").title == "Steel"
    assert len(rule_of(draft(title="x" * 200), "UTC").title) <= 60
