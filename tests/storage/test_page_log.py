import msgspec

from storage import page_log
from storage.bulk import check, shape, tombstone, write
from storage.page_log import note, note_any
from tests.storage.scripted import rows


def pages(store):
    found = rows(store, "id, entity, source, refs", "pagechange", "1=1")
    return [(entity, source, msgspec.json.decode(refs)) for _, entity, source, refs in found]


def stored(store, *names, stamp=1):
    made = shape("item")
    with store.bulk() as connection:
        checked = [check({"source_id": name, "name": f"{name} {stamp}"}, made) for name in names]
        write(connection, store, "erp", made, checked, stamp)


def test_a_page_says_which_rows_it_changed_and_one_that_changes_nothing_says_nothing(store):
    stored(store, "a", "b")
    stored(store, "a", "b")
    stored(store, "b", stamp=2)
    with store.bulk() as connection:
        assert tombstone(connection, store, "erp", "item", ["a", "never there"], 3) == 1
    assert pages(store) == [
        ("item", "erp", ["a", "b"]), ("item", "erp", ["b"]), ("item", "erp", ["a"]),
    ]  # fmt: skip


def test_only_tables_that_are_followed_and_only_the_last_pages_are_kept(store, monkeypatch):
    monkeypatch.setattr(page_log, "PAGES", 3)
    with store.bulk() as connection:
        note(connection, store, "contact", "crm", ["ann"])
        for at in range(5):
            note(connection, store, "party", "erp", [str(at)])
    assert [refs for _, _, refs in pages(store)] == [["2"], ["3"], ["4"]]


def test_of_stock_it_is_enough_to_know_that_some_changed(store):
    with store.bulk() as connection:
        note(connection, store, "stockmove", "erp", ["1", "2"])
        note(connection, store, "stocklevel", "erp", [])
    assert pages(store) == [("stockmove", "erp", [])]


def test_where_any_row_may_have_changed_nothing_else_is_to_be_known(store):
    stored(store, "a")
    with store.bulk() as connection:
        note_any(connection, store)
    assert pages(store) == [("", "", [])]
