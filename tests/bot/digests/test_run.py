"""A digest is posted once a period, whatever the clock, the crashes and the other workers do."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from bot.blocks import fallback
from bot.digests.plan import Digest
from bot.digests.run import run_due
from commands import Grant
from storage.issued import Statement
from storage.models import ForecastIssued, Outbox, ScheduledRun
from tests.bot.clockwork import Figure, Office
from tests.bot.digests.mondays import DAILY, DAY, MINUTE, MONDAY, NINE, outcomes, posts


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure("steel"), Figure("gold", "revenue"))
    yield made
    made.store.close()


def run(office, digest, *moments, **how):
    return [run_due(office.desk, digest, at, **how) for at in moments]


def test_a_digest_is_posted_when_it_is_due_and_not_before(office):
    ticks = [NINE - MINUTE, NINE - timedelta(seconds=1), NINE, NINE + timedelta(seconds=15)]
    assert run(office, MONDAY, *ticks) == [False, False, True, False]
    assert outcomes(office) == [("2026-11-23T09:00", "sent")]
    row, *thread = office.rows()
    assert (row.key, row.kind) == ("digest:monday:2026-11-23T09:00", "post")
    assert row.text == "monday: steel takes 30.0 days. gold takes 30.0 days."
    assert row.topics == ["revenue", "supply"]
    assert [(one.kind, one.parent, one.topics) for one in thread] == [
        ("reply", row.key, ["supply"]), ("reply", row.key, ["revenue"]),
    ]  # fmt: skip
    assert not any(one.must_arrive for one in [row, *thread])


def test_a_name_in_a_notification_mentions_nobody(office):
    desk = replace(office.desk, text=fallback)
    steel = office.desk.registry["steel"].answer.__self__
    steel.name = "<!channel> & Sons"
    run_due(desk, structs.replace(MONDAY, title="<!here>"), NINE)
    row = office.rows()[0]
    assert row.text == (
        "&lt;!here&gt;. &lt;!channel&gt; &amp; Sons takes 30.0 days. gold takes 30.0 days."
    )


def test_the_channels_grant_decides_what_is_said(office):
    office.grants["C1"] = Grant({"supply": "full"})
    run(office, MONDAY, NINE)
    row, *thread = office.rows()
    assert row.topics == ["supply"]
    assert "gold takes" not in row.text
    assert len(thread) == 1


def test_a_new_digest_owes_nothing_from_before_it_was_seen(office):
    assert run(office, DAILY, NINE + timedelta(hours=3), NINE + DAY) == [False, True]
    assert outcomes(office) == [("2026-11-24T09:00", "sent")]


def test_a_changed_schedule_owes_nothing_from_before_the_change(office):
    run(office, DAILY, NINE)
    changed = Digest("daily", "C1", "0 10 * * *", "Europe/Berlin", ("steel",))
    late = NINE + timedelta(hours=4)
    assert run(office, changed, late, NINE + DAY, NINE + DAY + timedelta(hours=1)) == [
        False, False, True,
    ]  # fmt: skip


def test_after_downtime_within_the_catch_up_it_is_posted_once_and_says_it_is_late(office):
    run(office, DAILY, NINE, NINE + 3 * DAY + timedelta(hours=11), NINE + 3 * DAY + 12 * MINUTE)
    assert outcomes(office) == [("2026-11-23T09:00", "sent"), ("2026-11-26T09:00", "sent")]
    assert office.rows(ScheduledRun)[-1].skipped == 2


def test_after_longer_downtime_it_is_missed_and_not_posted(office):
    assert run(office, DAILY, NINE, NINE + DAY + timedelta(hours=13)) == [True, False]
    assert outcomes(office)[-1] == ("2026-11-24T09:00", "missed")
    assert len(posts(office)) == 1


def test_a_clock_that_jumps_back_posts_no_period_twice(office):
    jumps = [0, -1, 1, 25, 24, 0, 23, 24, 25, 49, 48, -1, 48, 49]
    run(office, DAILY, *(NINE + timedelta(hours=hours) for hours in jumps))
    keys = [row.key for row in office.rows()]
    assert len(set(keys)) == len(keys) == 2 * 3


def test_a_clock_that_was_a_year_ahead_does_not_silence_a_digest(office):
    run(office, DAILY, NINE, NINE + 365 * DAY, NINE + DAY - MINUTE)
    assert run(office, DAILY, NINE + DAY) == [True]


def test_ticks_that_overlap_post_once(office):
    run(office, DAILY, NINE - MINUTE)
    barrier = threading.Barrier(4)
    results = []

    def tick():
        barrier.wait()
        results.append(run_due(office.desk, DAILY, NINE))

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(True) == 1
    assert len(office.rows(Outbox)) == 2


def test_a_crash_while_asking_leaves_no_trace_and_the_period_is_tried_again(office):
    office.grants["C1"] = TimeoutError()
    with pytest.raises(TimeoutError):
        run_due(office.desk, DAILY, NINE)
    assert outcomes(office) == []
    office.grants["C1"] = Grant.everything()
    assert run(office, DAILY, NINE + MINUTE) == [True]


def test_one_broken_question_does_not_take_the_others_with_it(tmp_path):
    broken = Figure("gold")
    broken.fault = KeyError("x")
    office = Office(f"sqlite:///{tmp_path / 'y.db'}", Figure("steel"), broken)
    run(office, MONDAY, NINE)
    row, *_ = office.rows()
    assert "steel takes 30.0 days" in row.text
    assert "could not be answered" in row.text
    assert [name for name, _ in office.faults] == ["answer 'gold' for C1"]
    office.store.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "night", [datetime(2027, 3, 27, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
)
def test_ticks_through_a_night_of_changing_clocks_post_once_a_day(office, night):
    early = Digest("early", "C1", "30 2 * * *", "Europe/Berlin", ("steel",))
    run(office, early, *(night + number * 10 * MINUTE for number in range(3 * 24 * 6)))
    assert len(outcomes(office)) == 3


def test_what_says_the_same_again_is_not_sent_until_it_changes(office):
    steel = office.desk.registry["steel"].answer.__self__
    digest = structs.replace(DAILY, only_if="changed")
    for day, value in enumerate((30.0, 30.0, 31.0, 30.0, 30.0)):
        steel.value = value
        run(office, digest, NINE + day * DAY)
    found = [outcome for _, outcome in outcomes(office)]
    assert found == ["sent", "unchanged", "sent", "sent", "unchanged"]
    assert len(posts(office)) == 3


def test_figures_that_stay_the_same_but_grow_old_are_news(office):
    steel = office.desk.registry["steel"].answer.__self__
    digest = structs.replace(DAILY, only_if="changed")
    for day, stale in enumerate((False, True, True)):
        steel.stale = stale
        run(office, digest, NINE + day * DAY)
    assert [outcome for _, outcome in outcomes(office)] == ["sent", "sent", "unchanged"]


def test_a_digest_with_a_condition_is_sent_while_it_holds(office):
    steel = office.desk.registry["steel"].answer.__self__
    digest = structs.replace(DAILY, only_if="steel above 30")
    for day, value in enumerate((30.0, 30.5, None)):
        steel.value = value
        run(office, digest, NINE + day * DAY)
    assert [outcome for _, outcome in outcomes(office)] == ["unmet", "sent", "sent"]
    blocks = str(posts(office)[-1].blocks)
    assert "Whether `steel above 30` holds can't be told: there is no figure." in blocks


def test_a_series_goes_on_in_the_thread_of_its_first_message(office):
    digest = structs.replace(DAILY, series=True)
    run(office, digest, NINE, NINE + DAY, NINE + 2 * DAY)
    first, *rest = office.rows()
    assert (first.kind, first.parent) == ("post", None)
    assert {(row.kind, row.parent) for row in rest} == {("reply", first.key)}
    assert len(rest) == 5


def test_a_series_begins_anew_where_its_first_message_never_arrived(office):
    digest = structs.replace(DAILY, series=True)
    run(office, digest, NINE)
    with office.store.writer() as session:
        row = session.get(Outbox, 1)
        row.state = "failed"
        session.add(row)
    run(office, digest, NINE + DAY)
    assert [row.kind for row in posts(office)] == ["post", "post"]


@pytest.mark.parametrize("error", ["thread_not_found", "cannot_reply_to_message"])
def test_a_series_begins_anew_where_its_first_message_was_deleted(office, error):
    digest = structs.replace(DAILY, series=True)
    run(office, digest, NINE, NINE + DAY)
    with office.store.writer() as session:
        row = session.get(Outbox, 3)
        assert (row.kind, row.key) == ("reply", "digest:daily:2026-11-24T09:00")
        row.state, row.error = "failed", error
        session.add(row)
    run(office, digest, NINE + 2 * DAY, NINE + 3 * DAY)
    first, lost, second, reply = posts(office)
    assert [first.kind, lost.kind, second.kind, reply.kind] == ["post", "reply", "post", "reply"]
    assert (lost.parent, reply.parent) == (first.key, second.key)


def test_what_a_digest_says_of_the_future_was_told_once(office):
    one = Statement("lead-time", "purchaseline:a:b/1", "arrives", 0.8, date(2026, 12, 5))
    steel = office.desk.registry["steel"]
    telling = replace(
        steel, answer=lambda *args: replace(steel.answer(*args), statements=(one,))
    )  # fmt: skip
    desk = replace(office.desk, registry={**office.desk.registry, "steel": telling})
    for at in (NINE - MINUTE, NINE, NINE + MINUTE):
        run_due(desk, MONDAY, at)
        assert len(office.rows(ForecastIssued)) == (at >= NINE)
    run_due(replace(desk, is_replay=True), DAILY, NINE + DAY)
    assert len(office.rows(ForecastIssued)) == 1
