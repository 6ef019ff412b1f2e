from datetime import timedelta

from tests.storage.scripted import NOW, Scripted, order, page, pull, rows

WEEK = timedelta(days=7)
MANY = [f"{number:03}" for number in range(100)]


def filled(store, ids):
    source = Scripted(page(*map(order, ids)), sweep_every=WEEK, alive=list(ids))
    assert pull(store, source).error is None
    return source


def test_what_is_gone_at_the_source_is_marked_deleted(store):
    source = filled(store, MANY)
    source.alive = MANY[:-3]
    assert pull(store, source, now=NOW + WEEK).deleted == 3
    assert rows(store) == MANY[:-3]


def test_a_sweep_waits_until_it_is_due(store):
    source = filled(store, MANY)
    source.alive = MANY[:-3]
    assert pull(store, source, now=NOW + WEEK - timedelta(seconds=1)).deleted == 0


def test_so_much_that_it_cannot_be_meant_is_not_deleted(store):
    source = filled(store, MANY)
    source.alive = MANY[:50]
    result = pull(store, source, now=NOW + WEEK)
    assert "50 of 100 rows are gone" in result.error
    assert rows(store) == MANY


def test_an_empty_list_deletes_nothing(store):
    source = filled(store, MANY[:5])
    source.alive = []
    assert pull(store, source, now=NOW + WEEK).error
    assert rows(store) == MANY[:5]


def test_a_person_can_say_that_it_is_meant(store):
    source = filled(store, MANY)
    source.alive = MANY[:50]
    pull(store, source, now=NOW + WEEK)
    assert pull(store, source, now=NOW + WEEK, full=True).deleted == 50
    assert rows(store) == MANY[:50]


def test_a_snapshot_is_swept_at_every_pull(store):
    source = Scripted(page(order("a"), order("b")), mode="snapshot", alive=["a", "b"])
    pull(store, source)
    source.pages.append(page(order("a")))
    source.alive = ["a"]
    assert pull(store, source).deleted == 1


def test_a_stream_may_keep_what_its_file_no_longer_has(store):
    source = Scripted(page(order("a"), order("b")), mode="snapshot", alive=["a"], keeps_absent=True)
    pull(store, source)
    assert rows(store) == ["a", "b"]
