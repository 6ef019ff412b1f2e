"""What complaints are about."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from storage.metrics.themes import complaints, is_unhappy, themes, themes_of
from tests.storage.metrics.test_surveys import said
from tests.storage.metrics.test_tickets import NOW, case

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


@pytest.mark.parametrize(
    ("kind", "score", "scale", "is_it"),
    [("nps", 6, 10, True), ("nps", 7, 10, False), ("csat", 2, 5, True), ("csat", 3, 5, False),
     ("ces", 3, 7, True), ("ces", 4, 7, False), ("nps", None, 10, False)],
)  # fmt: skip
def test_the_unhappy_complain(kind, score, scale, is_it):
    assert is_unhappy(replace(said(score, 1), kind=kind, scale=scale)) is is_it


def test_themes_are_counted_in_the_window_with_their_companies():
    def ticket(hours, subject, company):
        return replace(case(hours), subject=subject, company=company)

    cases = [
        ticket(24, "Late", ACME), ticket(48, "Delay and damage", ACME), ticket(72, "late", OTHER),
        ticket(24 * 90, "late", ACME), ticket(24, None, None),
    ]  # fmt: skip
    at = datetime(2026, 3, 19, tzinfo=NOW.tzinfo)
    voice = replace(said(2, 1, OTHER), at=at, on=at.date(), comment="always late")
    happy = replace(said(10, 2, OTHER), at=at, on=at.date(), comment="never late")
    found = themes(
        complaints(cases, [voice, happy]), NOW.date() - timedelta(days=30), date(2026, 3, 21)
    )
    assert [(one.name, len(one.said), one.companies) for one in found] == [
        ("late or unknown delivery", 4, 2), ("damaged or faulty", 1, 1), ("other", 1, 0),
    ]  # fmt: skip
    assert found[0].said[0].on >= found[0].said[-1].on
