"""A dialog that is sent: it is kept as it was filled in, or says at the field what is wrong."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.alerts.own import MOST, keep
from bot.alerts.rule import Rule
from bot.settings import Access
from storage.models import AlertRule, Audit, Episode
from tests.bot.conversation import (
    ADA,
    GENERAL,
    NOOR,
    NOW,
    OPS,
    PARTNERS,
    SECRET,
    change,
    dialog,
    fields,
    leadline,
    press,
    push,
    replies,
    said,
    send,
)

pytestmark = pytest.mark.slow  # conversations over HTTP

ALONE = "D0ADA"


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        yield found


def pressed(slack, channel=OPS):
    slack.say(ADA, channel, "/leadtime borealis")
    press(slack, ADA, channel, said(slack, ADA, channel)[-1], "Alert me…")
    return dialog(slack)


def rows(parts, kind=AlertRule):
    with parts.worker.store.reader() as session:
        return session.exec(select(kind)).all()


def test_who_watches_for_themselves_is_told_alone(line):
    slack, parts = line
    pressed(slack)
    assert send(slack, ADA, value="25") == {}
    assert dialog(slack) is None
    told = said(slack, ADA, OPS)[-1].text
    assert "I watch Lead time Borealis Steel" in told
    assert "I tell you when median goes above 25 days" in told
    parts.worker.tick(NOW, to_the_end=True)
    assert len(said(slack, ADA, ALONE)) == 1
    parts.worker.tick(NOW, to_the_end=True)
    assert len(said(slack, ADA, ALONE)) == 1
    assert said(slack, NOOR, OPS) == []


def test_a_channel_is_told_where_everyone_may_see_it(line):
    slack, parts = line
    pressed(slack)
    send(slack, ADA, value="25", where="here")
    parts.worker.tick(NOW, to_the_end=True)
    [alert] = said(slack, NOOR, OPS)
    assert "25 days" in alert.text


def test_a_rule_is_kept_with_all_that_was_filled_in(line):
    slack, parts = line
    pressed(slack)
    push(slack, ADA, "More options…")
    change(slack, ADA, where="other")
    change(slack, ADA, figure="each:Median")
    told = send(
        slack, ADA, value="40", other=OPS, clear="34", pending="3", keep="4", scope="mine",
        repeat="24", follow_ups="both", severity="critical", quiet_from="20:00", quiet_to="07:00",
        runbook="https://wiki.example.com/steel", name="Steel is slow",
    )  # fmt: skip
    assert told == {}
    [row] = rows(parts)
    rule = dict(row.rule)
    assert (row.owner, row.channel, rule.pop("id")) == (ADA, OPS, "")
    assert rule == {
        "ask": "lead-time borealis", "channel": OPS, "when": "above 40", "clear": "below 34",
        "title": "Steel is slow", "kind": "value", "figure": "Median", "each": True, "versus": "",
        "unit": "days", "owner": ADA, "scope": "mine", "team": "", "every": "PT600S", "pending": 3,
        "recovering": 1, "keep": "PT14400S", "repeat": "P1D", "quiet": "20:00-07:00",
        "zone": "UTC", "follow_ups": "both", "severity": "critical",
        "runbook": "https://wiki.example.com/steel",
    }  # fmt: skip
    [made] = rows(parts, Audit)
    assert (made.who, made.what, made.action, made.before) == (
        ADA,
        f"rule own:{row.id}",
        "made",
        None,
    )


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("above", {"kind": "value", "when": "above 25", "unit": "days", "figure": "median"}),
        ("at most", {"kind": "value", "when": "at most 25", "versus": ""}),
        ("up", {"kind": "change", "when": "above 25 %", "versus": "prior", "unit": ""}),
        ("down-year", {"kind": "change", "when": "below -25 %", "versus": "year"}),
    ],
)
def test_every_condition_is_kept_as_a_rule_writes_it(line, condition, kept):
    slack, parts = line
    pressed(slack)
    if condition != "above":
        change(slack, ADA, condition=condition)
    assert send(slack, ADA, value="25") == {}
    [row] = rows(parts)
    assert {key: row.rule[key] for key in kept} == kept


def test_a_new_row_needs_no_number(line):
    slack, parts = line
    pressed(slack)
    change(slack, ADA, condition="new")
    assert send(slack, ADA) == {}
    [row] = rows(parts)
    assert (row.rule["kind"], row.rule["when"], row.rule["figure"]) == ("new", "", "")


def test_suppliers_that_are_unusually_slow_are_looked_at_once_a_day(line):
    slack, parts = line
    slack.say(ADA, OPS, "/leadline alerts new suppliers")
    change(slack, ADA, condition="unusual")
    assert send(slack, ADA) == {}
    [row] = rows(parts)
    kept = [row.rule[key] for key in ("kind", "when", "figure", "each", "every")]
    assert kept == ["unusual", "", "", False, "P1D"]
    assert "I watch Suppliers" in said(slack, ADA, OPS)[-1].text
    slack.say(ADA, OPS, "/leadline alerts")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[-1], "Edit")
    chosen = fields(dialog(slack))["condition"]["element"]["initial_option"]["value"]
    assert chosen == "unusual"


@pytest.mark.parametrize(
    ("field", "entered", "says"),
    [
        ("value", {"value": "soon"}, "Write a number"),
        ("value", {"value": ""}, "Write a number"),
        ("clear", {"value": "40", "clear": "41"}, "must lie below 40"),
        ("pending", {"pending": "0"}, "whole number from 1"),
        ("pending", {"pending": "2.5"}, "whole number from 1"),
        ("quiet_to", {"quiet_from": "20:00"}, "a beginning and an end"),
        ("quiet_to", {"quiet_from": "20:00", "quiet_to": "20:00"}, "never end"),
        ("runbook", {"runbook": "http://wiki.example.com"}, "https://"),
        ("runbook", {"runbook": "https://a b|c"}, "https://"),
        ("scope", {"scope": "mine"}, "has no owner"),
    ],
    ids=str,
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(line, field, entered, says):
    slack, parts = line
    pressed(slack)
    push(slack, ADA, "More options…")
    told = send(slack, ADA, **entered)
    assert [name.partition(":")[0] for name in told] == [field]
    assert says in next(iter(told.values()))
    assert dialog(slack) is not None
    assert rows(parts) == rows(parts, Audit) == []


def test_what_is_wrong_in_a_field_that_is_not_shown_shows_it(line):
    slack, parts = line
    pressed(slack)
    push(slack, ADA, "More options…")
    push(slack, ADA, "Fewer options", clear="60")
    assert send(slack, ADA, value="50") == {}
    assert "It must lie below 50" in str(dialog(slack)["blocks"])
    assert "clear" in fields(dialog(slack))
    assert rows(parts) == []


@pytest.mark.parametrize(
    ("channel", "says"),
    [(SECRET, "invite me"), (PARTNERS, "Others than our workspace"), (GENERAL, "Not all who read")],
)
def test_a_channel_that_can_not_be_told_is_refused_at_its_field(line, channel, says):
    slack, parts = line
    pressed(slack)
    change(slack, ADA, where="other")
    told = send(slack, ADA, other=channel)
    assert says in told["other"]
    assert rows(parts) == []
    assert send(slack, ADA, other=OPS) == {}
    assert [one.channel for one in rows(parts)] == [OPS]


def test_no_channel_is_no_place(line):
    slack, parts = line
    pressed(slack)
    change(slack, ADA, where="other")
    assert send(slack, ADA, value="25") == {"other": "Choose a channel"}
    assert rows(parts) == []


def test_who_lost_the_right_since_it_was_opened_keeps_nothing(line):
    slack, parts = line
    pressed(slack)
    parts.worker.desk.grant_of.__self__.entries = {"customers": Access((ADA,), ())}
    assert "may not see" in send(slack, ADA, value="25")["where"]
    assert rows(parts) == []


def test_a_channel_that_lost_the_right_is_refused_where_it_was_chosen(line):
    slack, parts = line
    pressed(slack)
    parts.worker.desk.grant_of.__self__.entries = {"supply": Access((ADA,), ())}
    assert "Not all who read" in send(slack, ADA, where="here")["where"]
    assert rows(parts) == []


def test_a_question_that_was_rewritten_is_looked_at_first(line):
    slack, parts = line
    pressed(slack)
    push(slack, ADA, "More options…")
    assert send(slack, ADA, line="lead-time") == {}
    assert "look at its figure" in str(dialog(slack)["blocks"])
    assert rows(parts) == []
    assert send(slack, ADA, line="nonsense") == {"line": "That has no figure that you may see"}
    assert send(slack, ADA, line="lead-time") == {}
    assert [one.rule["ask"] for one in rows(parts)] == ["lead-time"]


def test_a_dialog_that_is_sent_twice_makes_one_rule(line):
    slack, parts = line
    view = pressed(slack)
    body = slack.payloads.submission(ADA, view, {})
    again = slack.payloads.submission(ADA, view, {})
    for one in (body, body, again):
        slack.deliver("interactive", one)
    assert len(rows(parts)) == len(rows(parts, Audit)) == 1


def test_there_is_an_end_to_how_many_one_may_have(line):
    slack, parts = line
    with parts.worker.store.writer() as session:
        for _ in range(MOST):
            keep(session, Rule("", "lead-time", ADA, "above 900", title="x"), ADA, NOW)
    pressed(slack)
    send(slack, ADA)
    assert f"You have {MOST} alerts" in said(slack, ADA, OPS)[-1].text
    assert len(rows(parts)) == MOST


def test_an_edited_rule_keeps_its_running_episode(line):
    slack, parts = line
    pressed(slack)
    send(slack, ADA, value="25", where="here")
    parts.worker.tick(NOW, to_the_end=True)
    [before] = rows(parts, Episode)
    slack.say(ADA, OPS, "/leadline alerts")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[-1], "Edit")
    view = dialog(slack)
    assert view["title"]["text"] == "Change the alert"
    assert fields(view)["value"]["element"]["initial_value"] == "25"
    assert fields(view)["where"]["element"]["initial_option"]["value"] == "here"
    assert send(slack, ADA, value="30", severity="critical") == {}
    [row], [after] = rows(parts), rows(parts, Episode)
    assert (row.rule["when"], row.rule["severity"]) == ("above 30", "critical")
    assert (after.id, after.ended_at, after.phase) == (before.id, None, "firing")
    [_, changed] = rows(parts, Audit)
    assert changed.action == "changed"
    assert (changed.before["when"], changed.after["when"]) == ("above 25", "above 30")


def test_a_rule_that_watches_something_else_begins_anew(line):
    slack, parts = line
    pressed(slack)
    send(slack, ADA, value="25")
    parts.worker.tick(NOW, to_the_end=True)
    slack.say(ADA, OPS, "/leadline alerts")
    press(slack, ADA, OPS, said(slack, ADA, OPS)[-1], "Edit")
    change(slack, ADA, figure="total:9 in 10 within")
    assert send(slack, ADA, value="30") == {}
    [episode] = rows(parts, Episode)
    assert episode.ended_at == NOW
    parts.worker.tick(NOW + timedelta(hours=1), to_the_end=True)
    assert [one.ended_at for one in rows(parts, Episode)] == [NOW, None]


def test_only_its_owner_and_operators_change_a_rule(line):
    slack, parts = line
    pressed(slack)
    send(slack, ADA, value="25", where="here")
    entries = {"supply": Access((ADA, NOOR), (OPS,))}
    parts.worker.desk.grant_of.__self__.entries = entries
    forged = {"action_id": "alert-edit:list:1", "value": "own:1 0"}
    slack.click(NOOR, OPS, "1.0", forged)
    assert "Only its owner" in str(dialog(slack)["blocks"])
    slack.close(NOOR, dialog(slack)["id"])
    parts.worker.desk.grant_of.__self__.entries = entries | {"operators": Access((NOOR,))}
    slack.click(NOOR, OPS, "1.0", forged)
    assert send(slack, NOOR, value="33") == {}
    [row] = rows(parts)
    assert (row.owner, row.rule["owner"], row.rule["when"]) == (ADA, ADA, "above 33")
    assert rows(parts, Audit)[-1].who == NOOR


def test_who_may_not_change_it_any_more_does_not(line):
    slack, parts = line
    pressed(slack)
    send(slack, ADA, value="25", where="here")
    entries = {"supply": Access((ADA, NOOR), (OPS,)), "operators": Access((NOOR,))}
    access = replies(parts).access
    access.entries = entries
    slack.click(NOOR, OPS, "1.0", {"action_id": "alert-edit:list:1", "value": "own:1 0"})
    access.entries = {"supply": entries["supply"]}
    send(slack, NOOR, value="33")
    assert "Only its owner" in said(slack, NOOR, OPS)[-1].text
    assert rows(parts)[0].rule["when"] == "above 25"
