from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._sql_connect import Database

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database(request, tmp_path):
    if request.param == "sqlite":
        (tmp_path / "erp.db").touch()
        return Database("sqlite:///erp.db", "", BERLIN, str(tmp_path))
    return Database("", request.getfixturevalue("postgres"), BERLIN)


def test_a_database_says_what_it_is_and_what_time_it_is(database):
    assert database.version().startswith((database.kind, "postgresql"))
    assert abs(database.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_nothing_can_be_written(database):
    with pytest.raises(SourceError, match=r"read.?only"):
        database.now("CREATE TABLE x (a INTEGER)")


def test_rows_come_in_batches(database):
    asked = text("SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3")
    found = [[row["a"] for row in batch] for batch in database.batches(asked, {}, 2)]
    assert found == [[1, 2], [3]]
    assert database.columns(asked, {}) == ["a"]


def test_another_clock_may_say_what_time_it_is(database):
    assert database.now("SELECT '2026-03-02 09:00:00'") == datetime(2026, 3, 2, 9, tzinfo=UTC)
    with pytest.raises(SourceError, match="clock: SELECT 5 gives 5 and not a time"):
        database.now("SELECT 5")
    with pytest.raises(SourceError, match="gives 'soon' and not a time"):
        database.now("SELECT 'soon'")


def test_a_query_that_the_database_refuses_is_told_in_a_line(database):
    with pytest.raises(SourceError) as told:
        database.columns(text("SELECT a FROM nothing"), {})
    assert told.value.permanent
    assert "nothing" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.slow
def test_the_session_counts_its_days_in_the_zone_of_the_source(postgres):
    database = Database(postgres, "", BERLIN)
    [[row]] = database.batches(text("SELECT '2026-03-02 23:30Z'::timestamptz AS at"), {}, 1)
    assert row["at"].date().isoformat() == "2026-03-03"


def test_a_file_that_is_written_just_now_is_tried_later(tmp_path):
    path = tmp_path / "erp.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as writer:
        writer.execute(text("CREATE TABLE t (a)"))
        writer.commit()
        writer.exec_driver_sql("BEGIN EXCLUSIVE")
        with pytest.raises(TryLater, match="locked"):
            Database(f"sqlite:///{path}?timeout=0", "", BERLIN).columns(text("SELECT a FROM t"), {})
    engine.dispose()


def test_a_server_that_is_away_is_tried_later_and_no_secret_is_told():
    away = Database("postgresql://reader@127.0.0.1:1/erp", "s3cret", BERLIN)
    with pytest.raises(TryLater) as told:
        away.now()
    assert "127.0.0.1" in str(told.value)
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("erp.example.com/db", "url must be like postgresql://"),
        ("nosuch://host/db", "there is no driver for nosuch"),
        ("mysql+pymysql://host/db", "there is no driver for mysql"),
        ("sqlite:///nothing.db", "there is no file"),
    ],
)
def test_a_url_that_cannot_be_used_says_what_to_do(url, said):
    with pytest.raises(SourceError, match=said) as told:
        Database(url, "", BERLIN)
    assert told.value.permanent
