"""A digest through its whole life, in a whole workspace."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.digests import kept
from bot.digests.form import changed
from bot.digests.rota import Rota
from storage.models import Audit, DigestPlan, Outbox, ScheduledRun
from tests.bot.conversation import (
    ADA,
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

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Berlin
WEEK = timedelta(days=7)
ALONE = "D0ADA"


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        yield found


def begun(slack, user=ADA, channel=OPS):
    slack.say(user, channel, "/leadline digest new")
    return dialog(slack)


def made(slack, **entered):
    """A digest of one question, made in the dialog."""
    begun(slack)
    entered = {"title": "Steel", "picked": ["lead-time"], "when": "every Monday at 9", **entered}
    return send(slack, ADA, **entered)


def rows(parts, kind=DigestPlan):
    with parts.worker.store.reader() as session:
        return session.exec(select(kind).order_by(kind.id)).all()


def below(view):
    return "\n".join(one["text"]["text"] for one in view["blocks"] if one["type"] == "section")


def tick(parts, at):
    with parts.worker.store.reader() as session:
        plans = kept.all_plans(session)
    Rota(parts.worker.desk).run(plans, at)
    parts.worker.send()


def listed(slack, user=ADA, channel=OPS):
    slack.say(user, channel, "/leadline digests")
    return said(slack, user, channel)[-1]


def do(slack, label):
    """Presses a button of the list that was drawn last."""
    lists = [one for one in said(slack, ADA, OPS) if one.only_for == ADA]
    press(slack, ADA, OPS, lists[-1], label)


def outcomes(parts):
    return [one.outcome for one in rows(parts, ScheduledRun) if one.outcome != "seen"]


def test_the_dialog_stands_filled_in_for_the_channel_it_is_asked_in(line):
    slack, _ = line
    view = begun(slack)
    found = fields(view)
    assert list(found) == [
        "start", "title", "picked", "free", "when", "zone", "place", "also", "marks", "only",
        "condition", "catch_up",
    ]  # fmt: skip
    assert found["zone"]["element"]["initial_value"] == "Europe/Berlin"
    assert found["place"]["element"]["initial_conversation"] == OPS
    assert "*Next:* Mon 2 Mar 2026 09:00 CET; Mon 9 Mar 2026 09:00 CET; Mon 16 Mar" in below(view)


def test_a_ready_made_one_fills_it_in_and_says_what_it_would_say_now(line):
    slack, _ = line
    begun(slack)
    change(slack, ADA, start="monday")
    view = dialog(slack)
    found = fields(view)
    assert found["title"]["element"]["initial_value"] == "Monday operations"
    picked = [one["value"] for one in found["picked"]["element"]["initial_options"]]
    assert picked == ["otif last week", "suppliers", "stock at risk", "exposed"]
    assert "*Suppliers*" in below(view) or "Not yet" in below(view)


def test_what_it_says_now_is_looked_at_again_when_something_is_chosen(line):
    slack, _ = line
    begun(slack)
    change(slack, ADA, title="Steel", picked=["lead-time"])
    told = below(dialog(slack))
    assert "*It says now*\n*Lead time*  A purchase takes" in told
    change(slack, ADA, when="weekdays at 8:30")
    assert "*Next:* Mon 2 Mar 2026 08:30 CET; Tue 3 Mar" in below(dialog(slack))
    change(slack, ADA, when="now and then")
    assert "I can't read that as days and a time" in below(dialog(slack))


def test_how_late_it_is_sent_is_kept_and_changed(line):
    slack, parts = line
    made(slack, catch_up="1")
    assert rows(parts)[0].plan["catch_up"] == "PT3600S"
    tick(parts, MONDAY + timedelta(hours=2))
    assert outcomes(parts) == ["missed"]
    listed(slack)
    do(slack, "Edit")
    assert fields(dialog(slack))["catch_up"]["element"]["initial_option"]["value"] == "1"
    send(slack, ADA, catch_up="24")
    tick(parts, MONDAY + WEEK + timedelta(hours=23))
    assert outcomes(parts) == ["missed", "sent"]


@pytest.mark.parametrize(
    ("entered", "field", "words"),
    [
        ({"picked": [], "free": ""}, "free", "Pick a question above"),
        ({"free": "lead-time\nhow is borealiz"}, "free", "how is borealiz"),
        ({"free": "churm"}, "free", "churn"),
        ({"when": "every Monday"}, "when", "at what time"),
        ({"zone": "Europe/Berln"}, "zone", "Europe/Berlin"),
        ({"only": "figure", "condition": ""}, "condition", "a threshold"),
        ({"only": "figure", "condition": "help above 3"}, "condition", ""),
        ({"place": PARTNERS}, "place", "Others than our workspace"),
        ({"place": SECRET}, "place", "invite me"),
        ({"picked": ["churn"]}, "free", "Not all who get it may see “churn”"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(line, entered, field, words):
    slack, parts = line
    errors = made(slack, **entered)
    if not words:  # it has no figure, and that is allowed: it then says so each time
        return
    assert words in errors[field]
    assert rows(parts) == []


def test_a_digest_through_its_whole_life(line):
    slack, parts = line
    assert made(slack) == {}
    assert "The next one comes on Mon 2 Mar 2026 09:00 CET." in str(
        said(slack, ADA, OPS)[-1].blocks
    )

    slack.say(ADA, OPS, "/leadline digests")
    do(slack, "Edit")
    assert send(slack, ADA, title="Steel and copper", free="lead-time borealis") == {}
    assert rows(parts)[0].plan["ask"] == ["lead-time", "lead-time borealis"]

    slack.say(ADA, OPS, "/leadline digests")
    do(slack, "Send a test to me")
    assert slack.visible(ADA, ALONE)[0].text.startswith("Test: Steel and copper")
    assert outcomes(parts) == []

    do(slack, "Skip the next")
    tick(parts, MONDAY)
    assert outcomes(parts) == ["skipped"]
    tick(parts, MONDAY + WEEK)
    first = [one for one in slack.visible(ADA, OPS) if one.only_for is None and not one.thread]
    assert [one.blocks[0]["text"]["text"] for one in first] == ["Steel and copper"]
    thread = [one for one in slack.visible(ADA, OPS) if one.thread == first[0].ts]
    assert len(thread) == 2

    do(slack, "Pause")
    tick(parts, MONDAY + 2 * WEEK)
    do(slack, "Go on")
    tick(parts, MONDAY + 4 * WEEK + timedelta(days=2))
    assert outcomes(parts) == ["skipped", "sent", "missed"]

    do(slack, "History")
    told = below(dialog(slack))
    assert "Mon 30 Mar 2026 09:00 CEST: missed: found too late; stands for 2 before it" in told
    assert "Mon 9 Mar 2026 09:00 CET: sent" in told
    assert "Mon 2 Mar 2026 09:00 CET: left out" in told
    assert "paused, by <@U0ADA>" in told

    do(slack, "Delete")
    assert any("I deleted “Steel and copper”." in one.text for one in said(slack, ADA, OPS))
    tick(parts, MONDAY + 5 * WEEK)
    assert outcomes(parts) == ["skipped", "sent", "missed"]
    do(slack, "Undo")
    assert rows(parts)[0].ended_at is None
    assert [one.action for one in rows(parts, Audit)] == [
        "made", "changed", "skips", "paused", "went on", "ended", "restored",
    ]  # fmt: skip


def test_a_test_from_the_dialog_goes_to_who_asks_and_keeps_nothing(line):
    slack, parts = line
    begun(slack)
    push(slack, ADA, "Send a test to me", title="Steel", picked=["lead-time"])
    assert "A test is on its way to you." in below(dialog(slack))
    assert slack.visible(ADA, ALONE)[0].text.startswith("Test: Steel")
    assert rows(parts) == []
    assert {one.channel for one in rows(parts, Outbox)} == {ADA}


def test_only_its_owner_changes_it(line):
    slack, parts = line
    made(slack)
    message = listed(slack, NOOR)
    assert "Delete" not in str(message.blocks)
    assert "A digest that you may not see" in str(message.blocks)  # Noor may see no supply
    assert rows(parts)[0].ended_at is None


def test_one_for_oneself_is_sent_to_oneself(line):
    slack, parts = line
    begun(slack)
    assert send(slack, ADA, title="Mine", picked=["churn"], place="") == {}
    tick(parts, MONDAY)
    assert rows(parts, Outbox)[0].channel == ADA
    assert "*Churn*" in str(slack.visible(ADA, ALONE)[0].blocks)
    assert NOW < MONDAY


def test_what_follows_from_a_click_is_shown_before_what_takes_long(line):
    slack, parts = line
    begun(slack)
    shown = []

    def show(view):
        shown.append(below(view))
        return len(shown) > 1

    again = {"action_id": "digest-look:form:Look again"}
    changed(replies(parts), dialog(slack), ADA, again, show)
    assert len(shown) == 1, "a newer click has taken its place: nothing more is looked up"
    assert "I look what it says now" in shown[0]
    changed(replies(parts), dialog(slack), ADA, again, show)
    assert len(shown) == 3
