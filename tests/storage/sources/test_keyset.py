import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sources import SourceError
from storage.sources._keyset import Chunk, Keyset, PlaceLost, pages


def quoted(key):
    return f"'{key[0]}'", key[1]


PEOPLE = Keyset("people", ("id", "name"), "id", quoted, "at", ("is_here = 1",), "LIMIT 9")


def test_a_query_is_of_a_window_and_in_order():
    assert PEOPLE.statement("'a'", "'b'") == (
        "SELECT id, name FROM people WHERE is_here = 1 AND at >= 'a' AND at < 'b'"
        " ORDER BY at, id LIMIT 9"
    )


def test_behind_a_key_it_goes_on_within_the_same_stamp():
    assert PEOPLE.statement("'a'", "'b'", ("m", "7")) == (
        "SELECT id, name FROM people WHERE is_here = 1 AND at >= 'm'"
        " AND (at > 'm' OR (at = 'm' AND id > 7)) AND at < 'b' ORDER BY at, id LIMIT 9"
    )


def test_without_a_stamp_the_id_alone_orders():
    ids = Keyset("people", ("id",), "id", quoted)
    assert ids.statement() == "SELECT id FROM people ORDER BY id"
    assert ids.statement(after=("", "7")) == "SELECT id FROM people WHERE id > 7 ORDER BY id"


class Table:
    """Rows (stamp, id); gives `size` at a time and marks, which it forgets after some uses."""

    def __init__(self, rows, size, forgets=()):
        self.rows, self.size, self.forgets = sorted(rows), size, iter(forgets)
        self.queries = 0

    def ask(self, after):
        self.queries += 1
        return self.go_on([row for row in self.rows if after is None or row > after], known=True)

    def go_on(self, rows, known=False):
        if not known and next(self.forgets, False):
            raise PlaceLost
        rest = rows[self.size :]
        return Chunk([{"key": row} for row in rows[: self.size]], not rest, rest or None)

    def read(self, after=None):
        found = []
        for chunk, behind in pages(self.ask, lambda one: one["key"], after, self.go_on):
            found += [one["key"] for one in chunk.records]
            assert behind == (found[-1] if found else after)
        return found


ROWS = st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from("0123456789")), max_size=30)


@given(ROWS, st.integers(1, 7), st.lists(st.booleans(), max_size=10))
def test_every_row_comes_once_whatever_marks_are_forgotten(rows, size, forgets):
    assert Table(rows, size, forgets).read() == sorted(rows)


@given(ROWS.filter(bool), st.integers(1, 7))
def test_it_goes_on_behind_any_key(rows, size):
    for key in rows:
        assert Table(rows, size).read(key) == [row for row in sorted(rows) if row > key]


def test_a_mark_that_is_known_costs_no_new_query():
    rows = {("a", str(n)) for n in range(9)}
    table = Table(rows, 2)
    table.read()
    assert table.queries == 1


@pytest.mark.parametrize("second", [[("a", "1")], [("b", "1")]])
def test_rows_out_of_order_are_refused_since_some_would_be_lost(second):
    chunks = iter(
        [Chunk([{"key": ("b", "1")}], False), Chunk([{"key": one} for one in second], True)]
    )
    with pytest.raises(SourceError, match="in order of their stamps"):
        list(pages(lambda after: next(chunks), lambda one: one["key"]))


def test_an_empty_page_that_is_not_the_last_is_refused():
    with pytest.raises(SourceError, match="empty"):
        list(pages(lambda after: Chunk([], False), lambda one: one["key"]))
