from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.alerts.replay import Day, Fired, Replay
from bot.alerts.replayed import chart, words
from commands import Reading
from storage.watch import read_watch

DAYS = Reading("median", None, "d", "supply", "lead-time")
SHARE = Reading("on time", None, "share", "customers", "otif")


def days(*values):
    return tuple(Day(date(2026, 11, 1 + at), value, "normal") for at, value in enumerate(values))


def total(*fired, **more):
    dates = tuple(Fired(date(2026, 11, day), "", 43.0) for day in fired)
    return Replay(days(30.0, None, 43.0), dates, reading=DAYS, watch=read_watch("above 40"), **more)


def test_a_total_says_how_often_and_on_which_days():
    assert words(total(3, 12)) == (
        "**It would have fired twice** in the last 90 days, on 3 Nov and 12 Nov."
        " On 1 day it could not have been judged."
    )


def test_of_many_days_the_last_are_named():
    said = words(total(*range(1, 10)))
    assert "fired 9 times" in said
    assert "on 3 earlier days, 4 Nov, 5 Nov, 6 Nov, 7 Nov, 8 Nov and 9 Nov." in said


def test_rows_are_named_by_how_often_each_fired_and_what_the_last_one_was():
    fired = [
        ("Borealis", 40.0),
        ("Cobalt", 50.0),
        ("Borealis", 43.5),
        ("Delta", 41.0),
        ("Eos", 61.0),
    ]
    made = tuple(Fired(date(2026, 11, 1 + at), *one) for at, one in enumerate(fired))
    found = Replay(days(1.0, 2.0), made, reading=DAYS, is_rows=True)
    assert words(found) == (
        "**It would have fired 5 times** in the last 90 days: Borealis 2×, Cobalt, Delta and"
        " 1 more; last on 5 Nov (Eos: 61 d)."
    )


def test_what_can_not_be_told_is_said():
    found = total(3, reach_from=date(2026, 11, 1), step=5, is_cut=True)
    assert words(found) == (
        "**It would have fired once** since 1 Nov, on 3 Nov."
        " It can't be replayed before 1 Nov 2026. On 1 day it could not have been judged."
        " As its question takes long, only every 5th day was looked at."
        " Time ran out before the days before that."
    )


def test_a_quiet_past_and_no_past_read_differently():
    assert words(Replay(days(30.0), reading=DAYS)).startswith("**It would not have fired** in the")
    assert words(Replay((), why="its data is too old")) == (
        "**It can't be replayed**: its data is too old."
    )


def test_the_days_are_drawn_with_the_threshold():
    drawn = chart(total(3))
    assert (drawn.kind, drawn.unit, drawn.topic) == ("line", "d", "supply")
    assert drawn.x == ("1 Nov", "2 Nov", "3 Nov")
    assert [one.values for one in drawn.series] == [(30.0, None, 43.0), (40.0, 40.0, 40.0)]


def test_a_share_is_drawn_in_percent():
    found = Replay(days(0.5), reading=SHARE, watch=read_watch("below 95 %"))
    drawn = chart(found)
    assert drawn.unit == "%"
    assert [one.values for one in drawn.series] == [(50.0,), (95.0,)]


def test_of_rows_the_days_are_drawn_by_how_many_fired():
    drawn = chart(Replay(days(0.0, 2.0), reading=SHARE, is_rows=True))
    assert (drawn.kind, drawn.unit) == ("bar", "")
    assert [(one.name, one.values) for one in drawn.series] == [("Fired", (0.0, 2.0))]


def test_where_nothing_was_seen_nothing_is_drawn():
    assert chart(Replay((), why="there is no figure")) is None
    assert chart(Replay(days(None), reading=DAYS)) is None


@pytest.mark.parametrize(
    ("hours", "told"),
    [(336, "for at least 14 days."), (24, "for at least 24 hours."), (36, "at least 36 hours.")],
)
def test_it_says_how_long_what_fires_goes_on(hours, told):
    watch = read_watch("above 40", keep=timedelta(hours=hours))
    assert told in words(replace(total(3), watch=watch))
    assert "goes on" not in words(total(3))
