"""A digest is posted once a period, whatever the clock, the crashes and the other workers do."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from bot.blocks import fallback
from bot.digests.plan import Digest
from bot.digests.run import run_due
from commands import Grant
from storage.models import Outbox, ScheduledRun
from tests.bot.clockwork import Figure, Office

MONDAY = Digest("monday", "C1", "0 9 * * 1", "Europe/Berlin", ("steel", "gold"))
DAILY = Digest("daily", "C1", "0 9 * * *", "Europe/Berlin", ("steel",))
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday, 09:00 in Berlin
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure("steel"), Figure("gold", "revenue"))
    yield made
    made.store.close()


def run(office, digest, *moments):
    return [run_due(office.desk, digest, at) for at in moments]


def outcomes(office):
    return [(row.period, row.outcome) for row in office.rows(ScheduledRun) if row.outcome != "seen"]


def test_a_digest_is_posted_when_it_is_due_and_not_before(office):
    ticks = [NINE - MINUTE, NINE - timedelta(seconds=1), NINE, NINE + timedelta(seconds=15)]
    assert run(office, MONDAY, *ticks) == [False, False, True, False]
    assert outcomes(office) == [("2026-11-23T09:00", "sent")]
    (row,) = office.rows()
    assert row.key == "digest:monday:2026-11-23T09:00:1"
    assert row.text == "monday: steel takes 30.0 days. gold takes 30.0 days."
    assert row.topics == ["revenue", "supply"]


def test_several_answers_share_a_message_without_their_tables(office):
    run(office, MONDAY, NINE)
    (row,) = office.rows()
    assert [block["title"] for block in row.blocks] == [
        "monday", "Lead time of steel", "Lead time of gold",
    ]  # fmt: skip
    assert not any(block["has_table"] for block in row.blocks)


def test_a_name_in_a_notification_mentions_nobody(office):
    desk = replace(office.desk, text=fallback)
    steel = office.desk.registry["steel"].answer.__self__
    steel.name = "<!channel> & Sons"
    run_due(desk, structs.replace(MONDAY, title="<!here>"), NINE)
    (row,) = office.rows()
    assert row.text == (
        "&lt;!here&gt;. &lt;!channel&gt; &amp; Sons takes 30.0 days. gold takes 30.0 days."
    )


def test_a_single_answer_keeps_its_table(office):
    run(office, DAILY, NINE)
    assert office.rows()[0].blocks[1]["has_table"]


def test_the_channels_grant_decides_what_is_said(office):
    office.grants["C1"] = Grant({"supply": "full"})
    run(office, MONDAY, NINE)
    (row,) = office.rows()
    assert row.topics == ["supply"]
    assert "gold takes" not in row.text
    assert [block["kind"] for block in row.blocks] == ["notice", "answer", "notice"]


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
    assert len(office.rows()) == 1


def test_a_clock_that_jumps_back_posts_no_period_twice(office):
    jumps = [0, -1, 1, 25, 24, 0, 23, 24, 25, 49, 48, -1, 48, 49]
    run(office, DAILY, *(NINE + timedelta(hours=hours) for hours in jumps))
    keys = [row.key for row in office.rows()]
    assert len(set(keys)) == len(keys) == 3


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
    assert len(office.rows(Outbox)) == 1


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
    (row,) = office.rows()
    assert "steel takes 30.0 days" in row.text
    assert "could not be answered" in row.text
    assert [name for name, _ in office.faults] == ["answer 'gold' for C1"]
    office.store.close()


def test_a_message_that_would_be_too_long_is_split_between_answers(office):
    many = Digest("many", "C1", "0 9 * * *", "UTC", ("steel",) * 60)
    run(office, many, NINE + timedelta(hours=1))
    assert [len(row.blocks) for row in office.rows()] == [50, 11]
    assert [row.key[-1] for row in office.rows()] == ["1", "2"]


@pytest.mark.parametrize(
    "night", [datetime(2027, 3, 27, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
)
def test_ticks_through_a_night_of_changing_clocks_post_once_a_day(office, night):
    early = Digest("early", "C1", "30 2 * * *", "Europe/Berlin", ("steel",))
    run(office, early, *(night + number * 10 * MINUTE for number in range(3 * 24 * 6)))
    assert len(outcomes(office)) == 3
