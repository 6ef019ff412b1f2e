from collections import Counter
from decimal import Decimal

import pytest

from commands._otif_words import allowed, beside, compared, missed, percent
from storage.metrics._due import STRICT, Share, Tolerance, share_of


def of(hits, n):
    return share_of([True] * hits + [False] * (n - hits))


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, "n/a"), (0.0, "0 %"), (1.0, "100 %"), (0.824, "82 %"), (0.999, "99.9 %"),
        (0.99999, "99.9 %"), (0.0001, "0.1 %"), (0.004, "0.4 %"),
    ],
)  # fmt: skip
def test_less_than_all_is_never_called_all_nor_something_nothing(share, words):
    assert percent(share) == words


def test_a_change_within_chance_is_no_change():
    assert compared(of(40, 50), of(42, 50), "before") == "● About as before: 84 % then."
    assert compared(of(20, 50), of(42, 50), "before") == "▼ worse than before: 84 % then."
    assert compared(of(50, 50), of(42, 50), "before") == "▲ better than before: 84 % then."


def test_too_few_before_are_not_compared_with():
    assert compared(of(40, 50), of(4, 4), "before") == "Too few due before to compare with (4)."
    assert compared(of(40, 50), of(0, 0), "before") == "Nothing before to compare with."
    assert compared(of(0, 0), of(40, 50), "before") == "It was 80 % before."


def test_money_is_compared_by_points():
    then, now = Share(Decimal(80), Decimal(100)), Share(Decimal(81), Decimal(100))
    assert compared(now, then, "before").startswith("●")
    assert compared(Share(Decimal(70), Decimal(100)), then, "before").startswith("▼ worse")


def test_how_lines_were_missed_is_said_by_number():
    assert missed(Counter()) == "No line was missed."
    assert missed(Counter({"not come": 1})) == "Of 1 line missed, 1 has not come."
    assert missed(Counter({"late": 3, "short": 2, "called off": 1})) == (
        "Of 6 lines missed, 3 came late, 2 came only in part and 1 was called off late."
    )


def test_targets_that_nobody_has_are_not_named():
    targets = {"day asked for": of(0, 0), "first promise": of(1, 2)}
    assert beside("Per order", of(1, 4), targets) == (
        "Per order it is 25 %; on time by the first promise 50 %."
    )
    assert beside("Per order", of(1, 4), {}) == "Per order it is 25 %."


def test_what_was_let_pass_is_said():
    assert allowed(STRICT) is None
    assert allowed(Tolerance(early=0, late=2, short=Decimal("0.05"))) == (
        "Let pass: up to 2 days late, 5 % missing, no more than 0 days early."
    )
