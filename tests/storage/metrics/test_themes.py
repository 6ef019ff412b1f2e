"""What complaints are about."""

from datetime import date, timedelta

import pytest

from storage.known.complaints import Complaint
from storage.metrics.themes import themes, themes_of

ACME, OTHER = ("erp", "1"), ("erp", "2")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Delivery incomplete", ["incomplete"]),
        ("When does it arrive?", ["late or unknown delivery"]),
        ("Liefertermin verspätet", ["late or unknown delivery"]),
        (
            "Late again, and the plate is scratched",
            ["late or unknown delivery", "damaged or faulty"],
        ),
        ("Wrong colour", ["wrong item"]),
        ("Return of one piece", ["return"]),
        ("Chocolate", ["other"]),
        ("", ["other"]),
    ],
)
def test_words_tell_the_theme(words, expected):
    assert list(themes_of(words)) == expected


def test_themes_are_counted_in_the_window_with_their_companies():
    today = date(2026, 3, 20)

    def said(days, words, company=ACME, kind="ticket"):
        return Complaint(today - timedelta(days=days), company, kind, words)

    every = [
        said(1, "Late"), said(2, "Delay and damage"), said(3, "late", OTHER), said(90, "late"),
        said(1, None, None), said(1, "always late", OTHER, "survey"),
    ]  # fmt: skip
    found = themes(sorted(every, key=lambda one: one.on), today - timedelta(days=30), today)
    assert [(one.name, len(one.said), one.companies) for one in found] == [
        ("late or unknown delivery", 4, 2), ("damaged or faulty", 1, 1), ("other", 1, 0),
    ]  # fmt: skip
    assert found[0].said[0].on > found[0].said[-1].on
