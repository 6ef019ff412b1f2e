from zoneinfo import ZoneInfo

from storage.sources import BadRow
from storage.sources._csv_heads import Heads
from storage.sources._csv_map import mapping
from storage.sources._csv_parse import RowSettings
from storage.sources._csv_read import Record
from storage.sources._csv_rows import batches, ids, page, told

HOW = RowSettings(key=("id",), columns={"order": "po", "supplier": "vendor"})
MADE = mapping("purchase_lines", HOW, ZoneInfo("UTC"))


def record(number, row):
    return Record(number, f"line {number}", f"L{number}", "P1", row)


GOOD = record(2, {"order": "P1", "supplier": "Acme"})
BAD = record(3, BadRow("makes no sense"))


def test_a_page_holds_what_is_a_rows_own_and_why_others_were_refused():
    heads = Heads()
    made = page(list(told([GOOD, BAD], MADE, heads)), {"at": 3}, 7)
    assert set(made.rows) == {"purchaseline"}
    assert [(one.source_id, one.reason) for one in made.rejected] == [
        ("L3", "line 3: makes no sense")
    ]
    assert (made.received, made.total, made.state) == (2, 7, {"at": 3})
    assert list(heads.keys()) == [("party", "Acme"), ("purchaseorder", "P1")]


def test_what_is_refused_now_is_still_there():
    heads = Heads()
    found = {}
    for table, some in ids(told([GOOD, BAD], MADE, heads), MADE, heads):
        found.setdefault(table, set()).update(some)
    assert found == {"purchaseorder": {"P1"}, "purchaseline": {"L2", "L3"}, "receipt": {"L3"}}


def test_batches_hold_everything_once():
    assert list(batches(iter(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
