"""The past as it stands in the dialog: one mark a day, and how far the trial has come."""

from datetime import date, timedelta

from bot.alerts.replay import Day, Fired, Replay
from bot.alerts.trial import drawn, not_tried, told, trial, under_way
from commands import Reading

READING = Reading("median", None, "d", "supply", "lead-time")
FIRST = date(2026, 11, 1)


def days(phases):
    marks = {".": ("normal", 1.0), "p": ("pending", 1.0), "f": ("firing", 1.0),
             "r": ("recovering", 1.0), "?": ("firing", None)}  # fmt: skip
    return tuple(
        Day(FIRST + timedelta(days=at), marks[one][1], marks[one][0])
        for at, one in enumerate(phases) if one != " "
    )  # fmt: skip


def fired(*at):
    return tuple(Fired(FIRST + timedelta(days=one), "", 43.0) for one in at)


def test_there_is_a_mark_for_each_day_in_weeks():
    found = Replay(days("...pffr??.f"), fired(4, 10), reading=READING)
    assert drawn(found).splitlines() == [
        " 1 Nov  ···▒▲██ ??·▲",
        "▲ begins to fire   █ fires   ▒ not yet for long enough   · fine   ? can't tell",
    ]


def test_only_days_that_were_looked_at_have_a_mark():
    assert drawn(Replay(days(". . f"), reading=READING, step=2)).splitlines()[0] == " 1 Nov  ··█"


def test_ninety_days_stand_in_four_short_lines_that_say_where_they_begin():
    found = Replay(days("." * 90), reading=READING)
    *lines, _ = drawn(found).splitlines()
    assert [one[:6] for one in lines] == [" 1 Nov", "29 Nov", "27 Dec", "24 Jan"]
    assert [one.count("·") for one in lines] == [28, 28, 28, 6]
    assert max(map(len, lines)) < 42
    assert [len(one["text"]["text"]) <= 3_000 for one in trial(found)] == [True, True]


def test_it_says_in_words_what_it_draws_and_nothing_is_drawn_of_no_history():
    words, marks = trial(Replay(days("..f"), fired(2), reading=READING))
    assert words["text"]["text"].startswith("*It would have fired once*")
    assert marks["text"]["text"].startswith("```")
    [words] = trial(Replay((), why="its data is too old"))
    assert "its data is too old" in words["text"]["text"]


def test_foreign_names_can_not_become_mentions():
    found = Replay(days("..f"), (Fired(FIRST, "<!channel> *x*", 4.0),), reading=READING,
                   is_rows=True)  # fmt: skip
    assert "<!channel>" not in str(trial(found))


def test_what_is_shown_is_found_again_unless_it_is_still_under_way():
    done = trial(Replay(days("..f"), fired(2), reading=READING))
    other = {"type": "section", "block_id": "now"}
    assert told([other, *done]) == done
    assert told([other, *not_tried("Write a number")]) == not_tried("Write a number")
    assert told([other, *under_way(30, 90)]) is None
    assert told([other]) == []
