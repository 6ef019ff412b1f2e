"""The lines of a thread."""

from datetime import timedelta

import msgspec
import pytest

from bot.alerts.card import Acts
from bot.alerts.words import MOST, ORDER, change_lines
from tests.bot.alerts.test_card import CARD, OVER, episode
from tests.bot.clockwork import NOON

LATER = NOON + timedelta(hours=3)
LINES = [
    ("worse", {"value": 52.0, "worst": 52.0},
     "🔴 **Worse** · Supplier 1: **52 days**, above 40 days; 43 days when it fired."),
    ("again", {}, "🔴 **Still firing** · Supplier 1: **43 days**, above 40 days, for 3 hours."),
    ("recovering", {"value": 33.0, "phase": "recovering"},
     "🔵 **Recovering** · Supplier 1: **33 days**, below 34 days; 43 days when it fired."),
    ("no-data", {"data": "no-data"}, "⚪ **No figure now** · Supplier 1; the alert stands."),
    ("resolved", {"value": 33.0, "worst": 52.0, **OVER},
     ("🟢 **Over** · Supplier 1: **33 days**, below 34 days: over after 60 min; 43 days when it"
      " fired, 52 days at worst.")),
]  # fmt: skip


@pytest.mark.parametrize(("word", "stands", "line"), LINES)
def test_each_change_is_a_line(word, stands, line):
    assert change_lines(CARD, [(word, episode(**stands))], Acts(), LATER) == [line]


def test_every_change_has_its_words():
    assert {word for word, _, _ in LINES} == set(ORDER)


def test_a_figure_without_thresholds_is_said_without_them():
    card = msgspec.structs.replace(CARD, kind="new", when="", clear="")
    told = change_lines(card, [("again", episode())], Acts(), LATER)
    assert told == ["🔴 **Still firing** · Supplier 1: **new**, for 3 hours."]


def test_the_end_tells_who_acted():
    acts = Acts(("Acknowledged by Ada.", "Called them (Noor)"))
    told = change_lines(CARD, [("resolved", episode(**OVER))], acts, LATER)
    assert told[1:] == ["Acknowledged by Ada.", "Called them (Noor)"]


def test_many_changes_are_as_many_lines_as_one_reads():
    told = change_lines(CARD, [("again", episode(at)) for at in range(50)], Acts(), LATER)
    assert len(told) == MOST + 1
    assert told[-1] == "and 40 more"
