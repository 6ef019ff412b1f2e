"""Spans in groups drawn at random: one by one, and by column."""

import random
from datetime import date, timedelta

import numpy as np

from storage.metrics._durations import Span
from storage.metrics._durations_by import Spans

TODAY = date(2026, 3, 20)
COUNTRIES = ("DE", "SE", "SA")


def ago(days):
    return TODAY - timedelta(days=days)


def ordinal(day):
    return day.toordinal() if day else 0


def drawn(seed):
    """Spans as columns, and those of each group one by one."""
    rng = random.Random(seed)
    count, n = rng.choice((1, 3, 8)), rng.choice((0, 5, 40, 300))
    longest = rng.choice((60, 400, 1300))
    orders = [(rng.choice((None, *COUNTRIES)), ago(rng.randrange(-3, longest)))
              for _ in range(max(1, n // 2))]  # fmt: skip
    spans, groups = [], []
    for _ in range(n):
        key = rng.randrange(len(orders))
        spans.append(_span(rng, key, *orders[key]))
        groups.append(rng.randrange(count))
    each = [[one for one, of in zip(spans, groups, strict=True) if of == group]
            for group in range(count)]  # fmt: skip
    return by_column(spans, groups, count), each


def _span(rng, key, country, start):
    end = left = None
    kind = rng.random()
    if kind < 0.6:
        end = start + timedelta(days=rng.choice((-2, 0, 1, 5, 20, rng.randrange(200))))
    elif kind < 0.8:
        left = start + timedelta(days=rng.randrange(-3, 90))
    if end and end > TODAY and rng.random() < 0.9:
        end = None
    return Span(key, start, end, left if left and left <= TODAY else None, country)


def by_column(spans, groups, count):
    days = ([ordinal(getattr(one, name)) for one in spans] for name in ("start", "end", "left"))
    countries = [COUNTRIES.index(one.country) if one.country else -1 for one in spans]
    return Spans(
        np.array([one.key for one in spans], np.int64),
        *(np.array(column, np.int32) for column in days),
        np.array(countries, np.int32), COUNTRIES, np.array(groups, np.int64), count,
    )  # fmt: skip
