from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from storage.fits import (
    KEPT,
    OLDEST,
    did_no_worse,
    due,
    in_use,
    judged,
    refit,
    standing,
)
from storage.forecasts import Fit, Model
from storage.forecasts._report import AtOrigin, Report
from storage.forecasts._scores import Scores
from storage.models import ForecastFit, SyncRun

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 2, 1)


def report(mine=9.0, other=10.0):
    methods = {"leadline": Scores(50, pinball=mine), "plain": Scores(50, pinball=other)}
    return Report("toy", 70, DAY, DAY, methods, (AtOrigin(DAY, 50, methods),))


def model(found=None, *, made=True, version=1):
    fit = Fit({"n": version}, 70, DAY, DAY) if made else None
    return Model(
        "toy", version, "Toys", "plain", "toys", "supply",
        lambda *_: fit, lambda *_: found or report(),
    )  # fmt: skip


def quietly(what, done, total):
    pass


def fitted(store, one, now=NOW):
    return refit(store, [one], now, BERLIN, quietly)


def is_due(store, one, now):
    with store.reader() as session:
        return due(session, [one], now, BERLIN) == [one]


def used(store, one, now=NOW):
    with store.reader() as session:
        found = in_use(session, one, now)
        return found.params if found else None


def test_a_fit_that_did_better_than_its_baseline_is_used(store):
    [kept] = fitted(store, model())
    assert kept.is_used
    assert kept.why == "its error was 10.0 % below that of plain (50 told from 1 day in the past)"
    assert kept.backtest["methods"]["plain"]["pinball"] == 10
    assert used(store, model()) == '{"n":1}'


def test_one_that_did_worse_is_kept_with_the_reason_and_not_used(store):
    [kept] = fitted(store, model(report(mine=11.0)))
    assert (kept.is_used, kept.why) == (
        False, "its error was 10.0 % above that of plain (50 told from 1 day in the past)",
    )  # fmt: skip
    assert used(store, model()) is None


def test_one_that_tells_chances_is_judged_by_its_brier_score():
    methods = {"leadline": Scores(50, brier=0.12), "plain": Scores(50, brier=0.1)}
    found = judged(model(), Report("toy", 70, DAY, DAY, methods))
    assert found == (
        False,
        "its error was 20.0 % above that of plain (50 told from 0 days in the past)",
    )


def test_one_that_told_too_few_is_not_used_however_well_it_did():
    methods = {"leadline": Scores(19, brier=0.0), "plain": Scores(19, brier=0.2)}
    found = judged(model(), Report("toy", 70, DAY, DAY, methods))
    assert found == (False, "too little history to look back on (19 told, 20 wanted)")


def test_one_of_several_parts_is_used_where_any_did_no_worse():
    good = {"leadline": Scores(70, brier=0.1), "plain": Scores(70, brier=0.2)}
    bad = {"leadline": Scores(29, brier=0.3), "plain": Scores(29, brier=0.2)}
    parts = Report("toy", 79, DAY, DAY, good, parts={"signed": good, "bought": bad})
    is_used, why = judged(model(), parts)
    assert is_used
    assert why == (
        "signed: its error was 50.0 % below that of plain (70 told);"
        " bought: its error was 50.0 % above that of plain (29 told)"
    )
    none = Report("toy", 79, DAY, DAY, bad, parts={"signed": bad, "bought": bad})
    assert not judged(model(), none)[0]


@pytest.mark.parametrize(
    ("mine", "other", "is_so"),
    [({"pinball": 1.0, "brier": 0.9}, {"pinball": 2.0, "brier": 0.1}, True),
     ({"pinball": None, "brier": 0.2}, {"pinball": None, "brier": 0.1}, False),
     ({"brier": 0.1}, {"brier": 0.1}, True), ({"brier": 0.1}, {}, False),
     ({"brier": None}, {"brier": 0.1}, False)],
)  # fmt: skip
def test_figures_are_no_worse_by_their_error_where_both_are_known(mine, other, is_so):
    assert did_no_worse({"n": 20, **mine}, other) is is_so
    assert not did_no_worse({"n": 19, **mine}, other)
    assert not did_no_worse(None, other)


def test_one_that_can_t_be_looked_back_on_is_not_used():
    assert judged(model(), Report("toy", 3, DAY, DAY)) == (
        False, "too little history to look back on",
    )  # fmt: skip


def test_a_newer_fit_that_did_worse_puts_the_older_out_of_use(store):
    fitted(store, model())
    fitted(store, model(report(mine=11.0)), NOW + timedelta(days=1))
    assert used(store, model(), NOW + timedelta(days=1)) is None
    assert used(store, model(), NOW + timedelta(hours=1)) is not None  # as it was then


def test_a_fit_of_another_version_is_not_used_and_is_made_anew(store):
    fitted(store, model())
    assert used(store, model(version=2)) is None
    assert is_due(store, model(version=2), NOW)


def test_it_is_due_once_a_night_by_the_clocks_of_the_zone(store):
    assert is_due(store, model(), NOW)
    fitted(store, model())
    assert not is_due(store, model(), NOW + timedelta(hours=12))
    assert not is_due(store, model(), datetime(2026, 3, 2, 0, 59, tzinfo=UTC))
    assert is_due(store, model(), datetime(2026, 3, 2, 1, 0, tzinfo=UTC))  # 2:00 in Berlin


@pytest.mark.parametrize(("written", "is_so"), [(200, False), (201, True)])
def test_it_is_due_after_a_back_fill(store, written, is_so):
    fitted(store, model())
    ended = NOW + timedelta(hours=1)
    with store.writer() as session:
        for at, count in ((ended, written), (NOW - timedelta(hours=1), 9_999)):
            session.add(SyncRun(source="a:b", stream="x", started_at=at, ended_at=at,
                                outcome="ok", written=count))  # fmt: skip
    assert is_due(store, model(), NOW + timedelta(hours=2)) is is_so


def test_what_comes_in_by_and_by_waits_for_the_night(store):
    fitted(store, model())
    with store.writer() as session:
        for minute in range(10):
            at = NOW + timedelta(minutes=minute)
            session.add(SyncRun(source="a:b", stream="x", started_at=at, ended_at=at,
                                outcome="ok", written=150))  # fmt: skip
    assert not is_due(store, model(), NOW + timedelta(hours=2))


def test_where_there_is_nothing_left_to_fit_what_was_fitted_speaks_no_longer(store):
    fitted(store, model())
    later = NOW + timedelta(days=1)
    [kept] = fitted(store, model(made=False), later)
    assert (kept.rows, kept.is_used, kept.why) == (0, False, "there is nothing to fit any more")
    assert used(store, model(), later) is None
    assert used(store, model()) is not None  # as it was then
    assert fitted(store, model(made=False), later + timedelta(days=1)) == []


@pytest.mark.parametrize(("after", "is_so"), [(OLDEST, True), (OLDEST + timedelta(1), False)])
def test_a_fit_that_none_has_followed_for_a_month_speaks_no_longer(store, after, is_so):
    fitted(store, model())
    assert (used(store, model(), NOW + after) is not None) is is_so
    with store.reader() as session:
        [one] = standing(session, NOW + after)
    assert one.is_used is is_so
    assert ("older than 30 days" in one.why) is not is_so


@pytest.mark.parametrize(
    ("mine", "is_used", "said"),
    [(0.01, False, "0.01 above that of plain"), (0.0, True, "as large as that of plain"),
     (1e-9, True, "as large as that of plain")],
)  # fmt: skip
def test_a_baseline_without_any_error_is_not_beaten_by_one_with(mine, is_used, said):
    found = judged(model(), report(mine=mine, other=0.0))
    assert found == (is_used, f"its error was {said} (50 told from 1 day in the past)")


def test_a_difference_that_would_be_shown_as_none_is_none_in_words():
    assert "was as large as that of plain" in judged(model(), report(mine=9.9999, other=10.0))[1]
    is_used, why = judged(model(), report(mine=10.001, other=10.0))
    assert (is_used, "was a shade above that of plain" in why) == (False, True)


def test_where_there_is_nothing_to_fit_there_is_no_row(store):
    assert fitted(store, model(made=False)) == []
    with store.reader() as session:
        assert standing(session, NOW) == []


def test_old_fits_are_let_go(store):
    for day in range(KEPT + 3):
        fitted(store, model(), NOW + timedelta(days=day))
    other = replace(model(), id="other")
    fitted(store, other)
    with store.reader() as session:
        assert len(session.exec(select(ForecastFit.id)).all()) == KEPT + 1
        late = NOW + timedelta(days=99)
        assert [(one.model, one.fitted_at) for one in standing(session, late)] == [
            ("other", NOW), ("toy", NOW + timedelta(days=KEPT + 2)),
        ]  # fmt: skip
