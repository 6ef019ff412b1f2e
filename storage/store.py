"""The database: one engine, readers and writers; the one place that knows its dialects."""

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.memory import Memory

CHECKPOINT_EVERY = 64


class StoreError(Exception):
    """The store can't be used as it is; the message says what to do."""


class Store:
    """A database by URL: `sqlite:///path` or `postgresql://…`.

    `reader()` gives a session on one consistent snapshot; `writer()` one that commits at its end
    or leaves no trace; `bulk()` a bare connection for whole pages. `memory` is what the process
    keeps of the store for its readers, who find it by their session. On SQLite all writers wait for
    one another at a lock in the process and one beside the file, so that no update is lost.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if not self.is_sqlite and parsed.get_backend_name() != "postgresql":
            raise StoreError(f"DATABASE_URL must be sqlite or postgresql, not {parsed.drivername}")
        if self.is_sqlite and not parsed.database:
            raise StoreError("a SQLite store needs a file: sqlite:///leadline.db")
        self.url = parsed
        self._lock = threading.Lock()
        self._commits = 0
        self.memory = Memory()
        if self.is_sqlite:
            self.engine = _sqlite_engine(str(parsed.database))
        else:
            self.engine = create_engine(parsed, pool_pre_ping=True, pool_size=10)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite store; null for PostgreSQL."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A session that reads one snapshot and writes nothing."""
        options: dict[str, Any] = {"leadline_begin": "BEGIN"}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with Session(self.engine.execution_options(**options)) as session:
            session.info["memory"] = self.memory
            yield session

    @contextmanager
    def writer(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end; an error rolls all of it back."""
        options = {"leadline_begin": "BEGIN IMMEDIATE"}
        with self._writing(), Session(self.engine.execution_options(**options)) as session:
            session.connection()
            yield session
            session.commit()

    @contextmanager
    def bulk(self) -> Iterator[Connection]:
        """A connection in one transaction for whole pages, where rows and cursor go together.

        SQLite may lose the last of these on power loss, not on a crash: the cursor goes with the
        rows, so they are pulled again.
        """
        options = {"leadline_begin": "BEGIN IMMEDIATE", "leadline_sync": "NORMAL"}
        with self._writing(), self.engine.execution_options(**options).begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._lock, _file_lock(Path(f"{self.path}.lock")):
            yield
            self._commits += 1
            if self._commits % CHECKPOINT_EVERY == 0:
                self._checkpoint()

    def _checkpoint(self) -> None:
        # under the writers' lock: SQLite before 3.51.3 can lose commits when a checkpoint races
        # a writer on another connection
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            raw.close()

    def sql(self, statement: str) -> str:
        """A statement written with `?` in the paramstyle of the driver."""
        return statement if self.is_sqlite else statement.replace("?", "%s")

    def backup(self, target: Path) -> None:
        """A whole copy of a SQLite store, taken while others read and write, then checked."""
        if not self.path:
            raise StoreError("back up PostgreSQL with pg_dump")
        if target.exists():
            raise StoreError(f"{target} is there already: name another file")
        with closing(sqlite3.connect(self.path)) as here, closing(sqlite3.connect(target)) as copy:
            here.backup(copy)
            if not _is_sound(copy):
                raise StoreError(f"the copy {target} is not sound: try another disk")

    def restore(self, copy: Path) -> Path | None:
        """Puts a copy in the place of a SQLite store; where the one that was there is kept now."""
        if not self.path:
            raise StoreError("restore PostgreSQL with pg_restore")
        if not copy.is_file():
            raise StoreError(f"there is no file {copy}")
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as found:
            if not _is_sound(found):
                raise StoreError(f"{copy} is not a sound copy of a store")
        self.close()
        with _file_lock(Path(f"{self.path}.lock")):
            kept = _put_aside(self.path)
            fresh = self.path.with_name(f"{self.path.name}.new")
            shutil.copyfile(copy, fresh)
            fresh.replace(self.path)
        self.memory.forget()
        return kept

    def compact(self) -> None:
        """Writes a SQLite store anew, so that nothing of what was deleted is left in its files."""
        if not self.is_sqlite:
            return  # PostgreSQL's own vacuum does it
        with self._lock, _file_lock(Path(f"{self.path}.lock")):
            raw = self.engine.raw_connection()
            try:
                for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.cursor().execute(statement).fetchall()
            finally:
                raw.close()

    def is_reachable(self) -> bool:
        """Whether a query gets an answer."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


def _sqlite_engine(path: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30}, pool_size=20)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, record: object) -> None:
        # the driver must not begin transactions by itself: we say which kind below
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA wal_autocheckpoint=0")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA synchronous={options.get('leadline_sync', 'FULL')}")
        connection.exec_driver_sql(options.get("leadline_begin", "BEGIN"))

    return engine


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _put_aside(path: Path) -> Path | None:
    """Moves a store with its log to a name that is free; null where there is none."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    path.rename(kept)
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    return kept


@contextmanager
def _file_lock(path: Path) -> Iterator[IO[bytes]]:
    with path.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
