"""What a rule did and who changed what of it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from bot.alerts import history, names
from bot.alerts.history import _audit, _episode
from bot.alerts.own import change, keep, read, row_of, silence
from bot.alerts.rule import Rule
from storage.models import Audit, Episode
from tests.bot.conversation import ADA, GUEST, NOOR, NOW, OPS, dialog, leadline, press, said

pytestmark = pytest.mark.slow  # conversations over HTTP

STEEL = Rule(
    "", "lead-time borealis", OPS, "above 25", title="Lead time Borealis Steel", figure="median",
    unit="days", owner=ADA,
)  # fmt: skip


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            keep(session, STEEL, ADA, NOW)
        yield slack, parts


def listed(slack, user=ADA):
    slack.say(user, OPS, "/leadline alerts")
    return said(slack, user, OPS)[-1]


def test_history_tells_what_fired_and_who_changed_what(line):
    slack, parts = line
    with parts.worker.store.writer() as session:
        session.add(Episode(rule="own:1", entity="s/1", label="Borealis", number=1, phase="normal",
                            evaluated_at=NOW, begun_at=NOW - timedelta(days=3), fired_value=41.5,
                            fired_at=NOW - timedelta(days=3), ended_at=NOW - timedelta(days=1),
                            acked_by=NOOR))  # fmt: skip
        session.add(Episode(rule="own:1", entity="s/2", number=1, phase="normal", evaluated_at=NOW,
                            begun_at=NOW - timedelta(days=99), fired_at=NOW - timedelta(days=99),
                            ended_at=NOW))  # fmt: skip
        silence(session, "own:1", ADA, timedelta(hours=1), NOW)
        keeps = structs.replace(read(row_of(session, "1")), when="above 30", severity="critical")
        change(session, row_of(session, "1"), keeps, NOOR, NOW + timedelta(minutes=5))
    press(slack, ADA, OPS, listed(slack), "History")
    told = "\n".join(one["text"]["text"] for one in dialog(slack)["blocks"])
    assert "Borealis, 26 Feb 12:00 UTC at 41.5 days: over after 2 d" in told
    assert f"acknowledged by <@{NOOR}>" in told
    assert "s/2" not in told
    assert f"<@{ADA}> made it" in told
    assert f"<@{ADA}> silenced it until 1 Mar 13:00 UTC" in told
    changed = "changed it: fires “above 25” → “above 30”; severity “warning” → “critical”"
    assert f"1 Mar 12:05 UTC: <@{NOOR}> {changed}" in told


@pytest.mark.parametrize(
    ("action", "note", "told"),
    [("acknowledged", "", "acknowledged it"), ("assigned", ADA, f"assigned it to <@{ADA}>"),
     ("snoozed", "until it is over", "snoozed it until it is over"),
     ("muted", "until someone ends it", "muted what it is about in all alerts until someone"),
     ("call", "They *ship* {note}", "called them: They ∗ship∗ {note}"),
     ("expedite", "", "expedited it")],
)  # fmt: skip
def test_what_was_done_about_it_is_told_with_who_and_when(action, note, told):
    one = Audit(at=NOW, who=NOOR, what="rule own:1", action=action, after={"note": note})
    assert f"1 Mar 12:00 UTC: <@{NOOR}> {told}" in _audit(one, ZoneInfo("UTC"))


def test_each_thing_that_one_can_say_that_one_did_has_its_words():
    assert history.DONE.keys() == names.DONE.keys()


@pytest.mark.parametrize(
    ("more", "value", "told"),
    [({"when": "below 95 %", "unit": ""}, 0.9123, "12:00 UTC at 91.23 %: not over"),
     ({"kind": "change", "when": "above 20", "unit": ""}, 0.25, "12:00 UTC at 25 %: not over"),
     ({"kind": "new", "when": "", "unit": ""}, 1.0, "12:00 UTC: not over")],
)  # fmt: skip
def test_a_figure_is_told_as_its_threshold_is_written(more, value, told):
    rule = structs.replace(STEEL, **more)
    one = Episode(rule="own:1", number=1, evaluated_at=NOW, begun_at=NOW, fired_value=value)
    assert told in _episode(one, ZoneInfo("UTC"), rule).replace("\u00a0", " ")


def test_history_is_for_those_who_may_see_what_it_is_about(line):
    slack, _ = line
    slack.click(GUEST, OPS, "1.0", {"action_id": "alert-history:x:1", "value": "own:1 0"})
    assert "no such alert that you may see" in str(dialog(slack)["blocks"])


def test_a_long_history_fits_into_a_dialog_and_says_how_much_there_is(line):
    slack, parts = line
    with parts.worker.store.writer() as session:
        for at in range(300):
            begun = NOW - timedelta(hours=at)
            session.add(Episode(rule="own:1", entity=f"s/{at}", label="A long name " * 9, number=1,
                                evaluated_at=NOW, begun_at=begun, fired_at=begun))  # fmt: skip
    press(slack, ADA, OPS, listed(slack), "History")
    assert len(dialog(slack)["blocks"]) <= 100
    assert "(40 of 300)" in str(dialog(slack)["blocks"])
