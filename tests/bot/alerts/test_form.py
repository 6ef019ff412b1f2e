"""“Alert me”: from the button to the message, in a whole workspace."""

from dataclasses import replace

import pytest
from sqlmodel import select

from bot.alerts.draft import Choice, Draft
from bot.alerts.form import begun, changed, edit_view, opened, steady, watch_view
from bot.alerts.own import keep
from bot.alerts.rule import Rule
from bot.settings import Access
from commands import Notice
from storage.models import AlertRule
from tests.bot.clockwork import Figure
from tests.bot.conversation import (
    ADA,
    GENERAL,
    GUEST,
    NOOR,
    NOW,
    OPS,
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


def rules(parts):
    with parts.worker.store.reader() as session:
        return session.exec(select(AlertRule)).all()


def places(view):
    return [one["text"]["text"] for one in fields(view)["where"]["element"]["options"]]


def past(view):
    """What the dialog says of the past."""
    shown = [one for one in view["blocks"] if one.get("block_id", "").startswith("trial")]
    return "\n".join(one["text"]["text"] for one in shown)


def test_the_dialog_is_filled_in_with_one_fifth_worse_than_now(line):
    slack, _ = line
    view = pressed(slack)
    assert view["blocks"][0]["text"]["text"] == "*Lead time Borealis Steel*, median: 32 days now."
    found = fields(view)
    assert list(found) == ["figure", "condition", "value", "where"]
    assert found["condition"]["element"]["initial_option"]["value"] == "above"
    assert found["value"]["element"]["initial_value"] == "38.4"
    assert places(view) == ["me alone", "#ops", "another channel…"]


def test_the_past_is_tried_before_anything_is_kept(line):
    slack, parts = line
    view = pressed(slack)
    assert "It would not have fired" in past(view)
    assert "can't be replayed before 22 Jan 2026" in past(view)
    steps = [one["view"] for one in slack.events(ADA, 0) if one["kind"] == "view"]
    assert [past(one) for one in steps if "looked at" in past(one)][-1].endswith("80 of 90 days…")
    change(slack, ADA, value="28")
    tried = past(dialog(slack))
    assert "It would have fired once" in tried
    assert tried.count("▲") == 2  # the day, and what the mark means
    assert "█ fires" in tried
    assert rules(parts) == []


def test_a_number_that_can_not_be_read_is_not_tried(line):
    slack, _ = line
    pressed(slack)
    push(slack, ADA, "Try it", value="")
    assert past(dialog(slack)) == "Not tried yet. Write a number like 40 or 2.5."
    push(slack, ADA, "Try it", value="28")
    assert "It would have fired once" in past(dialog(slack))


def test_another_figure_or_condition_brings_its_own_number(line):
    slack, _ = line
    pressed(slack)
    change(slack, ADA, figure="total:9 in 10 within")
    view = dialog(slack)
    assert "9 in 10 within: 39 days now" in view["blocks"][0]["text"]["text"]
    assert fields(view)["value"]["element"]["initial_value"] == "46.8"
    change(slack, ADA, condition="below")
    assert fields(dialog(slack))["value"]["element"]["initial_value"] == "31.2"
    change(slack, ADA, condition="up")
    number = fields(dialog(slack))["value"]
    assert (number["element"]["initial_value"], "(%)" in number["label"]["text"]) == ("20", True)
    change(slack, ADA, condition="new")
    assert "value" not in fields(dialog(slack))


def test_a_number_that_still_means_the_same_stays(line):
    slack, _ = line
    pressed(slack)
    change(slack, ADA, value="25", condition="at least")
    view = dialog(slack)
    assert fields(view)["value"]["element"]["initial_value"] == "25"
    assert fields(view)["condition"]["element"]["initial_option"]["value"] == "at least"


def test_more_options_appear_and_what_was_entered_stays(line):
    slack, _ = line
    pressed(slack)
    tried = past(dialog(slack))
    push(slack, ADA, "More options…", value="25")
    view = dialog(slack)
    assert {"line", "clear", "pending", "keep", "scope", "repeat", "follow_ups", "severity",
            "quiet_from", "quiet_to", "runbook", "name"} <= set(fields(view))  # fmt: skip
    assert past(view) == tried
    push(slack, ADA, "Fewer options", severity="critical", name="Steel")
    assert "severity" not in fields(dialog(slack))
    push(slack, ADA, "More options…")
    again = fields(dialog(slack))
    assert again["severity"]["element"]["initial_option"]["value"] == "critical"
    assert again["name"]["element"]["initial_value"] == "Steel"
    assert again["value"]["element"]["initial_value"] == "25"


def test_another_question_brings_its_own_figures(line):
    slack, _ = line
    pressed(slack)
    push(slack, ADA, "More options…")
    change(slack, ADA, line="lead-time by supplier")
    view = dialog(slack)
    assert view["blocks"][0]["text"]["text"] == "*Lead time*, median: 32 days now."
    change(slack, ADA, line="help")
    assert past(dialog(slack)) == "That has no figure that you may see now."
    assert dialog(slack)["blocks"][0]["text"] == view["blocks"][0]["text"]


def test_another_channel_is_asked_for_only_where_it_is_wanted(line):
    slack, _ = line
    pressed(slack)
    assert "other" not in fields(dialog(slack))
    change(slack, ADA, where="other")
    assert "other" in fields(dialog(slack))
    change(slack, ADA, where="here")
    assert "other" not in fields(dialog(slack))


def test_a_channel_that_may_not_see_it_is_not_offered(line):
    slack, _ = line
    assert places(pressed(slack, GENERAL)) == ["me alone", "another channel…"]


def test_a_channel_that_may_not_see_the_title_is_not_offered(line):
    _, parts = line
    made = replies(parts)
    figure = Figure()
    figure.also = ("customers",)
    made.desk = replace(made.desk, registry={"steel": figure.command()})
    for readers, offered in (((), 2), ((OPS,), 3)):
        made.access.entries = {
            "supply": Access((ADA,), (OPS,)),
            "customers": Access((ADA,), readers),
        }
        assert len(places(watch_view(made, "steel", ADA, OPS))) == offered
    made.access.entries = {"supply": Access((ADA,), (OPS,))}
    assert isinstance(watch_view(made, "steel", ADA, OPS), Notice)


def test_the_dialog_is_open_before_the_figure_is_looked_up(line):
    slack, _ = line
    view = pressed(slack)
    first, *_, last = (one["view"] for one in slack.events(ADA, 0) if one["kind"] == "view")
    assert first["id"] == last["id"] == view["id"]
    assert first["title"]["text"] == "Alert me"
    assert "submit" not in first
    assert last["submit"]["text"] == "Watch"


def test_why_there_is_nothing_to_watch_stands_in_the_dialog(line):
    slack, parts = line
    slack.say(ADA, OPS, "/leadtime borealis")
    parts.worker.desk.grant_of.__self__.entries = {}
    press(slack, ADA, OPS, said(slack, ADA, OPS)[-1], "Alert me…")
    assert "no figure that you may see" in dialog(slack)["blocks"][0]["text"]["text"]
    assert "submit" not in dialog(slack)


def test_a_slash_command_opens_the_dialog_of_a_question(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadline alerts new lead-time borealis")
    assert "Borealis Steel" in dialog(slack)["blocks"][0]["text"]["text"]
    assert said(slack, ADA, OPS) == []
    slack.close(ADA, dialog(slack)["id"])
    slack.say(ADA, OPS, "@Leadline alerts new lead-time borealis")
    assert dialog(slack) is None
    press(slack, ADA, OPS, said(slack, ADA, OPS)[-1], "Alert me…")
    assert "Borealis Steel" in dialog(slack)["blocks"][0]["text"]["text"]


def test_a_dialog_that_is_closed_is_not_tried_any_further(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        made = replies(parts)
        view = pressed(slack) | {"state": {"values": {}}}
        shown = []
        changed(made, view, ADA, {"action_id": "watch-try"}, lambda one: shown.append(one))
        assert ["looked at 0 of 90" in past(one) for one in shown] == [True]


def test_who_may_see_no_figure_gets_no_dialog(tmp_path):
    with leadline(tmp_path, is_http=True) as (_, parts):
        made = replies(parts)
        assert isinstance(watch_view(made, "lead-time", GUEST, OPS), Notice)
        assert isinstance(watch_view(made, "help", ADA, OPS), Notice)
        # the first figure of churn is of customers: that revenue may be seen is not enough
        made.access.entries = {"revenue": Access((ADA,), (OPS,))}
        assert isinstance(watch_view(made, "churn", ADA, OPS), Notice)


@pytest.mark.parametrize(
    ("value", "is_up", "worse"),
    [(32.0, True, ("above", "38.4")), (1234.5, True, ("above", "1480")),
     (90.0, False, ("below", "72")), (0.00001, True, ("above", "0.000012")),
     (-5.0, True, ("above", "-4")), (None, True, ("above", ""))],
)  # fmt: skip
def test_worse_is_up_or_down_by_the_metric(value, is_up, worse):
    choice = Choice(False, "x", "days", value, is_up, ("supply",))
    made = begun(Draft("C1", "x", "U1", choices=(choice,), figure=choice.id))
    assert (made.condition, made.value) == worse


def test_the_same_alert_is_told_to_nobody_else(line):
    slack, parts = line
    pressed(slack)
    assert send(slack, ADA, value="25") == {}
    parts.worker.tick(NOW, to_the_end=True)
    assert len(said(slack, ADA, ALONE)) == 1
    assert said(slack, NOOR, OPS) == []


def test_an_alert_on_the_first_figure_of_an_answer_is_opened_on_that_with_its_own_number(line):
    _, parts = line
    with parts.worker.store.writer() as session:
        keep(session, Rule("", "lead-time borealis", ADA, "above 77", title="x", unit="days"),
             ADA, NOW)  # fmt: skip
        keep(session, Rule("", "lead-time", ADA, title="y", kind="new"), ADA, NOW)
    view = edit_view(replies(parts), "own:1 0", ADA, OPS)
    assert fields(view)["value"]["element"]["initial_value"] == "77"
    assert fields(view)["figure"]["element"]["initial_option"]["value"] == "total:median"
    view = edit_view(replies(parts), "own:2 0", ADA, OPS)
    assert fields(view)["condition"]["element"]["initial_option"]["value"] == "new"
    for value in ("own:3 0", "tin 0", "", "own:x"):
        assert isinstance(edit_view(replies(parts), value, ADA, OPS), Notice)


def test_when_slack_falls_silent_while_the_past_is_tried_the_dialog_says_so(line, monkeypatch):
    slack, parts = line
    made = replies(parts)
    view = pressed(slack)
    slack.views[view["id"]] = view

    def fails(*_):
        raise OSError("gone")

    monkeypatch.setattr(made.access, "of_channel", fails)
    shown = []
    opened(made, view, ADA, lambda one: shown.append(one) or True)
    assert past(shown[-1]) == "Slack did not answer me, so I show nothing. Try again."


def test_what_is_unusual_is_kept_for_two_weeks_unless_someone_says_otherwise(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadline alerts new suppliers")
    push(slack, ADA, "More options…")
    change(slack, ADA, condition="unusual")
    view = dialog(slack)
    assert fields(view)["keep"]["element"]["initial_option"]["text"]["text"] == "2 weeks"
    assert "What fires goes on for at least 14 days." in past(view)
    change(slack, ADA, condition="new")
    assert fields(dialog(slack))["keep"]["element"]["initial_option"]["value"] == "0"
    assert "goes on for" not in past(dialog(slack))


@pytest.mark.parametrize(
    ("before", "now", "kept"),
    [(("above", "0"), ("unusual", "0"), "336"), (("above", "4"), ("unusual", "4"), "4"),
     (("unusual", "0"), ("unusual", "0"), "0"), (("unusual", "336"), ("above", "336"), "0"),
     (("unusual", "24"), ("above", "24"), "24")],
)  # fmt: skip
def test_only_what_nobody_chose_is_filled_in(before, now, kept):
    old, new = (
        Draft("C1", "suppliers", "U1", condition=condition, keep=keep)
        for condition, keep in (before, now)
    )
    assert steady(old, new).keep == kept
