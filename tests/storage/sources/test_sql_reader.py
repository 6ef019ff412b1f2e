from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from storage.sources import SourceError
from storage.sources import _sql_reader as reader_module
from storage.sources._sql_connect import Database
from storage.sources._sql_reader import Reader, SqlStream
from storage.sources._window import Window

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOES_ON = "SELECT id, at FROM t WHERE id > :after"


@pytest.fixture
def reader(tmp_path):
    """A reader of a table of ids (and null keys) by a query."""
    path = tmp_path / "erp.db"
    engine = create_engine(f"sqlite:///{path}")

    def made(query, ids, **more):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (id, at, word)"))
            for one in ids:
                connection.execute(
                    text("INSERT INTO t VALUES (:id, '2026-01-01', 'x')"), {"id": one}
                )
        how = SqlStream(query=query, key=("id",), columns={"doc": "id"}, **more)
        return Reader(
            "receipt", how, Database(f"sqlite:///{path}", "", ZoneInfo("UTC")), ZoneInfo("UTC")
        )

    yield made
    engine.dispose()


def read(reader, after=None):
    return [row["id"] for batch in reader.batches({}, after) for row in batch]


@pytest.mark.parametrize("query", ["SELECT id, at FROM t", f"{GOES_ON} ORDER BY id"])
def test_a_file_is_read_in_pieces_that_join(reader, query, monkeypatch):
    monkeypatch.setattr(reader_module, "CHUNK", 20)
    monkeypatch.setattr(reader_module, "PAGE", 10)
    made = reader(query, range(100, 0, -1), first=0)
    assert read(made) == list(range(1, 101))
    assert read(made, [60]) == list(range(61, 101))


def test_a_query_that_goes_on_by_itself_must_be_in_order(reader):
    with pytest.raises(SourceError, match="must be in the order of id: ORDER BY it"):
        read(reader(GOES_ON, [3, 1, 2], first=0))


def test_a_table_of_rows_without_a_key_is_told_and_not_read_for_ever(reader, monkeypatch):
    monkeypatch.setattr(reader_module, "CHUNK", 20)
    monkeypatch.setattr(reader_module, "PAGE", 10)
    with pytest.raises(SourceError, match="20 rows have no value in the key id"):
        read(reader("SELECT id FROM t", [None] * 50 + [1]))


def test_how_many_rows_there_are_is_counted_where_we_set_the_order(reader):
    assert reader("SELECT id FROM t", range(9)).count({}, [5]) == 3


def test_how_many_rows_a_query_of_its_own_order_has_is_not_known(reader):
    assert reader(f"{GOES_ON} ORDER BY id", [1], first=0).count({}, None) is None


def test_a_column_that_is_not_there_is_told_with_the_nearest(reader):
    made = reader("SELECT id AS ids, at, word FROM t", [1], stamp="att")
    assert made.missing() == [
        "receipt: no column 'id'; near: ids, word, at",
        "receipt: no column 'att'; near: at, ids, word",
    ]


def test_two_columns_of_a_name_are_told(reader):
    with pytest.raises(SourceError, match="two columns 'id'"):
        _ = reader("SELECT id, at AS id FROM t WHERE id > :after", [1]).columns


def test_a_window_binds_what_the_query_names_and_nothing_else(reader):
    made = reader("SELECT id, at FROM t WHERE at >= :since AND at < :until", [1], stamp="at")
    assert set(made.window(Window(NOW, NOW))) == {"since", "until"}
    assert made.everything(NOW)["until"] > "2027-01-01"


def test_a_query_that_is_read_whole_binds_nothing(reader):
    assert reader("SELECT id FROM t", []).window(Window(NOW, NOW)) == {}
