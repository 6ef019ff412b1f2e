"""A step is done for who may do it, whatever a click claims; others change nothing."""

import pytest
from msgspec import structs
from sqlmodel import select

from bot.digests import kept, steps
from bot.digests.form import NOT_SEEN, NOT_YOURS, edit_view
from bot.replies import Drawn
from bot.settings import Access
from commands import Notice
from storage.models import Audit, DigestPlan, Outbox
from tests.bot.conversation import ADA, NOOR, NOW, OPS, leadline, replies
from tests.bot.digests.test_listing import STEEL, keep

pytestmark = pytest.mark.slow  # conversations over HTTP

STEPS = (steps.pause, steps.go_on, steps.skip, steps.end)


@pytest.fixture
def line(tmp_path):
    with leadline(tmp_path, is_http=True) as found:
        keep(found[1])
        yield found


def rows(parts, kind):
    with parts.worker.store.reader() as session:
        return session.exec(select(kind)).all()


@pytest.mark.parametrize("step", STEPS)
def test_another_person_can_do_nothing_to_it(line, step):
    _, parts = line
    assert step(replies(parts), "1 0", NOOR, OPS) == NOT_YOURS
    assert [one.action for one in rows(parts, Audit)] == ["made"]


@pytest.mark.parametrize("value", ["", "x 0", "9 0", "1_0 0", "-1 0", "１ 0"])
def test_a_number_that_is_none_does_nothing(line, value):
    _, parts = line
    for step in (*STEPS, steps.back):
        assert isinstance(step(replies(parts), value, ADA, OPS), Notice)
    assert rows(parts, DigestPlan)[0].ended_at is None


def test_what_was_deleted_comes_back_for_its_owner_alone(line):
    _, parts = line
    said = steps.end(replies(parts), "1 0", ADA, OPS)
    assert isinstance(said, Drawn)
    assert said.blocks[1]["elements"][0]["text"]["text"] == "Undo"
    assert steps.back(replies(parts), "1 0", NOOR, OPS) == NOT_YOURS
    assert rows(parts, DigestPlan)[0].ended_at
    assert "“Steel” is back." in steps.back(replies(parts), "1 0", ADA, OPS).text
    assert not rows(parts, DigestPlan)[0].ended_at
    assert steps.back(replies(parts), "1 0", ADA, OPS) == NOT_YOURS


def test_a_test_shows_what_its_readers_and_the_asker_may_both_see(line):
    _, parts = line
    with parts.worker.store.writer() as session:
        both = structs.replace(STEEL, ask=("lead-time borealis", "churn"))
        kept.change(session, 1, both, ADA, NOW)
    steps.send(replies(parts), "1 0", ADA, OPS)
    first = rows(parts, Outbox)[0]
    assert (first.channel, first.topics) == (ADA, ["supply"])
    assert "Borealis Steel" in first.text


def test_reminders_can_be_asked_for_and_given_up(line):
    _, parts = line
    made = replies(parts)
    assert "You are not reminded" in str(steps.turn(made, "- 0", ADA, OPS).blocks)
    assert "60 days before" in str(steps.remind(made, "60", ADA, OPS).blocks)
    told = str(steps.remind(made, "0", ADA, OPS).blocks)
    assert "You are not reminded" in told
    assert "you chose not\\nSun 1 Mar 2026 12:00 UTC: you chose 60 days before" in told
    assert steps.remind(made, "7", ADA, OPS) == NOT_YOURS
    made.remind_days = 30
    assert "You are not reminded" in str(steps.turn(made, "- 0", ADA, OPS).blocks)
    assert "30 days before" in str(steps.turn(made, "- 0", NOOR, OPS).blocks)


def test_an_operator_who_may_not_see_it_can_end_it_and_does_not_learn_what_it_is(line):
    _, parts = line
    made = replies(parts)
    made.access.entries = {**made.access.entries, "operators": Access((NOOR,))}
    for step in (steps.pause, steps.go_on, steps.end, steps.back):
        drawn = step(made, "1 0", NOOR, OPS)
        assert "hat digest" in drawn.text
        assert "Steel" not in str(drawn.blocks)
    assert edit_view(made, "1 0", NOOR, OPS) == NOT_SEEN
    assert "Steel" in str(edit_view(made, "1 0", ADA, OPS))
