"""Digests made in Slack: each change is kept, written down, and owes nothing of before."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from bot.digests import kept
from bot.digests.plan import Digest, Plan
from bot.digests.rota import Rota
from bot.digests.run import history
from commands import Grant
from storage.models import Audit, DigestPlan, ScheduledRun
from tests.bot.clockwork import Figure, Office

DAILY = Digest("", "C1", "0 9 * * *", "Europe/Berlin", ("steel",), title="Steel", owner="U1")
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 09:00 in Berlin
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure("steel"))
    made.grants |= {"C2": Grant.everything(), "U2": Grant.everything()}
    made.rota = Rota(made.desk)
    yield made
    made.store.close()


def done(office, act, *args):
    with office.store.writer() as session:
        return act(session, *args)


def plans(office):
    with office.store.reader() as session:
        return kept.all_plans(session)


def tick(office, *moments):
    for at in moments:
        office.rota.run(plans(office), at)


def outcomes(office):
    runs = office.rows(ScheduledRun)
    return [(one.schedule, one.period, one.outcome) for one in runs if one.outcome != "seen"]


def test_what_is_kept_is_run_like_any_other(office):
    made = done(office, kept.keep, DAILY, "U1", NINE - HOUR)
    assert made == Plan(structs.replace(DAILY, id="own:1"), 1)
    tick(office, NINE - HOUR, NINE)
    assert outcomes(office) == [("own:1", "2026-11-23T09:00", "sent")]


def test_one_made_after_its_hour_owes_nothing_of_that_day(office):
    done(office, kept.keep, DAILY, "U1", NINE + HOUR)
    tick(office, NINE + HOUR, NINE + 2 * HOUR, NINE + DAY)
    assert outcomes(office) == [("own:1", "2026-11-24T09:00", "sent")]


def test_a_pause_leaves_no_debt(office):
    done(office, kept.keep, DAILY, "U1", NINE - HOUR)
    done(office, kept.pause, 1, "U1", NINE - HOUR)
    tick(office, NINE, NINE + HOUR)
    done(office, kept.go_on, 1, "U1", NINE + 2 * HOUR)
    tick(office, NINE + 2 * HOUR, NINE + DAY)
    assert outcomes(office) == [("own:1", "2026-11-24T09:00", "sent")]


def test_pausing_and_going_on_twice_at_one_moment_is_well(office):
    done(office, kept.keep, DAILY, "U1", NINE)
    for _ in range(2):
        assert done(office, kept.pause, 1, "U1", NINE)
        assert done(office, kept.go_on, 1, "U1", NINE)
    assert not plans(office)[0].is_paused


def test_the_next_one_is_left_out_once_and_that_can_be_taken_back(office):
    done(office, kept.keep, DAILY, "U1", NINE - HOUR)
    done(office, kept.skip_next, 1, "U1", NINE - HOUR)
    assert plans(office)[0].skips == "2026-11-23T09:00"
    done(office, kept.skip_next, 1, "U1", NINE - HOUR)
    assert plans(office)[0].skips is None
    done(office, kept.skip_next, 1, "U1", NINE - HOUR)
    tick(office, NINE, NINE + DAY)
    assert [outcome for *_, outcome in outcomes(office)] == ["skipped", "sent"]


def test_a_change_keeps_its_history_and_a_new_place_owes_nothing(office):
    done(office, kept.keep, DAILY, "U1", NINE - HOUR)
    tick(office, NINE)
    wider = structs.replace(DAILY, title="Steel and more", also=("C2",))
    assert done(office, kept.change, 1, wider, "U1", NINE + HOUR)
    tick(office, NINE + HOUR, NINE + DAY)
    assert outcomes(office) == [
        ("own:1", "2026-11-23T09:00", "sent"),
        ("own:1", "2026-11-24T09:00", "sent"),
        ("own:1>C2", "2026-11-24T09:00", "sent"),
    ]


def test_one_that_is_given_up_is_silent_until_it_is_restored(office):
    done(office, kept.keep, DAILY, "U1", NINE - HOUR)
    assert done(office, kept.end, 1, "U1", NINE - HOUR)
    tick(office, NINE)
    assert plans(office) == []
    assert not done(office, kept.end, 1, "U1", NINE)
    assert not done(office, kept.change, 1, DAILY, "U1", NINE)
    assert done(office, kept.restore, 1, "U1", NINE + HOUR)
    assert not done(office, kept.restore, 1, "U1", NINE + HOUR)
    tick(office, NINE + HOUR, NINE + DAY)
    assert [outcome for *_, outcome in outcomes(office)] == ["sent"]


def test_every_change_is_written_down_with_who_made_it(office):
    done(office, kept.keep, DAILY, "U1", NINE)
    done(office, kept.change, 1, structs.replace(DAILY, title="Iron"), "U2", NINE)
    for act in (kept.pause, kept.go_on, kept.skip_next, kept.end, kept.restore):
        done(office, act, 1, "U1", NINE)
    rows = office.rows(Audit)
    assert [(one.who, one.action) for one in rows] == [
        ("U1", "made"), ("U2", "changed"), ("U1", "paused"), ("U1", "went on"), ("U1", "skips"),
        ("U1", "ended"), ("U1", "restored"),
    ]  # fmt: skip
    assert {one.what for one in rows} == {"digest own:1"}
    assert (rows[0].before, rows[0].after["plan"]["title"]) == (None, "Steel")
    assert (rows[1].before["plan"]["title"], rows[1].after["plan"]["title"]) == ("Steel", "Iron")
    assert rows[2].after["paused"]
    with office.store.reader() as session:
        assert kept.changes(session, 1)[0].action == "restored"


def test_a_list_is_of_a_channel_or_of_a_person(office):
    made = [
        Plan(structs.replace(DAILY, id="a")),
        Plan(structs.replace(DAILY, id="b", channel="C2", also=("U2",), owner="U3"), 1),
        Plan(structs.replace(DAILY, id="c", channel="U2", owner=""), None),
    ]
    assert [one.digest.id for one in kept.of_channel(made, "C1")] == ["a"]
    assert [one.digest.id for one in kept.of_person(made, "U2")] == ["b", "c"]
    assert [one.digest.id for one in kept.of_person(made, "U3")] == ["b"]


def test_who_made_it_and_who_runs_leadline_may_change_it(office):
    own, fixed = Plan(DAILY, 1), Plan(DAILY)
    assert kept.may_change(own, "U1", is_operator=False)
    assert not kept.may_change(own, "U2", is_operator=False)
    assert kept.may_change(own, "U2", is_operator=True)
    assert not kept.may_change(fixed, "U1", is_operator=True)


def test_the_history_is_of_what_was_due_the_newest_first(office):
    done(office, kept.keep, DAILY, "U1", NINE - HOUR)
    tick(office, *(NINE + day * DAY for day in range(4)))
    with office.store.reader() as session:
        runs = history(session, plans(office)[0].digest, 3)
    assert [one.period[:10] for one in runs] == ["2026-11-26", "2026-11-25", "2026-11-24"]


def test_nothing_of_a_row_is_lost_when_it_is_read(office):
    every = structs.replace(
        DAILY, also=("C2",), only_if="changed", series=True, catch_up=timedelta(hours=3)
    )
    done(office, kept.keep, every, "U1", NINE)
    assert plans(office)[0].digest == structs.replace(every, id="own:1")
    assert office.rows(DigestPlan)[0].channel == "C1"
