"""The database: one engine, readers and writers; the one place that knows its dialects."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

CHECKPOINT_EVERY = 64


class StoreError(Exception):
    """The store can't be used as it is; the message says what to do."""


class Store:
    """A database by URL: `sqlite:///path` or `postgresql://…`.

    `reader()` gives a session on one consistent snapshot; `writer()` one that commits at its end
    or leaves no trace; `bulk()` a bare connection for whole pages. On SQLite all writers wait for
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
        with sqlite3.connect(self.path) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        source.close()
        copy.close()
        if found != "ok":
            raise StoreError(f"the copy is not sound: {found}")

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


@contextmanager
def _file_lock(path: Path) -> Iterator[IO[bytes]]:
    with path.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
