"""The delivery experience of a customer, against pandas on random deliveries."""

from collections import defaultdict

import pandas as pd
import pytest

from storage.metrics.delivery_experience import experience
from tests.storage.metrics.deliveries import TODAY, ago, fill, known, sold
from tests.storage.metrics.test_backorders import frame
from tests.storage.world import World


def test_what_a_customer_got_of_late():
    found = experience(
        [
            sold(1, (31, 1), first=30),
            sold(1, (25, 1), first=30),
            sold(4, (40, 2), (10, 2), first=30, latest=15),
            sold(1, first=80, ordered=85),
            sold(1, first=-10, latest=-20),
            sold(1, first=120, ordered=150),
            sold(1, ordered=20),
        ],
        TODAY,
    )
    assert (found.due, found.late, found.short, found.worst) == (4, 3, 1, 80)
    assert found.late_share == 0.75
    assert (found.put_off, found.promised) == (2, 6)
    assert [line.promised_first for line in found.owed] == [ago(120), ago(80)]
    assert found.undated == 1


def test_where_nothing_was_due_nothing_is_known():
    found = experience([], TODAY)
    assert (found.due, found.late_share, found.worst, found.put_off_share) == (0, None, None, None)


def test_where_all_was_in_time_the_worst_is_0_days():
    found = experience([sold(1, (31, 1), first=30)], TODAY)
    assert (found.late_share, found.worst, found.put_off_share) == (0, 0, 0)


def test_a_day_that_was_only_asked_for_is_due_but_no_promise():
    found = experience([sold(1, requested=30)], TODAY)
    assert (found.due, found.late, found.promised, found.put_off_share) == (1, 1, 0, None)


def test_what_was_called_off_in_time_was_no_experience():
    assert experience([sold(1, first=30, cancelled=31)], TODAY).due == 0


@pytest.mark.slow
def test_each_customers_is_what_pandas_finds(tmp_path):
    world = World(tmp_path)
    fill(world, seed=31, lines=500)
    by_customer = defaultdict(list)
    for line in known(world):
        by_customer[line.customer.ref].append(line)
    lines, today = frame(world), pd.Timestamp(TODAY)
    owner = {one.key[1]: ref for ref, its in by_customer.items() for one in its}
    lines = lines[lines.day >= lines.ordered_on].assign(customer=lambda rows: rows.index.map(owner))
    due = lines[
        (lines.day < today) & (lines.day >= pd.Timestamp(ago(90)))
        & ~(lines.left <= lines.day)
    ]  # fmt: skip
    ended = due.done.fillna(due.left).fillna(today)
    days = (ended - due.day).dt.days.clip(lower=0).where(due.by_day < due.wanted, 0)
    is_owed = lines.done.isna() & lines.left.isna() & (lines.day < today)
    assert len(by_customer) == 8
    for ref, its in by_customer.items():
        found = experience(its, TODAY)
        assert found.due == (due.customer == ref).sum()
        assert found.worst == days[due.customer == ref].max()
        assert {one.key[1] for one in found.owed} == set(
            lines[is_owed & (lines.customer == ref)].index
        )
    assert sum(experience(its, TODAY).late for its in by_customer.values()) == pytest.approx(
        (due.by_day < due.wanted).sum(), abs=0
    )
