"""Which answers count."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from storage.known.voices import Voice
from storage.metrics._surveys import latest

START, END = date(2026, 1, 1), date(2026, 4, 1)


def said(score, day, company=None, number=0):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    key = ("crm", f"{day}-{number}")
    value = None if score is None else Decimal(score)
    return Voice(key, company, company, "nps", value, 10, at, at.date())


def test_the_last_answer_of_a_company_counts_and_each_of_nobody_known():
    acme, other = ("erp", "acme"), ("erp", "other")
    every = [said(9, 40, acme), said(2, 10, acme), said(5, 3, other), said(1, 5), said(1, 6)]
    assert [one.score for one in latest(every, START, END)] == [5, 1, 1, 9]


def test_only_answers_of_the_window_and_with_a_score():
    acme = ("erp", "acme")
    every = [said(9, -1, acme), said(8, 0, acme), said(7, 90, acme), said(None, 5, acme)]
    assert [one.score for one in latest(every, START, END)] == [8]
