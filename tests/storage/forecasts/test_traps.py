"""Traps of real purchase data, each from an export to what the curves learn from it.

Others are tried where they are dealt with: orders that were called off in `test_lead_time_fit.py`,
those that nobody ever closed in `test_dormant.py`, who bought but once in `test_mbg.py`.
"""

import csv
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from storage.forecasts._fitted import quantiles
from storage.forecasts._lead_time_fit import fit
from storage.forecasts._lead_time_past import _firsts
from storage.forecasts._orders import orders_in
from storage.known.columns import purchases
from storage.known.purchases import purchase_lines
from storage.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)  # after whatever was seen when the test ran
ZONE = ZoneInfo("UTC")
COLUMNS = ("po", "line", "asn", "vendor", "day", "promise", "in")
STREAM = """
[sources.old]
kind = "csv"
[sources.old.streams.purchase_lines]
file = "po.csv"
key = ["po", "line"]
columns.order = "po"
columns.line = "line"
columns.shipment = "asn"
columns.supplier = "vendor"
columns.ordered_at = "day"
columns.promised_on = "promise"
columns.received_at = "in"
"""


@pytest.fixture
def export(tmp_path):
    """Reads rows of an export into a store, and gives what the verb said."""

    def read(*rows, more=""):
        (tmp_path / "leadline.toml").write_text(STREAM + more)
        with (tmp_path / "po.csv").open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
        env = {"LEADLINE_CONFIG": str(tmp_path / "leadline.toml"), "DATABASE_URL": None,
               "LEADLINE_NOW": NOW.isoformat()}  # fmt: skip
        done = CliRunner().invoke(cli, ["sync"], env=env)
        assert done.exit_code == 0, done.output
        return done.output

    read.folder = tmp_path
    return read


@contextmanager
def reader(export):
    store = Store(f"sqlite:///{export.folder}/leadline.db")
    with store.reader() as session:
        yield session
    store.close()


def lines(export, now=NOW):
    with reader(export) as session:
        return list(purchase_lines(session, now, zone=ZONE))


def orders(export):
    """What the curves learn from."""
    with reader(export) as session:
        return orders_in(purchases(session, NOW, zone=ZONE))


def days_of(export):
    found = orders(export)
    return (found.end - found.start).tolist()


def test_three_spellings_of_a_day_in_one_column(export):
    # an export that swapped its own parts: 20AA-BB-CC is month AA, day BB, year CC
    formats = '\nformats = { ordered_at = ["20%m-%d-%y", "%Y-%m-%d", "%m/%d/%y"] }\n'
    export(
        ("1", "1", "A", "Steel", "2011-03-25", "", "2025-11-23"),
        ("2", "1", "B", "Steel", "2025-11-03", "", "2025-11-23"),
        ("3", "1", "C", "Steel", "11/03/25", "", "2025-11-23"),
        more=formats,
    )
    assert {one.ordered_on for one in lines(export)} == {date(2025, 11, 3)}
    assert days_of(export) == [20, 20, 20]


def test_a_day_in_a_spelling_that_was_not_named_is_refused_and_not_guessed(export):
    said = export(
        ("1", "1", "A", "Steel", "03.11.2025", "", "2025-11-23"),
        ("2", "1", "B", "Steel", "2025-11-03", "", "2025-11-23"),
    )
    assert "1 held back" in said
    assert days_of(export) == [20]


def test_what_came_on_its_day_counts_and_what_came_before_it_is_refused(export):
    rows = [(str(n), "1", f"A{n}", "Steel", "2026-01-10", "", "2026-01-10") for n in range(60)]
    slow = [(str(n), "1", f"A{n}", "Steel", "2026-01-10", "", "2026-01-19") for n in range(60, 99)]
    said = export(*rows, *slow, ("99", "1", "Z", "Steel", "2026-01-10", "", "2026-01-05"))
    assert "1 held back" in said
    found = orders(export)
    assert len(found) == 99
    made = fit(found, NOW.date().toordinal(), ("supplier",))
    assert quantiles(made.fitted.knots, np.array([0]))[0].tolist() == [0, 9, 9]


def test_a_promise_that_is_overwritten_when_it_comes_stays_the_first_one_seen(export):
    export(("1", "1", "A", "Steel", "2025-12-01", "2026-01-15", ""))
    export(("1", "1", "A", "Steel", "2025-12-01", "2026-02-20", "2026-02-20"))
    [line] = lines(export, LONG_AFTER)
    assert (line.promised_first, line.promised_on) == (date(2026, 1, 15), date(2026, 2, 20))
    assert line.completed_on == date(2026, 2, 20)


def test_lines_of_one_shipment_are_one_observation_and_shipments_of_one_order_are_several(export):
    export(
        ("1", "1", "A", "Steel", "2026-01-01", "", "2026-01-11"),
        ("1", "2", "A", "Steel", "2026-01-01", "", "2026-01-11"),
        ("1", "3", "B", "Steel", "2026-01-01", "", "2026-01-11"),
        ("1", "4", "B", "Steel", "2026-01-01", "", "2026-02-01"),
        ("2", "1", "A", "Steel", "2026-01-01", "", "2026-01-11"),
    )
    found = orders(export)
    assert len(found) >= 4
    once = found.of(_firsts(found))
    assert sorted((once.end - once.start).tolist()) == [10, 10, 10, 31]
