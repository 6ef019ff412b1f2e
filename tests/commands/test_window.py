from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands._window import WindowError, last_days, month_starts, read_window
from storage.known.purchases import purchase_lines
from storage.known.sales import sales_lines
from tests.storage.world import World

DAY = timedelta(days=1)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 30, 15, tzinfo=UTC)  # a day after the clocks went forward
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Pacific/Apia",
        "America/Sao_Paulo",
    ]
).map(ZoneInfo)
INSTANTS = st.integers(946_684_800, 2_208_988_800).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)  # 2000 to 2040
)


@pytest.mark.parametrize(
    ("words", "start", "end", "label"),
    [
        ("last 30 days", "2026-02-28", None, "last 30 days"),
        ("30d", "2026-02-28", None, "last 30 days"),
        ("last 2 years", "2024-03-30", None, "last 2 years"),
        ("last quarter", "2025-10-01", "2026-01-01", "last quarter"),
        ("this quarter", "2026-01-01", None, "this quarter"),
        ("last month", "2026-02-01", "2026-03-01", "last month"),
        ("this year", "2026-01-01", None, "this year"),
        ("last week", "2026-03-23", "2026-03-30", "last week"),
        ("today", "2026-03-30", None, "today"),
        ("yesterday", "2026-03-29", "2026-03-30", "yesterday"),
        ("since 2026-03-29", "2026-03-29", None, "since 2026-03-29"),
        ("in 2025", "2025-01-01", "2026-01-01", "in 2025"),
        ("in march 2025", "2025-03-01", "2025-04-01", "in March 2025"),
    ],
)
def test_a_window_is_read(words, start, end, label):
    window, rest = read_window(["acme", *words.split()], NOW, BERLIN)
    assert rest == ["acme"]
    assert window.start == midnight(start)
    assert window.end == (midnight(end) if end else NOW)
    assert window.label == label


def midnight(day):
    return datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    "words",
    ["last 0 days", "last 99999 days", "last ten days", "last 1e3 days", "last ١٢ days",
     "since 30/02", "since 2026-02-30", "since 9999-01-01", "since 2027-01-01", "in 2031"],
)  # fmt: skip
def test_a_window_that_cannot_be_meant_is_refused(words):
    with pytest.raises(WindowError):
        read_window(words.split(), NOW, BERLIN)


@pytest.mark.parametrize("words", ["acme", "last", "acme by item", ""])
def test_words_without_a_window_stay_as_they_are(words):
    assert read_window(words.split(), NOW, BERLIN) == (None, words.split())


@given(INSTANTS, ZONES, st.integers(1, 400))
def test_the_window_before_ends_where_the_window_begins(now, zone, days):
    window = last_days(days, now, zone)
    prior = window.prior(zone)
    assert prior.end == window.start
    first, start = (one.astimezone(zone).date() for one in (prior.start, window.start))
    assert start - first == timedelta(days)


@given(INSTANTS, ZONES, st.integers(1, 400))
def test_a_window_of_days_begins_so_many_local_days_before_today(now, zone, days):
    start = last_days(days, now, zone).start.astimezone(zone)
    assert now.astimezone(zone).date() - start.date() == timedelta(days)


@given(INSTANTS, ZONES, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_what_is_over_is_compared_with_as_long_a_part_of_what_was_before(now, zone, unit):
    words = ["today"] if unit == "day" else ["this", unit]
    window, _ = read_window(words, now, zone)
    prior = window.prior(zone)
    assert prior.end - prior.start == window.end - window.start
    assert prior.start < window.start


def test_the_last_months_begin_before_today():
    assert month_starts(2, date(2026, 3, 20)) == [date(2026, 2, 1), date(2026, 3, 1)]
    assert month_starts(2, date(2026, 3, 1)) == [date(2026, 1, 1), date(2026, 2, 1)]


def test_a_year_before_is_the_same_days():
    window, _ = read_window(["last", "30", "days"], NOW, BERLIN)
    before = window.year_before(BERLIN)
    assert before.end - before.start == window.end - window.start
    assert before.start.astimezone(BERLIN).date() == date(2025, 2, 28)


WINDOWS = {  # in words, and the days that they mean on a day
    "in 2025": lambda day, today: day.year == 2025,
    "in december 2025": lambda day, today: (day.year, day.month) == (2025, 12),
    "last year": lambda day, today: day.year == today.year - 1,
    "this year": lambda day, today: day.year == today.year,
    "last month": lambda day, today: (today.replace(day=1) - DAY).replace(day=1) <= day
    < today.replace(day=1),
    "last 10 days": lambda day, today: today - 10 * DAY <= day,
    "yesterday": lambda day, today: day == today - DAY,
    "since 2025-12-20": lambda day, today: day >= date(2025, 12, 20),
}  # fmt: skip
SOURCE_ZONES = ["Pacific/Kiritimati", "Asia/Tokyo", "UTC", "America/Los_Angeles"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Purchases and sales of every day around a new year, in sources of four zones."""
    made = World(tmp_path_factory.mktemp("world"))
    for zone in SOURCE_ZONES:
        made.zone = ZoneInfo(zone)
        for number in range(-33, 34):
            day = (date(2026, 1, 1) + number * DAY).isoformat()
            made.purchase(made.fact("party", name=zone, kind="supplier"), None, day)
            made.sale(made.fact("party", name=zone, kind="customer"), day)
    made.save()
    return made


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.sampled_from(list(WINDOWS)), ZONES, st.integers(-24 * 5, 24 * 30))
def test_an_order_known_by_its_day_is_in_the_windows_of_that_day(world, words, zone, hours):
    now = datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
    today = now.astimezone(zone).date()
    window, _ = read_window(words.split(), now, zone)
    with world.reader() as session:
        asked = {"start": window.start, "end": window.end, "zone": zone}
        bought = [(one.supplier.name, one.ordered_on)
                  for one in purchase_lines(session, now, **asked)]  # fmt: skip
        sold = [(one.customer.name, one.ordered_on) for one in sales_lines(session, now, **asked)]
    expected = Counter(
        (source, day)
        for source in SOURCE_ZONES
        for day in (date(2026, 1, 1) + number * DAY for number in range(-33, 34))
        if WINDOWS[words](day, today) and is_over(day, source, now) and is_over(day, zone, now)
    )
    assert Counter(bought) == expected
    assert Counter(sold) == expected


def is_over(day, zone, now):
    zone = ZoneInfo(zone) if isinstance(zone, str) else zone
    return now.astimezone(zone).date() > day
