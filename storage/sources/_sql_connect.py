"""A database that is only read: opened by its URL, asked in batches, its errors in words."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import URL, Connection, Engine, Executable, NullPool, create_engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from storage.sources import SourceError
from storage.sources._http import HIDDEN, TryLater

Record = Mapping[str, Any]

# What makes a session one that can't write, where the database has that; give it a user that may
# only read in any case.
READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
# The database's own clock. Without a zone in what it says it is meant in UTC.
CLOCKS = {
    "postgresql": "SELECT clock_timestamp()",
    "mysql": "SELECT utc_timestamp(6)",
    "mariadb": "SELECT utc_timestamp(6)",
    "mssql": "SELECT sysutcdatetime()",
    "oracle": "SELECT sys_extract_utc(systimestamp) FROM dual",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class Database:
    """A database by SQLAlchemy URL. `secret` is its password, or the URL where there is none.

    The days of its session are those of `zone`. Files of SQLite are relative to `folder`.
    """

    def __init__(self, url: str, secret: str, zone: ZoneInfo, folder: str = ".") -> None:
        self._zone = zone
        self._url = _url(url, secret, folder)
        self._secrets = [one for one in (secret, self._url.password) if one]
        self.kind = self._url.get_backend_name()
        self.is_file = self.kind == "sqlite"
        self._engine = self._made()

    def version(self) -> str:
        with self._connected():
            found = self._engine.dialect.server_version_info or ()
        return " ".join([self.kind, ".".join(str(part) for part in found)]).strip()

    def now(self, query: str = "") -> datetime:
        """The database's clock, by `query` where its own is not the one that stamps rows."""
        asked = query or CLOCKS.get(self.kind, "SELECT CURRENT_TIMESTAMP")
        with self._connected() as connection:
            found = connection.execute(text(asked)).scalar()
        try:
            at = datetime.fromisoformat(found) if isinstance(found, str) else found
        except ValueError:
            at = None
        if not isinstance(at, datetime):
            raise SourceError(f"clock: {asked} gives {found!r} and not a time", permanent=True)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    def columns(self, statement: Executable, values: Record) -> list[str]:
        """The names of the columns that a statement gives."""
        with self._connected() as connection:
            streamed = connection.execution_options(stream_results=True)
            with streamed.execute(statement, dict(values)) as found:
                return list(found.keys())

    def count(self, statement: Executable, values: Record) -> int:
        with self._connected() as connection:
            return int(connection.execute(statement, dict(values)).scalar() or 0)

    def batches(
        self, statement: Executable, values: Record, size: int
    ) -> Generator[Sequence[Record], None, None]:
        """The rows of a statement, as many at a time as `size`; the server keeps the others."""
        with self._connected() as connection:
            streamed = connection.execution_options(stream_results=True, max_row_buffer=size)
            with streamed.execute(statement, dict(values)) as found:
                for batch in found.mappings().partitions(size):
                    yield [dict(row) for row in batch]

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A session that reads. Nothing is ever committed."""
        try:
            with self._engine.connect() as connection:
                if self.kind in READ_ONLY:
                    connection.exec_driver_sql(READ_ONLY[self.kind])
                if self.kind == "postgresql":
                    connection.execute(
                        text("SELECT set_config('TimeZone', :zone, false)"),
                        {"zone": self._zone.key},
                    )
                    connection.commit()  # what was set holds from the next transaction on
                yield connection
        except DBAPIError as error:
            raise self._told(error) from error
        except SQLAlchemyError as error:
            raise SourceError(self._plain(error), permanent=True) from error

    def _told(self, error: DBAPIError) -> SourceError:
        where = self._url.host or PurePath(self._url.database or self.kind).name
        said = f"{where}: {self._plain(error.orig or error)}"
        is_passing = isinstance(error, OperationalError | InterfaceError)
        if self.is_file:
            is_passing = "locked" in said or "busy" in said
        return TryLater(said) if is_passing else SourceError(said, permanent=True)

    def _plain(self, error: BaseException) -> str:
        """The first line of what the driver says, without our secrets."""
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        for secret in self._secrets:
            said = said.replace(secret, HIDDEN)
        return said

    def _made(self) -> Engine:
        try:
            return create_engine(self._url, poolclass=NullPool)
        except (NoSuchModuleError, ImportError) as error:
            raise SourceError(
                f"there is no driver for {self._url.drivername}: install one, for example the"
                " package that SQLAlchemy names for this database",
                permanent=True,
            ) from error


def _url(url: str, secret: str, folder: str) -> URL:
    try:
        made = make_url(url or secret)
    except ArgumentError as error:
        raise SourceError(
            "url must be like postgresql://reader@host/database", permanent=True
        ) from error
    if url and secret:
        made = made.set(password=secret)
    made = made.set(drivername=DRIVERS.get(made.drivername, made.drivername))
    if made.get_backend_name() != "sqlite":
        return made
    path = Path(folder, made.database or "").resolve()
    if not path.is_file():
        raise SourceError(f"there is no file {path}", permanent=True)
    return made.set(database=path.as_uri(), query={**made.query, "mode": "ro", "uri": "true"})
