from datetime import date, timedelta

import pytest

from commands._duration_words import compared, days, is_slower, rests_on, takes
from storage.metrics._durations import Span, cohort, period

TODAY = date(2026, 3, 1)


def lasting(*lengths, open_=0):
    """As many things of so many days, and some still open, begun a year ago."""
    start = TODAY - timedelta(days=365)
    ended = [Span(at, start, start + timedelta(days=length)) for at, length in enumerate(lengths)]
    return cohort([*ended, *(Span(f"open{at}", start) for at in range(open_))], TODAY)


def test_what_it_takes_is_said_in_words():
    found = lasting(*[10] * 8, 30, 30)
    assert takes("Acme", found, "", "orders arrive") == (
        "**Acme takes 10 days** (median); 9 in 10 orders arrive within 30."
    )
    assert "can't be told yet, 4 of 10 are open" in takes(
        "Acme", lasting(*[10] * 6, open_=4), "", ""
    )
    text = takes("Acme", lasting(10, open_=9), "of 10 orders", "")
    assert text == "**Acme: not yet estimable**: of 10 orders fewer than half have ended."


@pytest.mark.parametrize(
    ("before", "after", "said", "slower"),
    [
        (10, 20, "▲ slower by 10 days than then: 10 days then.", True),
        (20, 10, "▼ faster by 10 days than then: 20 days then.", False),
        (20, 21, "● About as then: 20 days then.", False),
    ],
)
def test_a_change_is_said_when_it_is_one(before, after, said, slower):
    then, now = lasting(*[before] * 9), lasting(*[after] * 9)
    assert compared(now, then, "then") == said
    assert is_slower(now, then) == slower


def test_too_few_are_not_compared():
    few, enough = lasting(10), lasting(*[20] * 9)
    assert compared(enough, few, "then") == "Too few orders then to compare with (1)."
    assert not is_slower(enough, few)


def test_what_it_rests_on_is_said():
    start = TODAY - timedelta(days=20)
    thin = period([Span(1, start, TODAY), Span(2, start, None, TODAY)], start, TODAY)
    notes = rests_on(thin)
    assert "the orders placed since 9 Feb 2026" in notes[0]
    assert notes[1:] == (
        "Only 2 orders: one more can change this much.",
        "1 of 2 orders cancelled, counted until then.",
    )
    assert days(1) == "1 day"
