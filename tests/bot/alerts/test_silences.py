"""`/leadline silence`, in a whole workspace."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.alerts.silences import HOW, _lasts
from bot.settings import Access
from storage.models import Audit, Episode, Outbox, Silence
from tests.bot.alerts.test_deeds import RULE, fired_in
from tests.bot.conversation import ADA, GUEST, NOOR, NOW, OPS, buttons, press, replies, said


@pytest.fixture
def line(tmp_path):
    with fired_in(tmp_path, RULE) as found:
        yield found


def make_operator(parts, *people):
    access = replies(parts).access
    access.entries = {**access.entries, "operators": Access(people, ())}


def rows(parts, kind=Silence):
    with parts.worker.store.reader() as session:
        return list(session.exec(select(kind).order_by(kind.id)))


def told(slack, user, text):
    slack.say(user, OPS, f"/leadline {text}")
    return said(slack, user, OPS)[-1]


def whole(message):
    return f"{message.text} {message.blocks}"


@pytest.mark.slow
def test_one_silences_ones_own_alert_and_what_still_fires_is_told_when_it_ends(line):
    slack, parts = line
    made = whole(told(slack, ADA, "silence 2h steel slows down"))
    assert "I say nothing of *Steel slows down* until 1 Mar 14:00 UTC" in made
    (one,) = rows(parts)
    assert (one.rule, one.entity, one.until) == ("own:1", "", NOW + timedelta(hours=2))
    before = len(rows(parts, Outbox))
    parts.worker.tick(NOW + timedelta(minutes=30), to_the_end=True)
    assert len(rows(parts, Outbox)) == before
    listed = told(slack, ADA, "silence")
    assert "1 silence" in listed.text
    press(slack, ADA, OPS, listed, "End")
    assert rows(parts)[0].ended_at == NOW
    assert {one.action for one in rows(parts, Audit)} >= {"silenced", "silence ended"}


@pytest.mark.slow
def test_a_supplier_is_silent_in_ones_own_alerts_and_by_an_operator_in_all(line):
    slack, parts = line
    told(slack, ADA, "silence 3d borealis")
    assert [one.rule for one in rows(parts)] == ["own:1"]
    assert rows(parts)[0].entity.startswith("supplier:odoo:erp/")
    assert rows(parts)[0].label == "Borealis Steel"
    make_operator(parts, ADA)
    assert "in all alerts" in whole(told(slack, ADA, "silence 1h borealis"))
    assert [one.rule for one in rows(parts)] == ["own:1", ""]


@pytest.mark.slow
def test_only_operators_silence_everything(line):
    slack, parts = line
    assert "Only operators" in told(slack, ADA, "silence 2h").text
    assert rows(parts) == []
    make_operator(parts, ADA)
    told(slack, ADA, "silence 2h")
    assert [(one.rule, one.entity) for one in rows(parts)] == [("", "")]
    shown = told(slack, NOOR, "silence")
    assert "everything" in whole(shown)
    assert "End" not in buttons(shown)


@pytest.mark.slow
def test_who_may_see_nothing_silences_nothing_and_learns_of_nothing(line):
    slack, parts = line
    told(slack, ADA, "silence 2h steel slows down")
    told(slack, ADA, "silence 2h borealis")
    assert len(rows(parts)) == 2
    for user in (NOOR, GUEST):
        for text in ("silence", "silence 2h borealis", "silence 2h steel slows down", "silence 2h"):
            shown = whole(told(slack, user, text)).replace("silence 2h borealis", "")
            for word in ("Borealis Steel", "Steel slows down", "supplier:"):
                assert word not in shown, (user, text)
        slack.click(user, OPS, "", {"action_id": "unsilence:list:1", "value": "1"})
    assert len(rows(parts)) == 2
    assert [one.ended_at for one in rows(parts)] == [None, None]


@pytest.mark.slow
def test_what_is_silenced_again_is_so_for_as_long_as_is_said_now(line):
    slack, parts = line
    told(slack, ADA, "silence 3d steel slows down")
    told(slack, ADA, "silence 1h steel slows down")
    assert [one.ended_at is None for one in rows(parts)] == [False, True]
    assert rows(parts, Episode)[0].phase == "firing"


@pytest.mark.slow
def test_what_can_not_be_read_asks_back(line):
    slack, parts = line
    for text in ("silence borealis", "silence 0h", "silence 9999d", "silence 2w x"):
        assert HOW.title in told(slack, ADA, text).text
    assert "I know no" in told(slack, ADA, "silence 2h nobody at all").text
    assert rows(parts) == []


@pytest.mark.parametrize(
    ("word", "span"),
    [("2h", timedelta(hours=2)), ("3D", timedelta(days=3)), ("90m", timedelta(minutes=90)),
     ("365d", timedelta(days=365)), ("366d", None), ("0h", None), ("h", None), ("²h", None)],
)  # fmt: skip
def test_a_span_is_a_number_and_a_letter(word, span):
    assert _lasts(word) == span
