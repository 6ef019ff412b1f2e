from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.sources import SourceError
from storage.sources._sql_stamp import Stamps
from storage.sources._window import Window

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def stamps(written="", kind="mysql", zone=BERLIN):
    return Stamps("changed", written, kind, zone)


def local(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("written", "kind", "since", "until"),
    [
        ("", "postgresql", NOON, NOON + timedelta(minutes=5, seconds=1)),
        ("", "mysql", local("2026-03-02 13:00"), local("2026-03-02 13:05:01")),
        ("", "sqlite", "2026-03-02 13:00:00", "2026-03-02 13:05:01"),
        ("%d.%m.%Y %H:%M", "mysql", "02.03.2026 13:00", "02.03.2026 13:05"),
        ("epoch", "mysql", 1772452800, 1772453101),
        ("day", "mysql", date(2026, 3, 2), date(2026, 3, 3)),
        ("day", "sqlite", "2026-03-02", "2026-03-03"),
        ("%Y%m%d", "mysql", "20260302", "20260303"),
    ],
)
def test_a_window_is_said_as_the_stamps_are_kept(written, kind, since, until):
    window = Window(NOON, NOON + timedelta(minutes=5))
    assert stamps(written, kind).bounds(window) == (since, until)


def test_the_first_window_begins_before_all_stamps():
    since, _ = stamps().bounds(Window(None, NOON))
    assert since == local("1970-01-02 01:00")


def test_no_local_time_is_left_out_where_a_clock_goes_back():
    """Every minute of the night is stamped by the local clock and must be in some window."""
    kept, start = stamps(), datetime(2026, 10, 24, 22, tzinfo=UTC)
    stamped = [start + timedelta(minutes=one) for one in range(300)]
    seen, high = set(), None
    for step in range(7, 420, 7):
        now = start + timedelta(minutes=step)
        since, until = kept.bounds(Window(high and high - timedelta(minutes=10), now))
        here = [at for at in stamped if at <= now]
        seen |= {at for at in here if since <= at.astimezone(BERLIN).replace(tzinfo=None) < until}
        high = now
    assert seen == set(stamped)


@pytest.mark.parametrize(
    ("written", "kind", "value", "at"),
    [
        ("", "postgresql", NOON, NOON),
        ("", "mysql", local("2026-03-02 13:00"), NOON),
        ("", "sqlite", "2026-03-02 13:00:00.123456", NOON),
        ("epoch", "mysql", 1772452800, NOON),
        ("%d.%m.%Y %H:%M", "mysql", "02.03.2026 13:00", NOON),
        ("day", "mysql", date(2026, 3, 2), None),
        ("%Y%m%d", "mysql", "20260302", None),
        ("", "mysql", local("2026-10-25 02:30"), None),  # passed twice: which one is not known
        ("", "mysql", None, None),
    ],
)
def test_a_stamp_is_an_instant_where_it_tells_one(written, kind, value, at):
    assert stamps(written, kind).read(value) == at


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("", "mysql", date(2026, 3, 2)),
        ("", "sqlite", "2026-03-02T13:00:00"),
        ("", "mysql", "2026-03-02 13:00:00"),
        ("", "mysql", 1772452800),
        ("day", "mysql", local("2026-03-02 13:00")),
        ("epoch", "mysql", "1772452800"),
    ],
)
def test_a_stamp_that_is_written_otherwise_fails_the_stream_by_its_name(written, kind, value):
    with pytest.raises(SourceError, match=r"the stamp changed holds .*: say how it is written"):
        stamps(written, kind).read(value)
