import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage import sync
from storage.bulk import check, shape
from storage.models import FACTS
from storage.sources import BadRow
from storage.sources._csv_fact import absent, fact, fields
from storage.sources._csv_parse import StreamSettings
from storage.sources.csv_file import Settings, open_csv
from tests.storage.conftest import fresh
from tests.storage.scripted import NOW, rows

BERLIN = ZoneInfo("Europe/Berlin")
CELL = {"text": "x", "number": "1.5", "whole": "30", "flag": "yes", "when": "2026-03-01",
        "day": "2026-03-02", "zone": "Europe/Berlin"}  # fmt: skip


@pytest.mark.parametrize("table", FACTS)
def test_a_file_with_every_field_of_a_table_becomes_its_facts(table, tmp_path):
    """Through the engine into the store, the attributes of a contract included."""
    kinds = fields(table)
    header = ["id", *(f"col {name}" for name in kinds), "plan"]
    with (tmp_path / "x.csv").open("w", newline="") as file:
        written = csv.writer(file)
        written.writerow(header)
        written.writerow(["1", *(CELL[kind] for kind in kinds.values()), "gold"])
    attributes = ("plan",) if table == "contract" else ()
    columns = {name: f"col {name}" for name in kinds}
    stream = StreamSettings(file="x.csv", key=("id",), columns=columns, attributes=attributes)
    source = open_csv(
        Settings(key="csv:x", kind="csv", folder=str(tmp_path), streams={table: stream})
    )
    store = fresh(tmp_path / "x.db")
    assert source.check().missing == ()
    (result,) = sync.run("csv:x", source, store, NOW, owner="me", clock=lambda: NOW)
    assert (result.error, result.written, result.quarantined) == (None, 1, 0)
    named = ", ".join((*kinds, *(["attributes"] if attributes else [])))
    (found,) = rows(store, named, table)
    assert None not in (found if len(kinds) > 1 else [found])
    store.close()


def test_the_kind_of_a_field_is_that_of_its_column():
    kinds = fields("contract")
    assert {name: kinds[name] for name in ("mrr", "notice_days", "auto_renew", "renewal_on")} == {
        "mrr": "number", "notice_days": "whole", "auto_renew": "flag", "renewal_on": "day",
    }  # fmt: skip
    assert fields("location")["tz"] == "zone"
    assert fields("stocklevel")["as_of"] == "when"
    assert "attributes" not in kinds
    assert "row_hash" not in kinds


@pytest.mark.parametrize(
    ("table", "given", "left"),
    [
        ("ticket", set(), ["opened_at", "opened_on"]),
        ("ticket", {"opened_on"}, []),
        ("ticket", {"opened_at"}, []),
        ("fxrate", {"currency"}, ["rate_on"]),
        ("peg", {"demand_ref"}, ["supply_ref", "qty"]),
        ("account", {"name"}, []),
    ],
)
def test_what_a_fact_must_have_can_be_given_by_either_column_of_an_event(table, given, left):
    assert absent(table, given) == left


DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
END = datetime(2026, 3, 1, 22, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "at"),
    [
        ({"opened_at": AT}, AT),
        ({"opened_on": DAY}, END),
        ({"opened_at": DAY}, END),
        ({"opened_at": AT, "opened_on": DAY}, AT),
        ({"opened_on": DAY, "opened_at": None}, END),
        ({"opened_at": None, "opened_on": DAY}, END),
    ],
)
def test_an_event_has_both_columns_whichever_the_file_has(row, at):
    made = fact("ticket", BERLIN, "1", row)
    assert (made["opened_at"], made["opened_on"]) == (at, DAY)


def test_an_instant_without_a_day_of_its_own_is_the_end_of_its_day():
    made = fact("stocklevel", BERLIN, "1", {"item_ref": "A", "on_hand": Decimal(3), "as_of": DAY})
    assert made["as_of"] == END


def test_an_empty_cell_is_the_default_of_what_must_be_there():
    made = fact("invoice", BERLIN, "1", {"issued_on": DAY, "direction": None, "number": None})
    assert "direction" not in made
    assert made["number"] is None
    assert check(made, shape("invoice"))


def test_an_empty_cell_of_what_has_no_default_is_refused():
    with pytest.raises(BadRow, match="no item_ref"):
        fact("lot", BERLIN, "1", {"item_ref": None, "number": "L1"})
