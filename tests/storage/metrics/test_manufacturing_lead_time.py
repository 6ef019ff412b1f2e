"""Manufacturing lead times: queue and run apart, work in progress counted, lifelines as judge."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.known.making import make_orders
from storage.metrics.manufacturing_lead_time import behind, course, now, placed, split
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def ago(days):
    return None if days is None else TODAY - timedelta(days=days)


def known(world, at=NOW):
    with world.reader() as session:
        return list(make_orders(session, at))


def made(world, released, started=None, finished=None, **more):
    return world.make(
        None, released=ago(released), started=ago(started), finished=ago(finished), **more
    )


def test_it_runs_from_release_to_finish_with_the_queue_and_the_run_apart(world):
    made(world, 30, 26, 17)
    found = placed(known(world), TODAY)
    assert [one.median for one in (found.whole, found.queue, found.run)] == [13, 4, 9]


def test_what_is_in_work_counts_as_not_finished_at_its_age(world):
    for _ in range(2):
        made(world, 30, 26, 17)
    for _ in range(3):
        made(world, 30, 26)
    found = placed(known(world), TODAY)
    assert (found.whole.n, found.whole.open, found.whole.median) == (5, 3, None)
    assert (found.queue.open, found.queue.median) == (0, 4)
    assert (found.run.open, found.run.median) == (3, None)


def test_a_draft_is_a_plan_and_does_not_count(world):
    world.make(None, planned_start_on=ago(3))
    found = placed(known(world), TODAY)
    assert (found.whole.n, found.queue.n, found.run.n) == (0, 0, 0)


def test_what_was_finished_and_never_begun_has_neither_queue_nor_run(world):
    made(world, 30, None, 17)
    found = placed(known(world), TODAY)
    assert (found.whole.median, found.queue.n, found.run.n) == (13, 0, 0)


def test_one_called_off_leaves_on_that_day(world):
    made(world, 30, **world.when("cancelled", ago(28)))
    made(world, 30, 29, 17)
    found = placed(known(world), TODAY)
    assert (found.whole.cancelled, found.whole.open, found.whole.median) == (1, 0, 13)
    assert (found.queue.cancelled, found.run.n) == (1, 1)


def test_finished_before_it_was_released_is_absurd_and_counted_as_such(world):
    made(world, 17, None, 30)
    found = placed(known(world), TODAY).whole
    assert (found.n, found.absurd) == (0, 1)
    assert [one.state for one, _ in behind(known(world), found, TODAY)] == ["absurd"]


def test_an_order_is_finished_only_once_that_is_known(world):
    made(world, 30, 26, 17)
    then = placed(known(world, NOW - timedelta(days=20)), TODAY - timedelta(days=20)).whole
    assert (then.n, then.open, then.median) == (1, 1, None)


def test_now_is_what_was_under_way_lately_and_the_course_what_it_was_before(world):
    for back in range(1, 300, 2):
        takes = 8 if back > 100 else 20
        made(world, back, back - 1, back - takes if takes < back else None)
    every = known(world)
    found = now(every, TODAY)
    assert (found.whole.method, found.whole.median, found.run.median) == ("period", 20, 19)
    (before,) = course(every, [ago(100)])
    assert before.median == 8
    counted = [one for one, _ in behind(every, found.whole, TODAY)]
    assert len(counted) == found.whole.n
    assert sum(one.state == "open" for one in counted) == found.whole.open


def test_each_item_is_measured_by_itself(world):
    for name, took in (("Desk", 9), ("Chair", 3)):
        world.make(world.item(name), released=ago(40), finished=ago(40 - took))
    groups = split(known(world), "item")
    assert {item.name: placed(makes, TODAY).whole.median for item, makes in groups.items()} == {
        "Desk": 9, "Chair": 3,
    }  # fmt: skip


ORDERS = st.lists(
    st.tuples(
        st.integers(1, 120), st.one_of(st.none(), st.integers(0, 30)),
        st.one_of(st.none(), st.integers(0, 60)),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@pytest.mark.slow
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(orders=ORDERS)
def test_it_is_what_sql_and_lifelines_find(world, orders):
    world.clear()
    for released, queue, run in orders:
        started = None if queue is None or queue >= released else released - queue
        ended = None if started is None or run is None or run >= started else started - run
        made(world, released, started, ended)
    found = placed(known(world), TODAY)
    rows = pd.read_sql(
        "SELECT julianday(COALESCE(finished_on, '2026-03-01')) - julianday(released_on) AS whole,"
        " julianday(COALESCE(started_on, '2026-03-01')) - julianday(released_on) AS queue,"
        " julianday(COALESCE(finished_on, '2026-03-01')) - julianday(started_on) AS run,"
        " finished_on IS NOT NULL AS done, started_on IS NOT NULL AS begun FROM makeorder",
        world.store.engine,
    )
    for part, days, ended in (
        (found.whole, rows.whole, rows.done), (found.queue, rows.queue, rows.begun),
        (found.run, rows.run.dropna(), rows.done[rows.run.notna()]),
    ):  # fmt: skip
        assert (part.n, part.open) == (len(days), len(days) - ended.sum())
        if len(days):
            # lifelines puts those of 0 days at risk only if days count from 1
            judge = KaplanMeierFitter().fit(days + 1, ended).survival_function_["KM_estimate"]
            assert [
                next((t - 1 for t, left in judge.items() if left <= 1 - share + 1e-9), None)
                for share in (0.5, 0.9)
            ] == [part.median, part.p90]
