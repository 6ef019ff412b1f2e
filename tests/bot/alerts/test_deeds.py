"""What people do about an alert: from the button to the message, its thread and the store."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.alerts.own import keep
from bot.alerts.rule import Rule
from bot.settings import Access
from storage.models import Audit, Deed, Episode, Outbox, Silence
from tests.bot.conversation import (
    ADA,
    GENERAL,
    GUEST,
    NOOR,
    NOW,
    OPS,
    buttons,
    dialog,
    leadline,
    press,
    replies,
    said,
)

pytestmark = pytest.mark.slow  # conversations over HTTP

RULE = Rule("", "lead-time borealis", OPS, "above 25", title="Steel slows down", owner=ADA)


@contextmanager
def fired_in(folder, *rules):
    """A workspace in which some rules of Ada's have just been looked at."""
    with leadline(folder, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            for rule in rules:
                keep(session, rule, ADA, NOW)
        parts.worker.tick(NOW, to_the_end=True)
        yield slack, parts


@pytest.fixture
def line(tmp_path):
    with fired_in(tmp_path, RULE) as found:
        yield found


def alert(slack):
    """The message of the alert, as everyone in the channel sees it."""
    return next(one for one in said(slack, GUEST, OPS) if not one.thread)


def thread(slack):
    return [one.text for one in said(slack, GUEST, OPS) if one.thread]


def rows(parts, kind):
    with parts.worker.store.reader() as session:
        return list(session.exec(select(kind).order_by(kind.id)))


def submit(slack, user, label, **filled):
    press(slack, user, OPS, alert(slack), label)
    view = dialog(slack)
    assert view["callback_id"] != "nothing", view
    slack.submit(user, view["id"], {name: {name: value} for name, value in filled.items()})


def option(value):
    return {"selected_option": {"value": value}}


def whole(message):
    return str(message.blocks)


def test_who_acknowledges_is_named_in_the_message_at_once_and_pinged_by_nobody(line):
    slack, parts = line
    assert "🔴 *Firing*" in whole(alert(slack))
    press(slack, ADA, OPS, alert(slack), "Acknowledge")
    assert "🟠 *Acknowledged* by Ada" in whole(alert(slack))
    assert thread(slack) == ["Acknowledged by Ada."]
    assert "<@" not in whole(alert(slack)) + str(thread(slack))
    assert "Acknowledge" not in buttons(alert(slack))
    assert "What did you do?" in buttons(alert(slack))
    (episode,) = rows(parts, Episode)
    assert (episode.acked_by, episode.acked_at) == (ADA, NOW)
    assert [(one.owner, one.what) for one in rows(parts, Deed)] == [(ADA, "acknowledged")]
    assert len([one for one in said(slack, ADA, OPS) if one.only_for]) == 0


def test_what_is_acknowledged_twice_is_acknowledged_once(line):
    slack, parts = line
    first = alert(slack)
    action = buttons(first)["Acknowledge"]
    for _ in range(2):
        slack.click(ADA, OPS, first.ts, action)
    assert len(rows(parts, Deed)) == 1
    assert thread(slack) == ["Acknowledged by Ada."]


def test_who_is_second_is_told_so(line):
    slack, parts = line
    first = alert(slack)
    action = buttons(first)["Acknowledge"]
    slack.click(ADA, OPS, first.ts, action)
    allow(parts, NOOR)
    slack.click(NOOR, OPS, first.ts, action)
    assert "Someone was faster" in said(slack, NOOR, OPS)[-1].text
    assert rows(parts, Episode)[0].acked_by == ADA


def allow(parts, *people):
    replies(parts).access.entries = {"supply": Access((ADA, *people), (OPS,))}


def test_who_may_not_see_the_figure_may_do_nothing_and_learns_nothing(line):
    slack, parts = line
    message = alert(slack)
    for user in (NOOR, GUEST):
        for label in ("Acknowledge", "Assign", "Snooze", "Mute", "Show"):
            for view in list(slack.views):
                slack.close(user, view)
            slack.click(user, OPS, message.ts, buttons(message)[label])
            told = [one for one in said(slack, user, OPS) if one.only_for == user]
            shown = str([(one.text, one.blocks) for one in told]) + str(
                (dialog(slack) or {}).get("blocks")
            )
            assert "I have nothing that I may show you" in shown, label
            for word in ("Borealis", "Steel", "32", "steel"):
                assert word not in shown, (label, word)
    assert rows(parts, Deed) == []
    assert rows(parts, Episode)[0].acked_at is None


def test_a_number_of_another_channels_alert_is_refused_as_one_that_is_not_there(line):
    slack, parts = line
    message = alert(slack)
    action = buttons(message)["Acknowledge"]
    for value in ("1", "99", "x", ""):
        slack.click(ADA, GENERAL, message.ts, {**action, "value": value})
        assert "I have nothing that I may show you" in said(slack, ADA, GENERAL)[-1].text
    assert rows(parts, Deed) == []


def test_who_is_assigned_is_pinged_once_in_the_thread(line):
    slack, parts = line
    allow(parts, NOOR)
    submit(slack, ADA, "Assign", who={"selected_user": NOOR})
    (reply,) = thread(slack)
    assert reply.startswith("Assigned to Noor by Ada.")
    pinged = [one for one in said(slack, GUEST, OPS) if f"<@{NOOR}>" in whole(one)]
    assert len(pinged) == 1
    assert pinged[0].thread
    assert "Assigned to Noor by Ada." in whole(alert(slack))
    assert rows(parts, Episode)[0].assignee == NOOR


def test_who_assigns_it_to_oneself_is_not_pinged(line):
    slack, _ = line
    submit(slack, ADA, "Assign", who={"selected_user": ADA})
    assert not [one for one in said(slack, GUEST, OPS) if "<@" in whole(one)]


def test_it_is_not_assigned_to_who_may_not_see_it(line):
    slack, parts = line
    submit(slack, ADA, "Assign", who={"selected_user": NOOR})
    assert "may not see the figure" in said(slack, ADA, OPS)[-1].text
    assert rows(parts, Episode)[0].assignee is None
    assert thread(slack) == []


@pytest.mark.parametrize(
    ("chosen", "until", "is_out", "words"),
    [("hour", NOW + timedelta(hours=1), False, "until 1 Mar 14:00 CET"),
     ("tomorrow", NOW + timedelta(hours=20), False, "until 2 Mar 09:00 CET"),
     ("end", None, True, "until it is over")],
)  # fmt: skip
def test_it_can_be_snoozed(line, chosen, until, is_out, words):
    slack, parts = line
    submit(slack, ADA, "Snooze", until=option(chosen))
    (episode,) = rows(parts, Episode)
    assert (episode.snoozed_until, episode.is_snoozed_out) == (until, is_out)
    assert thread(slack) == [f"Snoozed by Ada {words}."]
    assert f"Snoozed by Ada {words}." in whole(alert(slack))


def test_a_dialog_that_is_sent_twice_is_kept_once(line):
    slack, parts = line
    press(slack, ADA, OPS, alert(slack), "Snooze")
    view = dialog(slack)
    for _ in range(2):
        slack.views[view["id"]] = view
        slack.submit(ADA, view["id"], {"until": {"until": option("hour")}})
    assert len(rows(parts, Deed)) == 1


@pytest.mark.parametrize(("days", "until"), [("7", NOW + timedelta(days=7)), (None, None)])
def test_muting_a_total_silences_its_rule_only(line, days, until):
    slack, parts = line
    (episode,) = rows(parts, Episode)
    submit(slack, ADA, "Mute", what=option(str(episode.id)), days={"value": days},
           where=option("everywhere"))  # fmt: skip
    (silence,) = rows(parts, Silence)
    assert (silence.rule, silence.entity, silence.until) == (episode.rule, "", until)
    assert len(thread(slack)) == 1
    assert "Muted by Ada" in thread(slack)[0]


def test_what_one_did_is_kept_as_one_said_it_and_stands_in_the_thread(line):
    slack, parts = line
    assert "What did you do?" not in buttons(alert(slack))
    press(slack, ADA, OPS, alert(slack), "Acknowledge")
    submit(slack, ADA, "What did you do?", what=option("call"),
           note={"value": "They ship *Monday* <!channel>"})  # fmt: skip
    deed = rows(parts, Deed)[-1]
    assert (deed.what, deed.note) == ("call", "They ship *Monday* <!channel>")
    [*_, reply] = [one for one in said(slack, GUEST, OPS) if one.thread]
    assert "Called them (Ada): They ship ∗Monday∗ &lt;!channel&gt;" in whole(reply)
    assert "<!channel>" not in whole(reply) + whole(alert(slack))


def test_what_is_over_says_so(line):
    slack, parts = line
    message = alert(slack)
    with parts.worker.store.writer() as session:
        for one in session.exec(select(Episode)):
            one.ended_at, one.phase = NOW, "normal"
            session.add(one)
    slack.click(ADA, OPS, message.ts, buttons(message)["Acknowledge"])
    assert "That alert is over" in said(slack, ADA, OPS)[-1].text
    press(slack, ADA, OPS, message, "Snooze")
    assert "That alert is over" in str(dialog(slack))
    assert rows(parts, Deed) == []


def test_who_is_affected_is_told_to_the_asker_alone(line):
    slack, _ = line
    press(slack, ADA, OPS, alert(slack), "Who is affected?")
    told = said(slack, ADA, OPS)[-1]
    assert told.only_for == ADA
    assert "Nothing is open of Borealis Steel" in told.text


def test_a_deed_after_the_channel_lost_its_right_shows_nothing_there(line):
    slack, parts = line
    message = alert(slack)
    replies(parts).access.entries = {"supply": Access((ADA,), ())}
    before = len(rows(parts, Outbox))
    press(slack, ADA, OPS, message, "Acknowledge")
    assert rows(parts, Episode)[0].acked_by == ADA
    assert len(rows(parts, Outbox)) == before


def test_who_did_what_stands_in_the_history_of_the_rule_once(line):
    slack, parts = line
    press(slack, ADA, OPS, alert(slack), "Acknowledge")
    submit(slack, ADA, "Snooze", until=option("end"))
    submit(slack, ADA, "Mute", what=option("1"), days={"value": "2"})
    submit(slack, ADA, "What did you do?", what=option("call"), note={"value": "They ship"})
    found = [(one.who, one.action, one.after) for one in rows(parts, Audit)[1:]]
    assert [(who, action) for who, action, _ in found] == [
        (ADA, "acknowledged"), (ADA, "snoozed"), (ADA, "silenced"), (ADA, "call")
    ]  # fmt: skip
    assert found[-1][2] == {"note": "They ship"}
    assert {one.what for one in rows(parts, Audit)} == {"rule own:1"}
