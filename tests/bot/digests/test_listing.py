"""`/leadline digests`: whose digests it shows, how they stand, and what became of them."""

from datetime import timedelta

import msgspec
import pytest

from bot.digests import kept
from bot.digests.listing import ON_PAGE, first_of, history_view, listed, page
from bot.digests.plan import Digest, legs
from bot.digests.run import run_due
from commands import Notice
from storage.models import Outbox
from tests.bot.conversation import ADA, GENERAL, NOOR, NOW, OPS, buttons, leadline, replies, said
from tests.bot.slack_judge import judge_message, judge_view

pytestmark = pytest.mark.slow  # conversations over HTTP

STEEL = Digest(
    "", OPS, "0 9 * * 1", "Europe/Berlin", ("lead-time borealis",), title="Steel", owner=ADA
)
FIXED = Digest("tin", OPS, "30 8 * * 1-5", "UTC", ("lead-time",), title="Tin")
REMIND_ME = "Remind me 60 days before"


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        yield found


def keep(parts, digest=STEEL, owner=ADA):
    with parts.worker.store.writer() as session:
        return kept.keep(session, digest, owner, NOW)


def text(drawn):
    return "\n".join(one["text"]["text"] for one in drawn.blocks if one["type"] == "section")


def test_where_nothing_is_posted_it_offers_to_make_one(line):
    slack, _ = line
    slack.say(ADA, OPS, "/leadline digests")
    message = said(slack, ADA, OPS)[-1]
    assert "Nothing is posted here" in message.text
    assert list(buttons(message)) == ["New…", REMIND_ME]


def test_it_says_what_is_posted_when_where_and_whose_it_is(line):
    _, parts = line
    keep(parts)
    drawn = page(replies(parts), ADA, OPS, 0)
    assert "*Steel*: every Monday at 09:00 (Berlin)" in text(drawn)
    assert "Next on Mon 2 Mar 09:00 CET." in text(drawn)
    assert "of <@U0ADA> · posted in <#C0OPS>" in text(drawn)
    judge_message(drawn.blocks, drawn.text)


def test_one_of_leadline_toml_is_marked_and_cannot_be_changed(line):
    _, parts = line
    made = replies(parts)
    made.digests = (FIXED,)
    drawn = page(made, ADA, OPS, 0)
    assert "made in leadline.toml, and changed there" in text(drawn)
    assert list(buttons(drawn)) == ["Send a test to me", "History", "New…", REMIND_ME]


def test_it_is_of_this_channel_and_of_oneself(line):
    _, parts = line
    keep(parts)
    keep(parts, Digest("", NOOR, "0 9 * * 1", "UTC", ("churn",), title="Hers", owner=NOOR), NOOR)
    found = [
        [one.digest.title for one in listed(replies(parts), user, channel)]
        for user, channel in ((ADA, OPS), (NOOR, OPS), (NOOR, GENERAL))
    ]
    assert found == [["Steel"], ["Hers", "Steel"], ["Hers"]]


def test_many_stand_on_pages_that_slack_takes(line):
    _, parts = line
    for _ in range(ON_PAGE + 3):
        keep(parts)
    drawn = page(replies(parts), ADA, OPS, 0)
    judge_message(drawn.blocks, drawn.text)
    assert "3 more" in buttons(drawn)
    second = page(replies(parts), ADA, OPS, first_of(buttons(drawn)["3 more"]["value"]))
    assert text(second).count("*Steel*") == 3


def test_the_history_tells_of_each_run_and_of_what_did_not_arrive(line):
    _, parts = line
    plan = keep(parts)
    for week in range(12):
        run_due(parts.worker.desk, plan.digest, NOW + timedelta(days=1 + 7 * week))
    with parts.worker.store.writer() as session:
        row = session.get(Outbox, 23)
        assert row.kind == "post"
        row.state, row.error = "failed", "is_archived"
        session.add(row)
    view = history_view(replies(parts), "1 0", ADA, OPS)
    told = view["blocks"][1]["text"]["text"].split("\n")
    assert len(told) == 10
    assert told[0] == "Mon 18 May 2026 09:00 CEST: sent, then failed: is_archived"
    judge_view(view)


def test_who_may_not_see_it_gets_no_history(line):
    _, parts = line
    keep(parts)
    assert isinstance(history_view(replies(parts), "1 0", NOOR, OPS), Notice)
    assert isinstance(history_view(replies(parts), "9 0", ADA, OPS), Notice)


def test_the_history_tells_of_each_place(line):
    _, parts = line
    also = (GENERAL, ADA, NOOR)
    plan = keep(parts, msgspec.structs.replace(STEEL, also=also))
    first, general, *_ = legs(plan.digest)
    for leg, late in ((first, 0), (general, 13)):
        run_due(parts.worker.desk, leg, NOW + timedelta(days=1, hours=late))
    view = history_view(replies(parts), "1 0", ADA, OPS)
    judge_view(view)
    told = [one["text"]["text"].split("\n") for one in view["blocks"][1:5]]
    assert told == [
        ["*In* <#C0OPS>", "Mon 2 Mar 2026 09:00 CET: sent"],
        ["*In* <#C0GENERAL>", "Mon 2 Mar 2026 09:00 CET: missed: found too late"],
        ["*To you*", "It has not run yet."],
        ["*To a person*", "It has not run yet."],
    ]
