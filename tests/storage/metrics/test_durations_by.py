"""Durations of many groups at once against those of each."""

import numpy as np
import pytest

from storage.metrics import _durations, _durations_by
from tests.storage.metrics.many_spans import TODAY, ago, drawn, ordinal

DAY = ordinal(TODAY)
LENGTHS = [
    (_durations.calendar_days, _durations_by.calendar_days),
    (_durations.working_days, _durations_by.working_days),
]


@pytest.mark.parametrize(("one", "many"), LENGTHS)
def test_how_long_each_group_takes_now_is_exactly_what_it_is_of_its_own(one, many):
    for seed in range(60):
        spans, each = drawn(seed)
        found = _durations_by.now(spans, DAY, many)
        assert found == [_durations.now(its, TODAY, one) for its in each], seed


@pytest.mark.parametrize(("one", "many"), LENGTHS)
def test_so_are_its_cohort_and_its_period_also_where_it_is_thin(one, many):
    for seed in range(60):
        spans, each = drawn(seed)
        assert _durations_by.cohort(spans, DAY, length=many) == [
            _durations.cohort(its, TODAY, length=one) for its in each
        ], seed
        for days in (20, 90, 365):
            since = ago(days)
            found = _durations_by.period(spans, ordinal(since), DAY, many)
            assert found == [_durations.period(its, since, TODAY, one) for its in each], seed


def test_so_is_its_course():
    days = [ago(0), ago(30), ago(200)]
    for seed in range(60):
        spans, each = drawn(seed)
        found = _durations_by.trend(spans, [ordinal(day) for day in days])
        assert list(map(list, zip(*found, strict=True))) == [
            _durations.trend(its, days) for its in each
        ], seed


def test_each_group_can_have_a_window_of_its_own():
    for seed in range(60):
        spans, each = drawn(seed)
        backs = [30 + 17 * group for group in range(len(each))]
        since, until = (np.array([DAY - back * by for back in backs]) for by in (2, 1))
        found = _durations_by.period(_durations_by.before(spans, until), since, until - 1)
        assert found == [
            _durations.period(_durations.before(its, ago(back)), ago(2 * back), ago(back + 1))
            for its, back in zip(each, backs, strict=True)
        ], seed


def test_keys_too_many_to_be_packed_in_a_number_are_told_apart_too(monkeypatch):
    packed = [_durations_by.cohort(drawn(seed)[0], DAY) for seed in range(20)]
    monkeypatch.setattr(_durations_by, "MOST", 1)
    assert [_durations_by.cohort(drawn(seed)[0], DAY) for seed in range(20)] == packed
