"""Of many digests and places at one tick each is told under its own grant, and in its turn."""

from datetime import timedelta

import pytest
from msgspec import structs

from bot.digests.plan import Plan
from bot.digests.rota import CROWD, Rota
from bot.digests.run import SPREAD, put_off
from commands import Grant
from storage.models import ScheduledRun
from tests.bot.clockwork import Figure, Office
from tests.bot.digests.mondays import DAILY, DAY, MINUTE, MONDAY, NINE, outcomes, posts


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure("steel"), Figure("gold", "revenue"))
    made.rota = Rota(made.desk)
    yield made
    made.store.close()


def run_plans(office, *plans, at):
    office.rota.run(plans, at)


def test_each_place_is_asked_and_told_under_its_own_grant(office):
    office.grants |= {"C2": Grant({"supply": "full"}), "U7": Grant({"revenue": "full"})}
    run_plans(office, Plan(structs.replace(MONDAY, also=("C2", "U7", "C1"))), at=NINE)
    said = {row.channel: (row.text, row.topics) for row in posts(office)}
    assert list(said) == ["C1", "C2", "U7"]
    assert said["C1"][1] == ["revenue", "supply"]
    assert ("gold takes" in said["C2"][0], said["C2"][1]) == (False, ["supply"])
    assert ("steel takes" in said["U7"][0], said["U7"][1]) == (False, ["revenue"])
    assert all(row.text.startswith("monday: ") for row in posts(office))


def test_a_place_whose_rights_cannot_be_found_out_holds_back_no_other(office):
    office.grants["C2"] = TimeoutError()
    plan = Plan(structs.replace(DAILY, also=("C2",)))
    run_plans(office, plan, at=NINE)
    assert [row.channel for row in posts(office)] == ["C1"]
    office.grants["C2"] = Grant.everything()
    run_plans(office, plan, at=NINE + MINUTE)
    assert [row.channel for row in posts(office)] == ["C1", "C2"]


def test_what_is_paused_is_not_due(office):
    run_plans(office, Plan(DAILY, 1, is_paused=True), at=NINE)
    assert office.rows(ScheduledRun) == []


def test_a_period_that_is_skipped_is_written_down_and_only_that_one(office):
    plan = Plan(DAILY, 1, skips="2026-11-23T09:00")
    for at in (NINE, NINE + DAY):
        run_plans(office, plan, at=at)
    assert outcomes(office) == [("2026-11-23T09:00", "skipped"), ("2026-11-24T09:00", "sent")]
    assert len(posts(office)) == 1


def crowd(count):
    return [Plan(structs.replace(DAILY, id=f"d{number}")) for number in range(count)]


def test_few_at_one_moment_are_all_sent_at_it(office):
    run_plans(office, *crowd(CROWD), at=NINE)
    assert len(posts(office)) == CROWD


@pytest.mark.slow
def test_very_many_at_one_moment_are_spread_over_the_minutes_after_it(office):
    plans, sent_at = crowd(30), {}
    for minute in range(11):
        at = NINE + minute * MINUTE
        run_plans(office, *plans, at=at)
        for row in posts(office):
            sent_at.setdefault(row.key.split(":")[1], at)
    assert len(posts(office)) == 30
    for plan in plans:
        wait = sent_at[plan.digest.id] - NINE - put_off(plan.digest)
        assert timedelta(0) <= wait < MINUTE
    assert max(sent_at.values()) <= NINE + SPREAD
    assert len(set(sent_at.values())) > 5
    assert {outcome for _, outcome in outcomes(office)} == {"sent"}


def test_what_was_put_off_says_when_it_was_due_and_of_when_its_figures_are(office):
    plans = crowd(30)
    put_off_most = max(plans, key=lambda plan: put_off(plan.digest))
    assert put_off(put_off_most.digest) > 9 * MINUTE
    for at in (NINE, NINE + 10 * MINUTE):
        run_plans(office, *plans, at=at)
    (one,) = [row for row in posts(office) if f":{put_off_most.digest.id}:" in row.key]
    told = one.blocks[1]["elements"][0]["text"]
    assert told.startswith("Monday 23 November, 09:00 Berlin (CET), with figures of 09:10 · ")
    assert "late" not in told


def test_a_digest_that_breaks_stops_no_other(office):
    office.grants["C9"] = KeyError("C9")
    broken = structs.replace(DAILY, id="broken", channel="C9")
    run_plans(office, Plan(broken), Plan(DAILY), at=NINE)
    assert [row.channel for row in posts(office)] == ["C1"]
    assert [name for name, _ in office.faults] == ["digest broken"]
