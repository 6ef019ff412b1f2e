"""What was told is kept once a day, scored once it is known, and counted when its day is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from storage.forecasts import Model
from storage.forecasts._report import Report
from storage.issued import (
    KEPT,
    LATE,
    Record,
    Statement,
    day_over,
    forget_old,
    keep,
    score,
    scored,
    unsettled,
)
from storage.models import ForecastIssued

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
EIGHT = frozenset({0.8})
TOLD = Statement("toy", "purchaseline:a:b/1", "arrives", 0.8, date(2026, 3, 5))


def kept(store, *statements, now=NOW):
    with store.writer() as session:
        keep(session, statements, {"toy": 3, "other": 1}, now, BERLIN)


def rows(store):
    with store.reader() as session:
        return list(session.exec(select(ForecastIssued).order_by(col(ForecastIssued.id))))


def toy(verdicts):
    """A model that judges what it told by its subject; `verdicts` may be changed later."""

    def judge(session, told, now, zone):
        return {one.id: verdicts[one.subject] for one in told if one.subject in verdicts}

    return Model("toy", 3, "Toys", "plain", "toys", "supply", lambda *_: None,
                 lambda *_: Report("toy", 0, None, None), judge=judge)  # fmt: skip


def judged(store, verdicts, now=NOW):
    return score(store, [toy(verdicts)], now, BERLIN)


def records(store, now, **how):
    with store.reader() as session:
        return scored(session, "toy", now, **how)


def test_what_was_told_is_kept_with_who_told_it_and_when(store):
    kept(store, replace(TOLD, low=1.5, high=2.5))
    [row] = rows(store)
    assert (row.model, row.version, row.subject, row.event) == (
        "toy", 3, "purchaseline:a:b/1", "arrives",
    )  # fmt: skip
    assert (row.share, row.by_on, row.low, row.high) == (0.8, date(2026, 3, 5), 1.5, 2.5)
    assert (row.issued_at, row.issued_on) == (NOW, date(2026, 3, 1))
    assert (row.held, row.scored_at) == (None, None)


def test_two_askings_on_one_day_keep_the_first(store):
    kept(store, TOLD, TOLD)
    kept(store, replace(TOLD, by=date(2026, 3, 9)), now=NOW + timedelta(hours=10))
    assert [row.by_on for row in rows(store)] == [date(2026, 3, 5)]


def test_the_day_is_that_of_the_zone(store):
    for hour in (22, 23):  # 23:00 and 0:00 in Berlin
        kept(store, TOLD, now=datetime(2026, 3, 1, hour, tzinfo=UTC))
    assert [row.issued_on.day for row in rows(store)] == [1, 2]


def test_another_share_or_thing_or_event_is_another_statement(store):
    others = (replace(TOLD, share=0.5), replace(TOLD, subject="item:a:b/1"),
              replace(TOLD, event="leaves"), replace(TOLD, model="other"))  # fmt: skip
    kept(store, TOLD, *others)
    assert len(rows(store)) == 5


def test_what_no_model_told_is_not_kept(store):
    kept(store, replace(TOLD, model="gone"))
    kept(store)
    assert rows(store) == []


def test_what_was_told_without_a_fit_is_of_no_version(store):
    kept(store, replace(TOLD, is_fallback=True))
    assert [row.version for row in rows(store)] == [0]
    with store.reader() as session:
        assert [one.is_fallback for one in unsettled(session, "toy", NOW)] == [True]


def test_a_statement_is_scored_once_its_model_can_judge_it(store):
    kept(store, TOLD, replace(TOLD, subject="x"))
    assert judged(store, {}) == 0
    assert judged(store, {TOLD.subject: True}, NOW + DAY) == 1
    assert [(row.held, row.scored_at) for row in rows(store)] == [(True, NOW + DAY), (None, None)]
    assert judged(store, {TOLD.subject: False}, NOW + 2 * DAY) == 0  # it is settled


def test_what_will_never_be_known_is_settled_and_does_not_count(store):
    kept(store, TOLD)
    judged(store, {TOLD.subject: None}, NOW + DAY)
    [row] = rows(store)
    assert (row.held, row.scored_at) == (None, NOW + DAY)
    assert judged(store, {TOLD.subject: True}, NOW + 2 * DAY) == 0
    assert records(store, NOW + 30 * DAY) == Record(0, 0, 0, 0)


def test_what_is_booked_late_still_counts_for_a_week(store):
    kept(store, TOLD)
    over = datetime(2026, 3, 6, 1, tzinfo=UTC)
    judged(store, {TOLD.subject: False}, over)
    assert records(store, over + DAY).held == 0
    judged(store, {TOLD.subject: False}, over + timedelta(hours=1))
    assert rows(store)[0].scored_at == over  # nothing new
    judged(store, {TOLD.subject: True}, over + 3 * DAY)
    assert records(store, over + 3 * DAY).held == 1
    kept(store, replace(TOLD, subject="y"))
    judged(store, {"y": False}, over)
    assert judged(store, {"y": True}, over + LATE + DAY) == 0


def test_what_a_replay_of_the_future_scored_is_scored_anew(store):
    kept(store, TOLD)
    judged(store, {TOLD.subject: False}, NOW + 400 * DAY)
    judged(store, {TOLD.subject: True}, NOW + DAY)
    assert [(row.held, row.scored_at) for row in rows(store)] == [(True, NOW + DAY)]


def test_what_was_told_later_is_not_judged_by_an_earlier_now(store):
    kept(store, TOLD)
    with store.reader() as session:
        assert unsettled(session, "toy", NOW - DAY) == []
        [one] = unsettled(session, "toy", NOW)
    assert (one.by, one.version, one.issued_on) == (date(2026, 3, 5), 3, date(2026, 3, 1))


def test_more_than_one_part_is_judged(store, monkeypatch):
    monkeypatch.setattr("storage.issued.PART", 2)
    subjects = [f"s{number}" for number in range(5)]
    kept(store, *(replace(TOLD, subject=one) for one in subjects))
    assert judged(store, dict.fromkeys(subjects[1:], True)) == 4


def test_what_came_early_counts_once_its_day_is_over_like_what_did_not(store):
    """Else a record of statements about the future would first of all be of those that held."""
    kept(store, TOLD)
    judged(store, {TOLD.subject: True}, NOW + DAY)
    assert records(store, datetime(2026, 3, 6, 11, tzinfo=UTC)).n == 0
    assert records(store, datetime(2026, 3, 6, 12, tzinfo=UTC)) == Record(1, 1, 1, 0.8, EIGHT)


def test_a_day_is_over_by_the_same_instant_in_whichever_zone_that_is_told():
    now = datetime(2026, 3, 6, 11, tzinfo=UTC)
    assert day_over(now) == day_over(now.astimezone(ZoneInfo("Pacific/Kiritimati")))


def test_the_record_is_of_the_last_ones_and_of_one_share_where_one_is_wanted(store):
    for number in range(4):
        on = date(2026, 3, 2 + number)
        kept(store, *(replace(TOLD, subject=f"s{number}", share=share, by=on)
                      for share in (0.5, 0.8)))  # fmt: skip
    judged(store, {"s0": True, "s1": False, "s2": True, "s3": True}, NOW + 4 * DAY)
    later = NOW + 9 * DAY
    assert records(store, later) == Record(8, 4, 6, pytest.approx(5.2), EIGHT | {0.5})
    assert records(store, later, share=0.8) == Record(4, 4, 3, pytest.approx(3.2), EIGHT)
    assert records(store, later, share=0.8, last=3) == Record(3, 3, 2, pytest.approx(2.4), EIGHT)
    assert records(store, NOW, share=0.8).n == 0  # nothing was scored then


def test_what_was_to_be_decided_years_ago_is_removed(store):
    kept(store, TOLD, replace(TOLD, subject="old", by=date(2023, 2, 1)))
    with store.writer() as session:
        forget_old(session, NOW)
    assert [row.subject for row in rows(store)] == [TOLD.subject]
    assert timedelta(days=900) < KEPT
