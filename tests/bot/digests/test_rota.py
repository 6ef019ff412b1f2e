"""A digest is looked at when it is due, or when what is known of it may be wrong; else it rests."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from bot.digests import kept
from bot.digests.plan import Digest, Plan
from bot.digests.rota import CROWD, Rota
from bot.digests.run import SPREAD, put_off
from commands import Grant
from storage.models import ScheduledRun
from tests.bot.clockwork import Figure, Office

NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday, 09:00 in Berlin
TICK, MINUTE, HOUR, DAY = (
    timedelta(seconds=15), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1),
)  # fmt: skip
DAILY = Plan(Digest("daily", "C1", "0 9 * * *", "Europe/Berlin", ("steel",)))


@pytest.fixture
def office(tmp_path):
    """An office that writes down which digests were looked at."""
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure())
    made.looked = []

    def guarded(name, fn):
        if name.startswith("digest "):
            made.looked.append(name.removeprefix("digest "))
        return made.guarded(name, fn)

    made.desk = replace(made.desk, guarded=guarded)
    made.rota = Rota(made.desk)
    yield made
    made.store.close()


def looked(office, plans, *moments):
    """How many looks each tick took."""
    counts = []
    for at in moments:
        before = len(office.looked)
        office.rota.run(plans, at)
        counts.append(len(office.looked) - before)
    return counts


def sent(office):
    return [one.period for one in office.rows(ScheduledRun) if one.outcome == "sent"]


def test_it_is_looked_at_once_and_then_when_it_is_due(office):
    ticks = [NINE - HOUR, NINE - HOUR + TICK, NINE - TICK, NINE, NINE + TICK, NINE + 2 * HOUR]
    assert looked(office, [DAILY], *ticks) == [1, 0, 0, 1, 0, 0]
    assert sent(office) == ["2026-11-23T09:00"]


def test_after_a_pause_of_the_process_it_is_looked_at_and_made_up_for(office):
    looked(office, [DAILY], NINE - HOUR)
    assert looked(office, [DAILY], NINE + 5 * HOUR) == [1]
    assert sent(office) == ["2026-11-23T09:00"]


def test_a_changed_plan_is_looked_at_and_so_is_one_that_goes_on(office):
    looked(office, [DAILY], NINE - HOUR)
    later = structs.replace(DAILY.digest, cron="0 10 * * *")
    assert looked(office, [replace(DAILY, digest=later)], NINE - 30 * MINUTE, NINE) == [1, 0]
    assert looked(office, [replace(DAILY, digest=later)], NINE + HOUR) == [1]
    assert looked(office, [replace(DAILY, is_paused=True)], NINE + 2 * HOUR) == [0]
    assert looked(office, [DAILY], NINE + 3 * HOUR) == [1]
    assert sent(office) == ["2026-11-23T10:00"]


def test_another_day_and_a_clock_that_was_put_back_are_looked_at_anew(office):
    weekly = Plan(structs.replace(DAILY.digest, cron="0 9 * * 1"))
    assert looked(office, [weekly], NINE, NINE + DAY, NINE + DAY + TICK) == [1, 1, 0]
    assert looked(office, [weekly], NINE - DAY, NINE - DAY + TICK) == [1, 0]
    assert sent(office) == ["2026-11-23T09:00"]


def test_one_that_breaks_is_tried_again_at_every_tick(office):
    office.grants["C1"] = TimeoutError()
    assert looked(office, [DAILY], NINE, NINE + TICK, NINE + 2 * TICK) == [1, 1, 1]
    office.grants["C1"] = Grant.everything()
    assert looked(office, [DAILY], NINE + 3 * TICK, NINE + 4 * TICK) == [1, 0]
    assert sent(office) == ["2026-11-23T09:00"]


def test_a_schedule_that_cannot_be_read_is_told_and_holds_back_no_other(office):
    broken = Plan(structs.replace(DAILY.digest, id="broken", cron="never"))
    assert looked(office, [broken, DAILY], NINE, NINE + TICK) == [2, 1]
    assert {name for name, _ in office.faults} == {"due broken", "digest broken"}
    assert sent(office) == ["2026-11-23T09:00"]


def test_one_that_is_put_off_rests_until_its_turn(office):
    plans = [Plan(structs.replace(DAILY.digest, id=f"d{number}")) for number in range(CROWD + 5)]
    looked(office, plans, NINE - HOUR)
    ticks = [NINE + at * TICK for at in range(int(SPREAD / TICK) + 2)]
    assert sum(looked(office, plans, *ticks)) <= 2 * len(plans)
    assert len(sent(office)) == len(plans)
    assert len({put_off(one.digest) for one in plans}) > CROWD / 2


def test_what_was_sent_already_counts_for_the_crowd_of_those_that_were_not(office):
    plans = [Plan(structs.replace(DAILY.digest, id=f"d{number}")) for number in range(CROWD + 1)]
    looked(office, plans, NINE, NINE + 5 * MINUTE)
    waiting = [one for one in plans if put_off(one.digest) > 5 * MINUTE]
    assert waiting
    assert len(sent(office)) == len(plans) - len(waiting)


def test_of_what_is_no_more_nothing_is_kept(office):
    looked(office, [DAILY], NINE - HOUR)
    other = Plan(structs.replace(DAILY.digest, id="other"))
    looked(office, [other], NINE - HOUR)
    assert looked(office, [DAILY, other], NINE - HOUR + TICK) == [1]


@pytest.mark.slow  # seconds
def test_a_thousand_of_which_none_is_due_cost_a_tenth_of_a_second_with_all_that_is_read(office):
    with office.store.writer() as session:
        for number in range(1_000):
            cron = f"{number % 60} 20 * * {number % 7}"
            digest = structs.replace(DAILY.digest, cron=cron, title=f"D{number}")
            kept.keep(session, digest, "U1", NINE)

    def tick(at):
        begun = time.process_time()
        with office.store.reader() as session:
            plans = kept.all_plans(session)
        office.rota.run(plans, at)
        return time.process_time() - begun

    tick(NINE)
    took = sorted(tick(NINE + at * TICK) for at in range(1, 8))
    assert took[len(took) // 2] <= 0.1
    assert len(office.looked) == 1_000
