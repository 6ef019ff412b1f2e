from datetime import UTC, datetime, timedelta

from storage.sources import BadRow, StreamSpec
from storage.sources._sliced import Sliced
from storage.sources._slices import Part

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ITEMS = StreamSpec("items", ("item",))


def sliced(*records, still=None):
    def ask(start, end, cursor):
        return Part([one for one in records if start <= one["at"] < end])

    def rows(record):
        if record["id"] == "bad":
            raise BadRow("odd")
        return [("item", {"source_id": f"i-{record['id']}", "name": "x"})]

    return Sliced(ask, rows, lambda one: one["id"], lambda one: one["id"], NOON - 90 * DAY, still)


DAY = timedelta(days=1)
RECORDS = ({"id": "a", "at": NOON - DAY}, {"id": "bad", "at": NOON - DAY}, {"id": "b", "at": NOON})


def test_pages_hold_rows_and_what_was_refused_and_the_last_says_up_to_when():
    (page,) = sliced(*RECORDS).pages(ITEMS, None, NOON)
    assert [row["source_id"] for row in page.rows["item"]] == ["i-a", "i-b"]
    assert [one.source_id for one in page.rejected] == ["bad"]
    assert (page.received, page.high) == (3, NOON)


def test_the_next_pull_begins_a_little_before_the_last_ended():
    (page,) = sliced(*RECORDS).pages(ITEMS, None, NOON)
    (later,) = sliced(*RECORDS).pages(ITEMS, page.state, NOON + DAY)
    assert [row["source_id"] for row in later.rows["item"]] == ["i-b"]


def test_ids_are_those_of_all_there_is_the_refused_too():
    named = [one for _, batch in sliced(*RECORDS).ids(ITEMS, NOON) for one in batch]
    assert sorted(named) == ["bad", "i-a", "i-b"]
    assert next(iter(sliced().ids(ITEMS, NOON))) == ("item", [])


def test_a_refused_record_of_several_facts_names_them_all():
    parts = sliced(*RECORDS, still=lambda one: [("item", one["id"]), ("line", f"{one['id']}/1")])
    named = [(table, one) for table, batch in parts.ids(ITEMS, NOON) for one in batch]
    assert set(named) >= {("item", "bad"), ("line", "bad/1")}
