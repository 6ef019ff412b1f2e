"""A database of an ERP for the suite, on SQLite or PostgreSQL, with a clock of its own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import create_engine, text

from storage.sources._sql_reader import PAGE, SqlStream
from storage.sources.sql import Settings, open_sql

TABLE = """CREATE TABLE lines (
    id {kind} PRIMARY KEY, po TEXT, quantity NUMERIC, promised DATE, changed {stamp} NOT NULL)"""
COLUMNS = {"order_ref": "po", "qty": "quantity", "promised_on": "promised"}
WHOLE = "SELECT id, po, quantity, promised, changed FROM lines"
WINDOW = f"{WHOLE} WHERE changed >= :since AND changed < :until"
GOES_ON = f"{WINDOW} AND id > :after ORDER BY id"


class SqlHarness:
    """Purchase lines, of which a transaction that takes long is seen late."""

    table = "purchaseline"
    stream = "purchaseline"
    page_rows = PAGE
    faults = ()

    def __init__(self, url, query, key="text", **more):
        self.url, self.key = url, key
        self.engine = create_engine(_driver(url))
        self.stream_settings = SqlStream(query=query, key=("id",), columns=COLUMNS, **more)
        self.clock = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.made = self.turn = 0
        self.late, self.bad = [], set()
        kind = {"text": "TEXT", "number": "BIGINT"}[key]
        stamp = "TEXT" if self._is_sqlite else "TIMESTAMPTZ"
        self._run([("DROP TABLE IF EXISTS lines", {}), ("DROP TABLE IF EXISTS clock", {})])
        self._run(
            [(TABLE.format(kind=kind, stamp=stamp), {}), ("CREATE TABLE clock (at TEXT)", {}),
             ("INSERT INTO clock VALUES (:at)", {"at": self.clock.isoformat()})]
        )  # fmt: skip

    def open(self):
        return open_sql(
            Settings(
                key="sql:main", kind="sql", url=self.url, clock="SELECT at FROM clock",
                streams={self.stream: self.stream_settings},
            ),
            None,
        )  # fmt: skip

    def now(self):
        return self.clock

    def advance(self, seconds):
        """The clock goes on, and transactions that are through by then are seen."""
        self.clock += timedelta(seconds=seconds)
        seen = [one for one in self.late if one[0] <= self.clock]
        self.late = [one for one in self.late if one[0] > self.clock]
        self._run(
            [("UPDATE clock SET at = :at", {"at": self.clock.isoformat()})]
            + [(UPDATE, values) for _, values in seen]
        )

    def create(self, n):
        made = [self._id(self.made + number) for number in range(n)]
        self.made += n
        self._many(INSERT, [self._values(one) | {"po": f"P{one}"} for one in made])
        return [str(one) for one in made]

    def change(self, ids, visible_after=0.0):
        values = [self._values(self._of(one)) for one in ids]
        if visible_after:
            seen_at = self.clock + timedelta(seconds=visible_after)
            self.late += [(seen_at, one) for one in values]
        else:
            self._many(UPDATE, values)

    def delete(self, ids):
        self._many("DELETE FROM lines WHERE id = :id", [{"id": self._of(one)} for one in ids])

    def spoil(self):
        made = self.create(3)
        self.bad |= set(made)
        wrong = ["NaN", "Infinity", None] if self.key == "text" else [10**13, -(10**13), None]
        self._many(
            "UPDATE lines SET quantity = :wrong WHERE id = :id",
            [{"id": self._of(one), "wrong": bad} for one, bad in zip(made, wrong, strict=True)],
        )
        return made

    def truth(self):
        with self.engine.connect() as connection:
            found = connection.execute(text("SELECT id, po, quantity, promised FROM lines"))
            rows = {str(id_): (po, qty, promised) for id_, po, qty, promised in found}
        for _, values in self.late:  # stamped, and to be seen sooner or later
            po = rows[str(values["id"])][0]
            rows[str(values["id"])] = (po, values["quantity"], values["promised"])
        return {
            id_: {"order_ref": po, "qty": Decimal(str(qty)), "promised_on": _day(promised)}
            for id_, (po, qty, promised) in rows.items()
            if id_ not in self.bad
        }

    def fail_next(self, kind):
        raise NotImplementedError("a database has no such fault")

    @property
    def _is_sqlite(self):
        return self.url.startswith("sqlite")

    def _id(self, number):
        return number + 1 if self.key == "number" else f"L{number:05}"

    def _of(self, source_id):
        return int(source_id) if self.key == "number" else source_id

    def _values(self, id_):
        self.turn += 1
        stamp = f"{self.clock:%Y-%m-%d %H:%M:%S.%f}" if self._is_sqlite else self.clock
        promised = date(2026, 3, 1 + self.turn % 28)
        return {
            "id": id_, "quantity": self.turn, "changed": stamp,
            "promised": promised.isoformat() if self._is_sqlite else promised,
        }  # fmt: skip

    def _many(self, statement, values):
        if values:
            with self.engine.begin() as connection:
                connection.execute(text(statement), values)

    def _run(self, statements):
        with self.engine.begin() as connection:
            for statement, values in statements:
                connection.execute(text(statement), values)

    def close(self):
        self.engine.dispose()


INSERT = """INSERT INTO lines (id, po, quantity, promised, changed)
    VALUES (:id, :po, :quantity, :promised, :changed)"""
UPDATE = """UPDATE lines SET quantity = :quantity, promised = :promised, changed = :changed
    WHERE id = :id"""


def _driver(url):
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value
