from storage.known import _page_log
from storage.known._page_log import since
from storage.page_log import PAGES, note, note_any


def noted(store, *refs, entity="party", source="erp"):
    with store.bulk() as connection:
        note(connection, store, entity, source, refs)


def looked(store, seen):
    with store.reader() as session:
        return since(session, seen)


def test_who_never_looked_must_read_all_there_is(store):
    assert looked(store, None).refs is None


def test_rows_of_pages_that_were_not_seen_are_named_each_once(store):
    noted(store, "1")
    first = looked(store, None)
    assert looked(store, first.seen).refs == {}
    noted(store, "2", "3")
    noted(store, "3")
    noted(store, "9", entity="item")
    assert looked(store, first.seen).refs == {
        ("party", "erp"): {"2", "3"}, ("item", "erp"): {"9"},
    }  # fmt: skip


def test_a_page_of_stock_names_no_rows(store):
    noted(store, "1")
    first = looked(store, None)
    noted(store, "7", entity="stockmove")
    assert looked(store, first.seen).refs == {}
    assert looked(store, first.seen).seen > first.seen


def test_a_page_that_comes_to_light_after_a_later_one_is_not_missed(store):
    for name in ("1", "2", "3"):
        noted(store, name)
    every = looked(store, None).seen
    late = sorted(every)[1]
    assert looked(store, every - {late}).refs == {("party", "erp"): {"2"}}


def test_after_any_row_may_have_changed_and_after_a_long_time_all_is_read(store, monkeypatch):
    noted(store, "1")
    seen = looked(store, None).seen
    with store.bulk() as connection:
        note_any(connection, store)
    now = looked(store, seen)
    assert now.refs is None
    assert looked(store, now.seen).refs == {}
    away = frozenset({max(now.seen) - PAGES})
    assert looked(store, away).refs is None
    monkeypatch.setattr(_page_log, "MOST", 1)
    noted(store, "1", "2")
    assert looked(store, now.seen).refs is None
