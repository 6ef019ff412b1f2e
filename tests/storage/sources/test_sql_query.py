from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from storage.sources import SourceError
from storage.sources._sql_query import Query, kept, read


def query(asked, *key):
    return Query("receipt", asked, key or ("id",))


@pytest.mark.parametrize(
    ("asked", "is_windowed", "goes_on"),
    [
        ("SELECT 1", False, False),
        ("SELECT a::text FROM t WHERE c >= :since AND c < :until", True, False),
        ("SELECT a FROM t WHERE c >= :since AND c < :until AND id > :after", True, True),
        ("SELECT a FROM t WHERE id > :after ORDER BY id", False, True),
    ],
)
def test_what_a_query_names_says_how_it_is_asked(asked, is_windowed, goes_on):
    assert (query(asked).is_windowed, query(asked).goes_on_itself) == (is_windowed, goes_on)


@pytest.mark.parametrize(
    ("asked", "key", "said"),
    [
        ("SELECT 1 WHERE c > :sinse", ("id",), "names :sinse; it may name :since"),
        ("SELECT 1 WHERE c > :since", ("id",), "go together"),
        ("SELECT 1 WHERE id > :after", ("a", "b"), ":after needs a key of one column"),
    ],
)
def test_a_query_that_cannot_be_asked_is_told(asked, key, said):
    with pytest.raises(SourceError, match=said):
        _ = query(asked, *key).named


@pytest.mark.parametrize("size", [1, 2, 3])
def test_going_on_behind_each_row_gives_the_rest_in_order(size):
    names = ("a", "b", "c")[:size]
    rows = sorted(product([1, 2, 3], repeat=size))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE t ({', '.join(names)})"))
        for row in reversed(rows):
            values = ", ".join(str(one) for one in row)
            connection.execute(text(f"INSERT INTO t VALUES ({values})"))
        made = query("SELECT * FROM t", *names)
        for at, row in enumerate(rows):
            found = connection.execute(made.rows(names, row, None)).all()
            assert [tuple(one) for one in found] == rows[at + 1 :]
            assert connection.execute(made.counted(names, row)).scalar() == len(rows) - at - 1
        assert len(connection.execute(made.rows(names, None, 2)).all()) == min(2, len(rows))
        assert connection.execute(made.described()).all() == []
    engine.dispose()


@pytest.mark.parametrize(
    "key",
    [[1, "a"], [Decimal("1.50")], [date(2026, 1, 31)], [datetime(2026, 1, 31, 9, 0, 0, 5, UTC)],
     [UUID(int=7)]],
)  # fmt: skip
def test_a_key_comes_back_from_a_cursor_as_it_was(key):
    import msgspec

    again = read(msgspec.json.decode(msgspec.json.encode(kept(key))))
    assert again == key
    assert [type(one) for one in again] == [type(one) for one in key]


def test_no_key_stays_none():
    assert (kept(None), read(None)) == (None, None)


def test_a_key_that_cannot_be_kept_is_told():
    with pytest.raises(SourceError, match="cast it to text"):
        kept([b"\x00"])
