"""A rule that is watched no more: what it told of is not called over."""

from datetime import timedelta

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.left import leave_gone
from bot.alerts.names import keep_name
from bot.alerts.own import end, keep, note, row_of, take_back
from bot.alerts.rule import Rule
from bot.alerts.standing import standing
from commands import Grant
from storage.models import AlertRule, Episode, Outbox
from tests.bot.alerts.stage import BERLIN, Stage, labels, lines
from tests.bot.alerts.stage import STEEL as GOES
from tests.bot.conversation import (
    ADA,
    NOW,
    OPS,
    buttons,
    change,
    dialog,
    leadline,
    press,
    said,
    send,
)

slow = pytest.mark.slow  # a conversation over HTTP

STEEL = Rule(
    "", "lead-time borealis", OPS, "above 25", title="Lead time Borealis Steel", figure="median",
    unit="days", owner=ADA,
)  # fmt: skip


@pytest.fixture
def stage(tmp_path):
    """An alert of a rule of the file that fires."""
    made = Stage(tmp_path)
    made.begin("")
    made.happens(["fired"])
    yield made
    made.store.close()


@pytest.fixture
def owned(tmp_path):
    """The same of a rule that Ada gave up when nothing was done about its alerts."""
    made = Stage(tmp_path, msgspec.structs.replace(GOES, id="own:1"))
    made.begin("")
    made.happens(["fired"])
    with made.store.writer() as session:
        row = keep(session, GOES, ADA, made.now)
        row.ended_at = made.now
        note(session, "own:1", ADA, "given up", made.now)
        keep_name(session, ADA, "Ada", made.now)
    yield made
    made.store.close()


def left(stage, declared=(), **later):
    before = len(stage.rows())
    leave_gone(stage.desk, declared, stage.now + timedelta(**later), BERLIN)
    assert stage.faults == []
    return stage.rows()[before:]


def test_what_was_taken_out_of_the_file_ends_and_says_so_once(stage):
    assert left(stage, {"steel"}, hours=1) == []
    edit, reply = left(stage, {"other"}, hours=1)
    assert "⚪ *No longer watched*: taken out of leadline.toml · Lead time" in lines(edit)
    assert "*43 days* when it was last known" in lines(edit)
    assert "Since 24 Nov 13:00 CET, watched until 24 Nov 14:10 CET." in lines(edit)
    assert (edit.kind, labels(edit), reply.kind) == ("edit", [], "reply")
    assert reply.text == "No longer watched: taken out of leadline.toml."
    [episode] = stage.rows(Episode)
    assert episode.ended_at == stage.now + timedelta(hours=1)
    assert left(stage, hours=2) == []


@pytest.mark.parametrize("minutes", [-5, 5])
def test_what_another_process_still_looks_at_is_left_to_that(stage, minutes):
    assert left(stage, minutes=minutes) == []
    assert stage.rows(Episode)[0].ended_at is None


def test_an_own_rule_that_was_given_up_says_by_whom(owned):
    edit, _ = left(owned)
    assert "*No longer watched*: given up by Ada · " in lines(edit)
    with owned.store.reader() as session:
        assert standing(session, "own:1", owned.now).firing == []


def test_an_own_rule_that_is_watched_goes_on(owned):
    with owned.store.writer() as session:
        take_back(session, row_of(session, "1"), ADA, owned.now)
    assert left(owned, hours=1) == []


def test_where_slack_can_not_say_who_reads_it_it_goes_on_until_it_can(stage):
    stage.grants["C1"] = OSError("Slack is away")
    leave_gone(stage.desk, (), stage.now + timedelta(hours=1), BERLIN)
    assert [str(error) for _, error in stage.faults] == ["Slack is away"]
    assert stage.rows(Episode)[0].ended_at is None
    stage.faults.clear()
    stage.grants["C1"] = Grant.everything()
    assert len(left(stage, hours=2)) == 2


@pytest.fixture
def firing(tmp_path):
    """A channel that was told of an alert."""
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            keep(session, STEEL, ADA, NOW)
        parts.worker.tick(NOW, to_the_end=True)
        yield slack, parts


def posts(slack):
    """What stands in the channel, and in the thread of the alert."""
    every = [one for one in said(slack, "U0NOOR", OPS) if one.only_for is None]
    return [str(one.blocks) for one in every if not one.thread], [
        one.text for one in every if one.thread
    ]


def listed(slack):
    slack.say(ADA, OPS, "/leadline alerts")
    return said(slack, ADA, OPS)[-1]


@slow
def test_what_is_given_up_says_so_and_begins_anew_if_taken_back(firing):
    slack, parts = firing
    [before], _ = posts(slack)
    assert "Firing" in before
    assert "; was " in before
    press(slack, ADA, OPS, listed(slack), "Give up")
    [post], thread = posts(slack)
    assert "No longer watched*: given up by Ada" in post
    assert "when it was last known" in post
    assert "Over" not in post
    assert "actions" not in post
    assert thread == ["No longer watched: given up by Ada."]
    undo = next(one for one in said(slack, ADA, OPS)[::-1] if one.only_for)
    parts.worker.tick(NOW + timedelta(hours=1), to_the_end=True)
    assert posts(slack) == ([post], thread)
    press(slack, ADA, OPS, undo, "Undo")
    assert "not looked at yet" in str(listed(slack).blocks)
    parts.worker.tick(NOW + timedelta(hours=2), to_the_end=True)
    old, new = posts(slack)[0]
    assert old == post
    assert "Firing" in new
    assert "firing since" in str(listed(slack).blocks)


@slow
def test_what_watches_something_else_leaves_what_it_told_of(firing):
    slack, parts = firing
    press(slack, ADA, OPS, listed(slack), "Edit")
    change(slack, ADA, figure="total:9 in 10 within")
    assert send(slack, ADA, value="30") == {}
    [post], _ = posts(slack)
    assert "the alert watches something else now" in post
    parts.worker.tick(NOW + timedelta(hours=1), to_the_end=True)
    old, new = posts(slack)[0]
    assert old == post
    assert "Firing" in new


@slow
def test_what_nobody_can_tell_any_more_is_not_called_over_to_who_clicks(firing):
    slack, _ = firing
    [alert] = [one for one in said(slack, "U0NOOR", OPS) if not one.thread]
    drawn = buttons(alert)  # as they stay until a client draws the edit
    press(slack, ADA, OPS, listed(slack), "Edit")
    change(slack, ADA, figure="total:9 in 10 within")
    assert send(slack, ADA, value="30") == {}
    slack.click(ADA, OPS, alert.ts, drawn["Acknowledge"])
    assert "can't be told" in said(slack, ADA, OPS)[-1].text + str(said(slack, ADA, OPS)[-1].blocks)
    slack.click(ADA, OPS, alert.ts, drawn["Snooze"])
    assert "can't be told" in str(dialog(slack)["blocks"])


@slow
def test_what_is_told_elsewhere_leaves_what_it_told_here_and_fires_there(firing):
    slack, parts = firing
    press(slack, ADA, OPS, listed(slack), "Edit")
    assert send(slack, ADA, where="me") == {}
    [post], thread = posts(slack)
    assert "No longer watched*: it is told elsewhere now" in post
    assert thread == ["No longer watched: it is told elsewhere now."]
    parts.worker.tick(NOW + timedelta(hours=1), to_the_end=True)
    assert posts(slack) == ([post], thread)
    [alone] = said(slack, ADA, "D0ADA")
    assert "Firing" in str(alone.blocks)


@slow
def test_one_that_was_given_up_while_its_dialog_stood_is_not_changed(firing):
    slack, parts = firing
    press(slack, ADA, OPS, listed(slack), "Edit")
    with parts.worker.store.writer() as session:
        end(session, row_of(session, "own:1"), ADA, NOW)
    assert send(slack, ADA, value="28") == {}
    assert "given up" in said(slack, ADA, OPS)[-1].text + str(said(slack, ADA, OPS)[-1].blocks)
    with parts.worker.store.reader() as session:
        assert session.exec(select(AlertRule)).one().rule["when"] == "above 25"
    slack.click(ADA, OPS, "1.0", {"action_id": "alert-edit:list:1", "value": "own:1 0"})
    assert "given up" in str(dialog(slack)["blocks"])


@slow
def test_a_new_threshold_leaves_it_as_it_stands(firing):
    slack, parts = firing
    before = posts(slack)
    press(slack, ADA, OPS, listed(slack), "Edit")
    assert send(slack, ADA, value="28") == {}
    assert posts(slack) == before
    with parts.worker.store.reader() as session:
        assert session.exec(select(AlertRule)).one().rule["when"] == "above 28"


@slow
def test_where_nothing_stands_nothing_is_said(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            keep(session, STEEL, ADA, NOW)
        press(slack, ADA, OPS, listed(slack), "Give up")
        with parts.worker.store.reader() as session:
            assert session.exec(select(Outbox)).all() == []
