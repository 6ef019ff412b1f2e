"""What is done to a rule from the list: by who may, once, and written down."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.alerts.own import keep
from bot.alerts.rule import Rule
from bot.settings import Access
from storage.models import AlertRule, Audit, Silence
from tests.bot.conversation import (
    ACCESS,
    ADA,
    NOOR,
    NOW,
    OPS,
    buttons,
    leadline,
    press,
    replies,
    said,
)

pytestmark = pytest.mark.slow  # conversations over HTTP

STEEL = Rule(
    "", "lead-time borealis", OPS, "above 25", title="Lead time Borealis Steel", figure="median",
    unit="days", owner=ADA,
)  # fmt: skip
DECLARED = Rule("tin", "lead-time", OPS, "above 900", title="Lead time of all")


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            keep(session, STEEL, ADA, NOW)
        yield slack, parts


def listed(slack, user=ADA):
    slack.say(user, OPS, "/leadline alerts")
    return said(slack, user, OPS)[-1]


def rows(parts, kind=AlertRule):
    with parts.worker.store.reader() as session:
        return session.exec(select(kind)).all()


def text(message):
    return "\n".join(one["text"]["text"] for one in message.blocks if one["type"] == "section")


def chosen(slack, user, message, hours):
    """Chooses how long a rule is to be silent."""
    menu = next(
        one for block in message.blocks if block["type"] == "actions"
        for one in block["elements"] if one["type"] == "static_select"
    )  # fmt: skip
    option = next(one for one in menu["options"] if one["value"].endswith(f" {hours}"))
    slack.click(user, OPS, message.ts, {
        "type": "static_select", "action_id": menu["action_id"], "selected_option": option,
    })  # fmt: skip


def test_who_may_see_but_not_change_it_has_its_history_alone(line):
    slack, parts = line
    parts.worker.desk.grant_of.__self__.entries = {"supply": Access((ADA, NOOR), (OPS,))}
    assert set(buttons(listed(slack, NOOR))) == {"History", "New…"}
    for kind in ("alert-end", "alert-silence", "alert-back", "alert-speak"):
        slack.click(NOOR, OPS, "1.0", {"action_id": f"{kind}:x:1", "value": "own:1 0 1"})
        assert "Only the owner" in said(slack, NOOR, OPS)[-1].text
    assert rows(parts)[0].ended_at is None
    assert rows(parts, Silence) == []
    assert [one.action for one in rows(parts, Audit)] == ["made"]


@pytest.mark.parametrize(
    ("hours", "until"), [("1", NOW + timedelta(hours=1)), ("24", NOW + timedelta(days=1)),
                         ("0", None)],
)  # fmt: skip
def test_a_rule_is_silent_for_as_long_as_one_chooses(line, hours, until):
    slack, parts = line
    chosen(slack, ADA, listed(slack), hours)
    [silence] = rows(parts, Silence)
    assert (silence.rule, silence.entity, silence.owner, silence.until) == ("own:1", "", ADA, until)
    assert [one.action for one in rows(parts, Audit)] == ["made", "silenced"]
    again = said(slack, ADA, OPS)[-1]
    assert "🔕 silent" in text(again)
    press(slack, ADA, OPS, again, "End silence")
    [silence] = rows(parts, Silence)
    assert silence.ended_at == NOW
    assert "🔕" not in text(said(slack, ADA, OPS)[-1])


def test_a_rule_is_given_up_and_that_is_taken_back(line):
    slack, parts = line
    press(slack, ADA, OPS, listed(slack), "Give up")
    assert rows(parts)[0].ended_at == NOW
    undo = said(slack, ADA, OPS)[-1]
    assert "I gave up “Lead time Borealis Steel”" in text(undo)
    press(slack, ADA, OPS, undo, "Undo")
    assert rows(parts)[0].ended_at is None
    assert "I watch it again" in text(said(slack, ADA, OPS)[-1])
    assert [one.action for one in rows(parts, Audit)] == ["made", "given up", "taken back"]


def test_of_a_rule_of_the_file_operators_alone_end_the_noise(line):
    slack, parts = line
    replies(parts).rules = (DECLARED,)
    click = {"action_id": "alert-silence:x:1", "value": "tin 0 1"}
    slack.click(ADA, OPS, "1.0", click)
    assert "Only the owner" in said(slack, ADA, OPS)[-1].text
    replies(parts).access.entries = ACCESS | {"operators": Access((ADA,))}
    slack.click(ADA, OPS, "1.0", click)
    assert [one.rule for one in rows(parts, Silence)] == ["tin"]
    slack.click(ADA, OPS, "1.0", {"action_id": "alert-end:x:1", "value": "tin 0"})
    refused = said(slack, ADA, OPS)[-1]
    assert "stands in leadline.toml" in refused.text
    assert "Undo" not in buttons(refused)


@pytest.mark.parametrize("value", ["", "own:9 0 1", "own:x 0 1", "tin 0 1", "own:1 0 99", "²"])
def test_what_no_button_of_ours_carries_does_nothing(line, value):
    slack, parts = line
    slack.click(ADA, OPS, "1.0", {"action_id": "alert-silence:x:1", "value": value})
    assert rows(parts, Silence) == []
    assert [one.action for one in rows(parts, Audit)] == ["made"]


def test_an_operator_who_may_not_see_it_gives_it_up_and_does_not_learn_what_it_is(line):
    slack, parts = line
    entries = {"supply": Access((ADA,), (OPS,)), "operators": Access((NOOR,))}
    parts.worker.desk.grant_of.__self__.entries = entries
    press(slack, NOOR, OPS, listed(slack, NOOR), "Give up")
    told = text(said(slack, NOOR, OPS)[-1])
    assert "I gave up that alert." in told
    assert "Borealis" not in told
    assert rows(parts)[0].ended_at == NOW
