"""A rule that is watched no more: what it told of is not called over."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.alerts.own import end, keep, row_of
from bot.alerts.rule import Rule
from storage.models import AlertRule, Outbox
from tests.bot.conversation import ADA, NOW, OPS, change, dialog, leadline, press, said, send

pytestmark = pytest.mark.slow  # conversations over HTTP

STEEL = Rule(
    "", "lead-time borealis", OPS, "above 25", title="Lead time Borealis Steel", figure="median",
    unit="days", owner=ADA,
)  # fmt: skip


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


def test_what_is_given_up_can_not_be_told_any_more_and_is_firing_again_if_taken_back(firing):
    slack, parts = firing
    [before], _ = posts(slack)
    assert "Firing" in before
    press(slack, ADA, OPS, listed(slack), "Give up")
    [post], thread = posts(slack)
    assert "Can't be judged now*: it is watched no more" in post
    assert "Over" not in post
    assert thread == ["Whether it goes on can't be told any more: it is watched no more."]
    parts.worker.tick(NOW + timedelta(hours=1), to_the_end=True)
    assert posts(slack) == ([post], thread)
    undo = next(one for one in said(slack, ADA, OPS)[::-1] if one.only_for)
    press(slack, ADA, OPS, undo, "Undo")
    parts.worker.tick(NOW + timedelta(hours=2), to_the_end=True)
    [again], _ = posts(slack)
    assert "Firing" in again


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


def test_what_nobody_can_tell_any_more_is_not_called_over_to_who_clicks(firing):
    slack, _ = firing
    press(slack, ADA, OPS, listed(slack), "Edit")
    change(slack, ADA, figure="total:9 in 10 within")
    assert send(slack, ADA, value="30") == {}
    [alert] = [one for one in said(slack, "U0NOOR", OPS) if not one.thread]
    press(slack, ADA, OPS, alert, "Acknowledge")
    assert "can't be told" in said(slack, ADA, OPS)[-1].text + str(said(slack, ADA, OPS)[-1].blocks)
    press(slack, ADA, OPS, alert, "Snooze")
    assert "can't be told" in str(dialog(slack)["blocks"])


def test_what_is_told_elsewhere_leaves_what_it_told_here_and_fires_there(firing):
    slack, parts = firing
    press(slack, ADA, OPS, listed(slack), "Edit")
    assert send(slack, ADA, where="me") == {}
    [post], thread = posts(slack)
    assert "Can't be judged now*: it is told elsewhere now" in post
    assert thread == ["Whether it goes on can't be told any more: it is told elsewhere now."]
    parts.worker.tick(NOW + timedelta(hours=1), to_the_end=True)
    assert posts(slack) == ([post], thread)
    [alone] = said(slack, ADA, "D0ADA")
    assert "Firing" in str(alone.blocks)


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


def test_a_new_threshold_leaves_it_as_it_stands(firing):
    slack, parts = firing
    before = posts(slack)
    press(slack, ADA, OPS, listed(slack), "Edit")
    assert send(slack, ADA, value="28") == {}
    assert posts(slack) == before
    with parts.worker.store.reader() as session:
        assert session.exec(select(AlertRule)).one().rule["when"] == "above 28"


def test_where_nothing_stands_nothing_is_said(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            keep(session, STEEL, ADA, NOW)
        press(slack, ADA, OPS, listed(slack), "Give up")
        with parts.worker.store.reader() as session:
            assert session.exec(select(Outbox)).all() == []
