"""`status refused`: what was held back and why, for operators alone."""

from datetime import timedelta

import pytest

from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    synced(made)
    return made


def test_the_rows_are_behind_a_button_each_with_its_reason(world):
    world.quarantined("odoo:erp", "sales", "S7", "no date", NOW - timedelta(days=2))
    world.quarantined("odoo:erp", "purchases", "P8", "qty -1", NOW - timedelta(hours=1))
    verify(world, [
        ("status", "answer", "2 rows refused", "[Show 2 refused rows]"),
        ("status refused", "answer", "2 refused rows are held back", "refused rows 2",
         "P8 | Odoo (erp) purchases | qty -1 | 20 Mar 2026 12:00 | 20 Mar 2026 12:00 | 1\nS7 |",
         "S7 | Odoo (erp) sales | no date | 18 Mar 2026 13:00", "Mend a row where it comes from"),
    ])  # fmt: skip


def test_of_one_source_alone(world):
    world.quarantined("odoo:erp", "sales", "S7", "no date", NOW)
    world.quarantined("hubspot:crm", "tickets", "T1", "odd", NOW)
    for row in range(3):
        world.quarantined("odoo:erp", "purchases", f"P{row}", "odd", NOW)
    verify(world, [
        ("status crm", "answer", "[Show 1 refused row]"),
        ("status refused crm", "answer", "1 refused row is held back**, of HubSpot (crm) tickets."),
        ("status refused erp", "answer", "4 refused rows are held back**; 3 of them of Odoo"),
        ("status refused hubspt", "error", "I know no source “hubspt”", "[HubSpot (crm)]"),
    ])  # fmt: skip
    [up] = [one for one in say(world, "status crm").follow_ups if one.label.startswith("Show")]
    assert up.line == "status refused crm"


def test_where_nothing_is_held_back_there_is_no_button(world):
    assert "[Show" not in words_of(say(world, "status"))
    verify(world, [("status refused", "notice", "No row is held back")])


def test_who_is_no_operator_reads_how_many_and_no_reason(world):
    world.quarantined("odoo:erp", "sales", "S7", "no date", NOW)
    sees = grant("supply", "customers")
    text = words_of(say(world, "status", sees=sees))
    assert "1 row refused" in text
    assert "[Show" not in text
    verify(world, [("status refused", "notice", "for operators")], sees=sees)
    assert "no date" not in words_of(say(world, "status refused", sees=sees))


def test_no_more_than_some_hundred_are_listed_and_all_are_counted(world):
    for row in range(520):
        world.quarantined("odoo:erp", "sales", f"S{row}", "no date", NOW)
    said = say(world, "status refused")
    assert len(said.table.rows) == 500
    assert said.table.total == 520
    assert said.readings[0].value == 520


def test_the_span_begins_with_the_first_row_that_is_counted_and_not_with_the_first_listed(world):
    first = NOW - timedelta(days=9)
    world.quarantined("odoo:erp", "sales", "S", "no date", first)
    for row in range(500):
        world.quarantined("odoo:erp", "purchases", f"P{row}", "no date", NOW)
    said = say(world, "status refused")
    assert "S" not in {row[0] for row in said.table.rows}
    assert said.basis[0].start == first
