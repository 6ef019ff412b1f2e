from dataclasses import replace
from datetime import UTC, datetime

import pytest

from commands._supplier_seen import Card, Shares
from commands._supplier_words import (
    chance,
    change,
    joined,
    line_count,
    moves,
    moves_rest,
    of_lines,
    on_time_and_in_full,
    overdue,
    plan,
    scope,
    takes,
)
from storage.known.rates import Sums
from storage.metrics._due import Share, share_of
from storage.metrics._durations import Span, cohort
from storage.metrics._log_rank import LogRank
from storage.metrics.lead_time_variability import Spread
from storage.metrics.planned_vs_actual import gap
from storage.metrics.promise_slip import Slips
from storage.metrics.slowdown import Pace
from tests.storage.metrics.purchases import NOW, TODAY, ago, bought

THEN = "in the year before"
NO_SLIPS = Slips(0, 0, 0, 0, None, None, None, None)
NOTHING_DUE = Shares(*(Share(0, 0) for _ in range(3)))


def lasting(*days):
    return cohort([Span(object(), ago(90), ago(90 - one)) for one in days], TODAY)


OPEN = cohort([Span(object(), ago(90)) for _ in range(9)], TODAY)


def card(now, before, *, p=None, changed=None, slower=True):
    test = None if p is None else LogRank(5, 9.0 if slower else 2.0, 9.0, 8.0, p)
    return Card((), Pace(now, before, test), changed, NOTHING_DUE, NOTHING_DUE, NO_SLIPS, (), (),
                Sums())  # fmt: skip


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (card(lasting(43), lasting(31), p=0.0004, changed="slower"),
         ("▲ Slower by 12 days than in the year before (31 days), more than chance explains"
         " (log-rank p < 0.001).")),
        (card(lasting(20), lasting(31), p=0.01, changed="faster", slower=False),
         ("▼ Faster by 11 days than in the year before (31 days), more than chance explains"
         " (log-rank p = 0.01).")),
        (card(lasting(43), lasting(31), p=0.2),
         "● It was 31 days in the year before; that difference can be chance (log-rank p = 0.2)."),
        (card(lasting(32), lasting(31), p=0.2), "● About as in the year before: 31 days then."),
        (card(lasting(43), lasting(31)), "Too few orders to tell whether that changed."),
        (card(OPEN, lasting(31), p=0.0001, changed="slower"),
         "▲ Slower than in the year before: it was 31 days, now fewer than half have come."),
        (card(OPEN, lasting(31), p=0.4),
         "It was 31 days in the year before; now fewer than half have come."),
    ],
    ids=["slower", "faster", "may be chance", "about the same", "too few", "hardly any came",
         "hardly any came, may be chance"],
)  # fmt: skip
def test_a_change_is_said_with_how_sure_it_is(one, said):
    assert change(one, THEN) == said


def test_of_many_names_the_first_are_said():
    assert joined(["A"]) == "A"
    assert joined(["A", "B"]) == "A and B"
    assert joined(["A", "B", "C"]) == "A, B and C"
    assert joined(["A", "B", "C", "D"]) == "A, B and 2 more"


def test_what_it_takes_now_and_took_before():
    assert takes(Pace(lasting(43), lasting(31), None), THEN) == "43 days now, 31 in the year before"
    assert takes(Pace(OPEN, lasting(31), None), THEN).startswith("not yet estimable now")
    assert takes(Pace(lasting(43), OPEN, None), THEN) == "43 days now"


def test_of_few_lines_no_percentage_is_said():
    def said(hits, n):
        both = share_of([True] * hits + [False] * (n - hits))
        return on_time_and_in_full(replace(NOTHING_DUE, both=both))

    assert said(1, 1) == "1 of 1 line due came on time and in full"
    assert said(45, 50) == "90 % of 50 lines due came on time and in full"
    assert said(0, 0) == "nothing with a date was due"


def test_lines_are_counted():
    assert (of_lines(share_of([True, False])), of_lines(Share(0, 0))) == (
        "1 of 2 lines due", "nothing was due",
    )  # fmt: skip
    assert (line_count(1), line_count(0)) == ("1 line", "0 lines")


def test_what_is_overdue_is_said_with_its_worth():
    assert overdue(2, 1, Sums()) == "1 of 2 open lines is overdue; to come: nothing."
    assert overdue(2, 0, Sums()).startswith("None of 2 open lines is overdue")
    assert overdue(0, 0, Sums()) == "Nothing is open."


def test_a_slip_that_is_not_known_is_not_zero():
    known = Slips(4, 1, 2, 2, 3.5, 0, 0.5, datetime(2026, 1, 5, tzinfo=UTC))
    assert moves(known) == "+3.5 d"
    assert moves_rest(known) == "4 lines, 2 changed, 1 unknown; history from 5 Jan 2026"
    assert moves(replace(NO_SLIPS, unknown=3, history_from=NOW)) == "unknown"
    assert (moves(NO_SLIPS), moves_rest(NO_SLIPS)) == ("n/a", "no line with a promise")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Spread(25, "supplier", None, None), "25 orders of Borealis"),
        (
            Spread(31, "category", "Steel", None),
            "31 orders of all of Steel, as too few are its own",
        ),
        (Spread(90, "company", None, None), "90 orders of all suppliers, as too few are its own"),
    ],
)
def test_a_spread_says_of_what_it_is(found, said):
    assert scope(found, "Borealis") == said


def test_a_wrong_plan_is_said_with_what_is_true():
    found = gap([bought(back, back - 43, planned=back - 31) for back in range(50, 80)], TODAY)
    assert plan("Coil", found) == (
        "The ERP plans 31 days for Coil and half take 43 or less (30 of 30 later than planned):"
        " too short."
    )
    early = gap([bought(back, back - 10, planned=back - 31) for back in range(50, 80)], TODAY)
    assert plan("Coil", early).endswith("(30 of 30 sooner than planned): too long.")


def test_a_chance_is_never_zero():
    assert (chance(0.00001), chance(0.0449)) == ("log-rank p < 0.001", "log-rank p = 0.045")
