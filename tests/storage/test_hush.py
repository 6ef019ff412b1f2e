"""Quiet hours minute by minute, also where clocks change; silences as they are kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.hush import BadQuiet, Silences, read_quiet, silences
from storage.models import Silence
from tests.storage.conftest import fresh

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def spans(text, zone, first, last):
    """When it is quiet, minute by minute, as [(begin, end)] in local time."""
    quiet, zone = read_quiet(text, ZoneInfo(zone)), ZoneInfo(zone)
    found, was, now = [], False, first
    while now < last:
        if quiet.holds(now) != was:
            found.append(f"{now.astimezone(zone):%d %H:%M %z}")
            was = not was
        now += MINUTE
    return found


@pytest.mark.parametrize(
    ("text", "hours"),
    [("20:00-07:00", [*range(7), *range(20, 24)]), ("12:00-14:00", [12, 13]),
     ("0:00 – 6:00", list(range(6))), ("22:00-24:00", [22, 23]), ("23:00-00:00", [23])],
)  # fmt: skip
def test_quiet_hours_are_those_of_the_local_clock(text, hours):
    quiet = read_quiet(text, BERLIN)
    midnight = datetime(2026, 11, 24, tzinfo=BERLIN)
    assert [hour for hour in range(24) if quiet.holds(midnight + timedelta(hours=hour))] == hours
    last = midnight + timedelta(hours=max(hours) + 1)
    assert quiet.holds(last - timedelta(microseconds=1)) != quiet.holds(last) or max(hours) == 23


@pytest.mark.parametrize(
    ("text", "zone", "day", "found"),
    [
        # the clock goes from 3:00 back to 2:00, and from 2:00 on to 3:00
        ("20:00-02:30", "Europe/Berlin", (2026, 10, 24),
         ["24 20:00 +0200", "25 02:30 +0200", "25 20:00 +0100", "26 02:30 +0100"]),
        ("02:30-06:00", "Europe/Berlin", (2026, 10, 24),
         ["25 02:30 +0200", "25 06:00 +0100", "26 02:30 +0100", "26 06:00 +0100"]),
        ("20:00-02:30", "Europe/Berlin", (2027, 3, 27),
         ["27 20:00 +0100", "28 03:00 +0200", "28 20:00 +0200", "29 02:30 +0200"]),
        ("02:30-06:00", "Europe/Berlin", (2027, 3, 27),
         ["28 03:00 +0200", "28 06:00 +0200", "29 02:30 +0200", "29 06:00 +0200"]),
        ("02:15-02:45", "Europe/Berlin", (2027, 3, 27), ["29 02:15 +0200", "29 02:45 +0200"]),
        # from 2:00 back to 1:30
        ("22:00-01:45", "Australia/Lord_Howe", (2027, 4, 3),
         ["03 22:00 +1100", "04 01:45 +1100", "04 22:00 +1030", "05 01:45 +1030"]),
        # from 1:00 back to midnight
        ("22:00-00:30", "America/Havana", (2026, 10, 31),
         ["31 22:00 -0400", "01 00:30 -0400", "01 22:00 -0500", "02 00:30 -0500"]),
        # from midnight on to 1:00
        ("00:30-05:00", "America/Santiago", (2026, 9, 5),
         ["06 01:00 -0300", "06 05:00 -0300", "07 00:30 -0300", "07 05:00 -0300"]),
        ("21:00-06:15", "Asia/Kathmandu", (2026, 9, 5),
         ["05 21:00 +0545", "06 06:15 +0545", "06 21:00 +0545", "07 06:15 +0545"]),
    ],
)  # fmt: skip
def test_quiet_hours_hold_once_where_clocks_change(text, zone, day, found):
    noon = datetime(*day, 12, tzinfo=ZoneInfo(zone))
    first = noon.astimezone(UTC)
    assert spans(text, zone, first, first + timedelta(hours=44)) == found


@pytest.mark.parametrize("text", ["", "  "])
def test_none_are_no_quiet_hours(text):
    assert read_quiet(text, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [("at night", "no span"), ("20-7", "no span"), ("20:00", "no span"),
     ("25:00-07:00", "no clock"), ("20:61-07:00", "no clock"), ("24:30-07:00", "no clock"),
     ("07:00-07:00", "silence the rule"),
     ("٢٠:00-07:00", "no span"), ("20:00-07:00-09:00", "no span")],
)  # fmt: skip
def test_what_are_no_quiet_hours_is_refused_with_what_would_do(text, why):
    with pytest.raises(BadQuiet, match=why):
        read_quiet(text, BERLIN)


def test_silences_are_of_a_rule_an_entity_both_or_everything():
    assert Silences(frozenset({("", "")})).hold("steel", "a")
    assert Silences(frozenset({("steel", "")})).hold("steel")
    one = Silences(frozenset({("steel", ""), ("", "b"), ("copper", "c")}))
    pairs = [(rule, entity) for rule in ("steel", "copper") for entity in ("", "a", "b", "c")]
    assert [pair for pair in pairs if one.hold(*pair)] == [
        ("steel", ""), ("steel", "a"), ("steel", "b"), ("steel", "c"), ("copper", "b"),
        ("copper", "c"),
    ]  # fmt: skip
    assert not Silences().hold("steel", "a")


def test_a_silence_holds_from_its_beginning_until_it_is_over_or_ended(tmp_path):
    store = fresh(tmp_path / "x.db")
    hour = timedelta(hours=1)
    with store.writer() as session:
        for rule, begun_at, until, ended_at in (
            ("going", NOON - hour, NOON + hour, None), ("open", NOON, None, None),
            ("over", NOON - hour, NOON, None), ("planned", NOON + hour, None, None),
            ("ended", NOON - hour, NOON + hour, NOON), ("ends", NOON - hour, None, NOON + hour),
        ):  # fmt: skip
            session.add(Silence(rule=rule, owner="U1", begun_at=begun_at, until=until,
                                ended_at=ended_at))  # fmt: skip
    with store.reader() as session:
        found = silences(session, NOON)
    assert found.pairs == {("going", ""), ("open", ""), ("ends", "")}
    store.close()


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        ((2026, 11, 25, 7, 0), (2026, 11, 25, 7, 0)),
        ((2026, 11, 25, 19, 59), (2026, 11, 25, 7, 0)),
        ((2026, 11, 25, 6, 59), (2026, 11, 24, 7, 0)),
    ],
)
def test_they_ended_when_the_clock_last_showed_their_end(now, ended):
    quiet = read_quiet("20:00-07:00", BERLIN)
    assert quiet.ended(datetime(*now, tzinfo=BERLIN)) == datetime(*ended, tzinfo=BERLIN)


def test_an_end_that_the_clock_leaves_out_is_over_once_the_clock_is_past_it():
    quiet = read_quiet("20:00-02:30", BERLIN)
    # the clock goes from 2:00 on to 3:00, an hour after midnight UTC
    for minutes, ended in ((0, 0), (10, 10), (30, 30), (60, 30)):
        now = datetime(2027, 3, 28, 1, tzinfo=UTC) + timedelta(minutes=minutes)
        assert quiet.ended(now) == datetime(2027, 3, 28, 1, ended, tzinfo=UTC)
