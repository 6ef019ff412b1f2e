"""One evaluation of a rule, without a store."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.episode_rows import Kept
from storage.evaluation import Case, outcome
from storage.hush import Silences, read_quiet
from storage.sight import Ground, Sight
from storage.telling import Course
from storage.watch import read_watch, watch_new

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=11)
STEEL = read_watch("above 40", "below 34")
EVERY = timedelta(minutes=10)
NOBODY = Silences(frozenset())
NEVER = Ground()


def firing(entity="erp:1", number=1, **more):
    began = {"fired_at": NOON, "told_at": NOON, "fired_value": 45.0, "told_value": 45.0}
    return Kept(number, entity, Course(NOON, "firing", tellings=1, **{**began, **more}))


def judged(sight, kept=(), ground=NEVER, watch=STEEL, now=NOON, quiet=None):
    return outcome(Case("steel", watch, sight, EVERY, quiet), ground, kept, NOBODY, now)


def test_only_what_is_breached_or_has_an_episode_is_touched():
    found = judged(Sight("ok", {"erp:1": 30.0, "erp:2": 45.0, "erp:3": 39.0}, n=9), [firing()])
    assert [(one.entity, one.after.phase) for one in found.steps] == [
        ("erp:1", "normal"), ("erp:2", "firing")
    ]  # fmt: skip
    assert [one.begins for one in found.steps] == [False, True]


def test_rows_that_dropped_to_nothing_resolve_nothing():
    found = judged(Sight("ok", {"erp:1": 30.0}, n=0), [firing()], Ground(n=80))
    assert (found.news, found.after.data) == ("blind", "no-data")
    assert [one.after.phase for one in found.steps] == ["firing"]


@pytest.mark.parametrize(("now", "holds"), [(NOON, False), (NIGHT, True)])
def test_a_rule_knows_that_it_holds_something_back(now, holds):
    quiet = read_quiet("20:00-07:00", ZoneInfo("UTC"))
    found = judged(Sight("ok", {"erp:2": 45.0}, n=9), now=now, quiet=quiet)
    assert found.after.is_holding == holds
    assert [one.telling.how for one in found.steps] == ["held" if holds else "told"]


def test_the_rows_of_a_first_look_are_what_was_there():
    first = judged(Sight("ok", {"erp:1": 1.0}, n=9), watch=watch_new())
    assert first.steps == ()
    later = judged(
        Sight("ok", {"erp:1": 1.0, "erp:2": 1.0}, n=9), ground=first.after, watch=watch_new()
    )
    assert [(one.entity, one.telling.news) for one in later.steps] == [("erp:2", ("fired",))]


def test_an_outcome_is_shown_when_there_is_more_to_see_than_another_figure():
    assert not judged(Sight("ok", {"erp:1": 46.0}, n=9), [firing()]).shows
    assert judged(Sight("ok", {"erp:1": 30.0}, n=9), [firing()]).shows
    assert judged(Sight("stale")).shows
