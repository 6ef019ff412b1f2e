import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from storage.models import Heartbeat
from storage.schema import upgrade
from storage.store import Store, StoreError

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def beats(store):
    with store.reader() as session:
        return {beat.name for beat in session.exec(select(Heartbeat))}


def test_a_writer_commits_at_its_end(store):
    with store.writer() as session:
        session.add(Heartbeat(name="tick", at=NOW))
    assert beats(store) == {"tick"}


def test_a_writer_that_fails_leaves_no_trace(store):
    with pytest.raises(ZeroDivisionError), store.writer() as session:
        session.add(Heartbeat(name="tick", at=NOW))
        session.flush()
        _ = 1 / 0
    assert beats(store) == set()


def test_a_reader_sees_one_snapshot(store):
    with store.reader() as session:
        assert session.exec(select(Heartbeat)).all() == []
        with store.writer() as writer:
            writer.add(Heartbeat(name="tick", at=NOW))
        assert session.exec(select(Heartbeat)).all() == []
    assert beats(store) == {"tick"}


def test_writers_on_many_threads_lose_nothing(store):
    def write(number):
        with store.writer() as session:
            session.add(Heartbeat(name=f"{number}", at=NOW))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(beats(store)) == 16


def test_instants_come_back_as_they_went_in(store):
    at = datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC)
    with store.writer() as session:
        session.add(Heartbeat(name="tick", at=at))
    with store.reader() as session:
        assert session.get_one(Heartbeat, "tick").at == at


def test_a_store_says_whether_it_can_be_reached(store):
    assert store.is_reachable()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://"])
def test_a_url_that_is_no_store_is_refused(url):
    with pytest.raises(StoreError):
        Store(url)


def test_a_backup_is_a_whole_copy_and_restore_puts_it_back(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/leadline.db")
    upgrade(store)
    with store.writer() as session:
        session.add(Heartbeat(name="before", at=NOW))
    store.backup(tmp_path / "copy.db")
    with store.writer() as session:
        session.add(Heartbeat(name="after", at=NOW))
    kept = store.restore(tmp_path / "copy.db")
    assert beats(store) == {"before"}
    old = Store(f"sqlite:///{kept}")
    assert beats(old) == {"before", "after"}
    old.close()
    store.close()


def test_a_backup_overwrites_nothing(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/leadline.db")
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(StoreError, match="there already"):
        store.backup(tmp_path / "copy.db")
    store.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 30, None])
def test_what_is_no_copy_is_not_restored(tmp_path, content):
    store = Store(f"sqlite:///{tmp_path}/leadline.db")
    upgrade(store)
    if content:
        (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(StoreError):
        store.restore(tmp_path / "copy.db")
    assert beats(store) == set()
    store.close()


def test_sqlite_is_in_wal_mode_and_never_checkpoints_by_itself(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/leadline.db")
    with store.reader() as session:
        raw = session.connection().connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    store.close()
