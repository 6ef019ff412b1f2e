import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import FORMULA, as_csv, as_json, basis_line, shown
from commands import (
    Answer,
    Basis,
    Chart,
    Column,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    SourceAge,
    Table,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASIS = Basis(
    "lead-time", 2, NOW - timedelta(days=90), NOW, 1_234, 5, NOW,
    (SourceAge("odoo:erp", timedelta(hours=7), True), SourceAge("csv:old", None, True)),
    history_from=NOW, coverage=0.5, notes=(Sentence("3 left out", ("supply",)),),
)  # fmt: skip


def answer(*rows):
    columns = (Column("Supplier", "supply"), Column("Median", "supply", "d", "lead-time"))
    return Answer(
        "Lead time",
        Sentence("**It takes 3 days**.", ("supply",)),
        (BASIS,),
        readings=(Reading("median", Decimal("3.5"), "d", "supply", "lead-time", 1.0, 9.0),),
        table=Table(columns, rows, frozenset({0}), len(rows)) if rows else None,
        chart=Chart("line", "Days", ("a",), (Series("s", (None,)),), "supply"),
        notes=(Sentence("Few orders.", ("supply",)),),
        follow_ups=(FollowUp("More", "lead-time more"),),
    )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(None, "d", "n/a"), (None, "share", "n/a"), (0, "d", "0 d"), (0.125, "share", "12 %"),
     (1234.5, "", "1,234"), (3.25, "d", "3.2 d"), (Decimal(1200), "EUR", "EUR 1,200"),
     ("Acme", "", "Acme")],
)  # fmt: skip
def test_a_figure_is_read_as_a_person_reads_it(value, unit, text):
    assert shown(value, unit) == text


def test_the_basis_says_window_count_age_and_what_is_stale():
    assert basis_line(BASIS, BERLIN) == (
        "lead-time@2 · 1 Dec 2025 – 1 Mar 2026 · n = 1,234, 5 open · Odoo (erp) 7 hours old, stale"
        " · CSV (old) never read · 50% matched · history from 1 Mar 2026 · 3 left out"
    )


def test_the_json_has_the_keys_that_programs_rely_on():
    found = as_json(answer(("Acme", None)))
    assert set(found) == {"kind", "error", "title", "summary", "detail", "readings", "table",
                          "chart", "notes", "follow_ups", "basis"}  # fmt: skip
    assert found["readings"][0] == {
        "name": "median", "value": 3.5, "unit": "d", "low": 1.0, "high": 9.0, "topic": "supply",
        "metric": "lead-time",
    }  # fmt: skip
    assert found["table"]["rows"] == [["Acme", None]]
    assert found["chart"]["series"] == [{"name": "s", "values": [None]}]
    assert found["notes"] == ["Few orders."]
    [basis] = found["basis"]
    assert basis["notes"] == ["3 left out"]
    assert basis["window"] == {"start": "2025-12-01T12:00:00Z", "end": "2026-03-01T12:00:00Z"}
    assert basis["sources"] == [{"name": "odoo:erp", "age_s": 25_200, "stale": True},
                                {"name": "csv:old", "age_s": None, "stale": True}]  # fmt: skip


def test_a_notice_has_the_same_keys_and_no_figures():
    found = as_json(Notice("No", "Try help", (FollowUp("help", "help"),), error=True))
    assert list(found) == list(as_json(answer()))
    assert {name: value for name, value in found.items() if value is not None} == {
        "kind": "notice", "error": True, "title": "No", "summary": "Try help",
        "follow_ups": [{"label": "help", "line": "help"}],
    }  # fmt: skip


@given(st.text(max_size=50))
def test_a_spreadsheet_runs_nothing_of_what_it_is_given(text):
    for lead in ("", *FORMULA):
        rows = list(csv.reader(io.StringIO(as_csv(answer((lead + text, 1.0))))))
        assert not rows[1][0].startswith(FORMULA) if rows[1:] else True


def test_a_negative_figure_stays_a_figure():
    assert as_csv(answer(("Acme", -3.5))).splitlines()[1] == "Acme,-3.5"


def test_an_answer_without_a_table_gives_its_readings():
    assert as_csv(answer()).splitlines()[1] == "median,3.5,d,1.0,9.0"


def test_the_rows_behind_an_answer_are_given_when_they_are_asked_for():
    rows = Table((Column("Order", "supply"), Column("Days", "supply", "d")), (("=P1", 5),))
    said = replace(answer(("Acme", 1.0)), evidence=rows)
    assert as_csv(said, is_evidence=True).splitlines() == ["Order,Days (d)", "'=P1,5"]
    assert as_csv(said).splitlines()[1] == "Acme,1.0"
