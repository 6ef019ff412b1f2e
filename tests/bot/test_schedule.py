"""Due times against an oracle that only looks at the clock on the wall, minute by minute."""

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.schedule import between, runs, upcoming

ROUNDS = int(os.environ.get("ROUNDS", "1"))
MINUTE = timedelta(minutes=1)
FIRST_YEAR = 2026
TIMES = [(0, 0), (0, 30), (1, 0), (1, 30), (2, 30), (9, 0), (23, 30)]
PAST = [
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a day that never was
    ("Pacific/Kwajalein", datetime(1993, 8, 21, 12, tzinfo=UTC)),  # another
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),  # back for Ramadan
    ("America/Caracas", datetime(2016, 5, 1, 7, tzinfo=UTC)),  # by half an hour
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),  # at midnight, by half an hour
]


def changes(zone, start, end):
    """The instants, to the minute, at which the zone's offset changes."""
    tz, found, at = ZoneInfo(zone), [], start
    while at < end:
        after = at + timedelta(days=1)
        if at.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            low, high = at, after
            while high - low > MINUTE:
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                same = middle.astimezone(tz).utcoffset() == at.astimezone(tz).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        at = after
    return found


def zones_of_distinct_changes():
    start = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(FIRST_YEAR + 1 + ROUNDS, 1, 1, tzinfo=UTC)
    seen = {}
    for zone in sorted(available_timezones() - {"localtime", "Factory"}):
        moments = changes(zone, start, end)
        mark = tuple((at, at.astimezone(ZoneInfo(zone)).utcoffset()) for at in moments)
        if mark:
            seen.setdefault(mark, (zone, moments))
    return list(seen.values())


def minutes(start, end):
    at = start
    while at < end:
        yield at
        at += MINUTE


def oracle_fixed(clock, hour, minute, wanted, start, end):
    """One run a wanted local day: when the wall clock first shows the time or one beyond it."""
    day = clock[0][1].date() - timedelta(days=1)
    found = []
    while day <= clock[-1][1].date():
        if wanted(day):
            meant = datetime.combine(day, time(hour, minute))
            found += [next((at for at, wall in clock if wall >= meant), end)]
        day += timedelta(days=1)
    return sorted({at for at in found if start < at < end})


def oracle_hourly(clock, minute, start, end):
    return [at for at, wall in clock if wall.minute in minute and start < at < end]


def wall_clock(tz, start, end):
    return [(at, at.astimezone(tz).replace(tzinfo=None, fold=0)) for at in minutes(start, end)]


def round_a_change(moment):
    """From a day before to two after; the clock is read from earlier on, as a gap may hide days."""
    start = moment.replace(second=0) - timedelta(days=1)
    return start - timedelta(hours=30), start, moment + timedelta(days=2)


def fired(cron, zone, start, end):
    return [due.at for due in between(cron, zone, start, end - MINUTE)]


def is_last_of_month(day):
    return (day + timedelta(days=1)).day == 1


def check_around(zone, moment):
    early, start, end = round_a_change(moment)
    clock = wall_clock(ZoneInfo(zone), early, end)
    weekday = moment.astimezone(ZoneInfo(zone)).date()
    for hour, minute in TIMES:
        at = f"{minute} {hour}"
        for cron, wanted in (
            (f"{at} * * *", lambda day: True),
            (
                f"{at} * * {weekday.isoweekday() % 7}",
                lambda day: day.weekday() == weekday.weekday(),
            ),
            (f"{at} {weekday.day} * *", lambda day: day.day == weekday.day),
            (f"{at} L * *", is_last_of_month),
        ):
            expected = oracle_fixed(clock, hour, minute, wanted, start, end)
            assert fired(cron, zone, start, end) == expected, (zone, cron, moment)
    for cron, minute in (
        ("0 * * * *", {0}),
        ("45 * * * *", {45}),
        ("*/15 * * * *", {0, 15, 30, 45}),
    ):
        expected = oracle_hourly(clock, minute, start, end)
        assert fired(cron, zone, start, end) == expected, (zone, cron, moment)


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "America/Nuuk"],
)
def test_zones_agree_with_the_wall_clock_round_the_changes_of_a_year(zone):
    found = changes(zone, datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    assert len(found) == 2
    for moment in found:
        check_around(zone, moment)


@pytest.mark.slow
def test_every_zone_agrees_with_the_wall_clock_round_every_change():
    zones = zones_of_distinct_changes()
    assert len(zones) >= 25
    for zone, moments in zones:
        for moment in moments:
            check_around(zone, moment)


@pytest.mark.parametrize(("zone", "near"), PAST)
def test_changes_of_the_past_agree_too(zone, near):
    found = changes(zone, near - timedelta(days=2), near + timedelta(days=2))
    assert found
    for moment in found:
        check_around(zone, moment)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize(("year", "month"), [(2026, 12), (2027, 2), (2028, 2), (2027, 4)])
def test_month_ends_agree_with_the_wall_clock(zone, year, month):
    first = date(year + month // 12, month % 12 + 1, 1)
    check_around(zone, datetime(first.year, first.month, first.day, 12, tzinfo=UTC))


@pytest.mark.parametrize("cron", ["30 2 * * *", "0 0 * * *", "*/20 1 * * *", "5 0,12 * * *"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe"])
def test_no_matter_when_one_looks_the_next_run_is_the_same(cron, zone):
    for moment in changes(zone, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)):
        start = moment - timedelta(days=1)
        found = fired(cron, zone, start, moment + timedelta(days=2))
        for looked in range(0, 48 * 60, 7):
            after = start + looked * MINUTE
            assert next(upcoming(cron, zone, after)).at == next(at for at in found if at > after)


def test_a_weekly_midnight_survives_the_loss_of_its_hour():
    at = datetime(2027, 3, 20, tzinfo=UTC)
    found = [run.isoformat() for run in runs("0 0 * * 1", "Europe/Berlin", at, 3)]
    assert found == [
        "2027-03-22T00:00:00+01:00",
        "2027-03-29T00:00:00+02:00",
        "2027-04-05T00:00:00+02:00",
    ]


def test_times_that_fall_into_one_gap_are_one_run():
    after = datetime(2027, 3, 27, 12, tzinfo=UTC)
    found = [run.isoformat() for run in runs("15,45 2 * * *", "Europe/Berlin", after, 3)]
    assert found == [
        "2027-03-28T03:00:00+02:00",
        "2027-03-29T02:15:00+02:00",
        "2027-03-29T02:45:00+02:00",
    ]


def test_a_period_is_the_local_time_that_was_meant():
    after = datetime(2027, 3, 27, 12, tzinfo=UTC)
    due = next(upcoming("30 2 * * *", "Europe/Berlin", after))
    assert (due.period, due.at) == ("2027-03-28T02:30", datetime(2027, 3, 28, 1, tzinfo=UTC))


def test_the_two_passes_of_a_repeated_hour_are_two_periods_of_an_hourly_schedule():
    after = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    found = upcoming("0 * * * *", "Europe/Berlin", after)
    assert [next(found).period for _ in range(2)] == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
    ]
