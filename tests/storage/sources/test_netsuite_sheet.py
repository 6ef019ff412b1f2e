from dataclasses import replace

import pytest

from storage.sources._netsuite_map import LEVELS, LINE_STAMP, PURCHASE_LINES, SHEETS
from storage.sources._netsuite_sheet import MADE


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.entity.name)
def test_every_field_of_an_entity_is_a_column_or_made(sheet):
    assert set(sheet.entity.asked()) <= set(sheet.columns) | MADE


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.entity.name)
def test_no_date_is_left_to_the_format_of_the_account(sheet):
    for expression in sheet.columns.values():
        assert "date" not in expression or expression.startswith("TO_CHAR(")


def test_times_are_written_and_compared_in_a_format_of_ours():
    query = PURCHASE_LINES.keyset().statement(after=("2026-03-01 10:00:00", "7"))
    at = "TO_TIMESTAMP('2026-03-01 10:00:00', 'YYYY-MM-DD HH24:MI:SS')"
    assert f"{LINE_STAMP} > {at}" in query
    assert f"TO_CHAR({LINE_STAMP}, 'YYYY-MM-DD HH24:MI:SS') AS stamp_" in query
    assert query.endswith(f"ORDER BY {LINE_STAMP}, tl.uniquekey")


def test_levels_are_ordered_by_item_and_place():
    query = LEVELS.keyset().statement(after=("00000000000000000012", "3"))
    assert "(a.item > 12 OR (a.item = 12 AND a.location > 3))" in query


def test_fields_of_ones_own_are_the_lines_or_the_orders():
    field = replace(PURCHASE_LINES.entity.fields["qty"], names=("custcol_promise",))
    other = replace(field, names=("custbody_promise",))
    fields = {**PURCHASE_LINES.entity.fields, "promised_on": field, "requested_on": other}
    entity = replace(PURCHASE_LINES.entity, fields=fields)
    columns = replace(PURCHASE_LINES, entity=entity).with_own().columns
    assert columns["custcol_promise"] == "tl.custcol_promise"
    assert columns["custbody_promise"] == "t.custbody_promise"


def test_a_column_that_speaks_of_an_unknown_field_is_left_out():
    names = PURCHASE_LINES.mentions("expectedreceiptdate")
    assert names == ["promised"]
    assert "promised" not in PURCHASE_LINES.without(names).columns
    assert {"doc", "line", "qty"} <= PURCHASE_LINES.needed()
