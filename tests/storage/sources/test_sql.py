from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from storage import sync
from storage.schema import upgrade
from storage.sources import SourceError
from storage.sources.sql import SOURCE, Settings, SqlStream
from storage.store import Store
from tests.storage.scripted import NOW, rows

LINES = """CREATE TABLE po (id INTEGER PRIMARY KEY, nr TEXT, vendor TEXT, item TEXT, day TEXT,
    promised TEXT, came TEXT, qty NUMERIC, changed TEXT)"""
INSERT = """INSERT INTO po VALUES
    (:id, :nr, :vendor, 'Bolt', '2026-01-01', '2026-02-01', :came, :qty, :at)"""
COLUMNS = {"order": "nr", "supplier": "vendor", "item": "item", "ordered_at": "day",
           "promised_on": "promised", "received_at": "came", "qty": "qty"}  # fmt: skip
WHOLE = "SELECT * FROM po"
WINDOW = "SELECT id, nr, qty, changed FROM po WHERE changed >= :since AND changed < :until"


class Erp:
    """A database of purchases, and a store that it is pulled into."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = create_engine(f"sqlite:///{folder}/erp.db")
        self.store = Store(f"sqlite:///{folder}/x.db")
        upgrade(self.store)
        self.run(LINES)

    def run(self, statement, **values):
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def add(self, *ids, of=lambda _: {}, **more):
        """A line for each id, with what `of` says of it."""
        usual = {"nr": "P1", "vendor": "Acme", "qty": 5, "came": None, "at": "2026-01-02 09:00:00"}
        with self.engine.begin() as connection:
            connection.execute(text(INSERT), [usual | more | {"id": id_} | of(id_) for id_ in ids])

    def source(self, query=WHOLE, columns=COLUMNS, stream="purchase_lines", **more):
        made = SqlStream(query=query, key=("id",), columns=columns, **more)
        return SOURCE.open(
            Settings(key="sql:erp", kind="sql", url="sqlite:///erp.db", folder=str(self.folder),
                     streams={stream: made}),
            None,
        )  # fmt: skip

    def pull(self, full=False, **more):
        [result] = sync.run(
            "sql:erp",
            self.source(**more),
            self.store,
            NOW,
            owner="me",
            clock=lambda: NOW,
            full=full,
        )
        return result

    def close(self):
        self.engine.dispose()
        self.store.close()


@pytest.fixture
def erp(tmp_path):
    made = Erp(tmp_path)
    yield made
    made.close()


LINE = {"order_ref": "nr", "qty": "qty"}


def test_rows_of_orders_become_orders_lines_and_receipts(erp):
    erp.add(1, came="2026-01-20")
    erp.add(2, qty=7)
    assert erp.pull().error is None
    assert rows(erp.store, "source_id, qty", "purchaseline") == [("1", 5_000_000), ("2", 7_000_000)]
    assert rows(erp.store, "source_id, supplier_ref", "purchaseorder") == [("P1", "Acme")]
    assert rows(erp.store, "received_on", "receipt") == ["2026-01-20"]
    assert rows(erp.store, "source_id, kind", "party") == [("Acme", "supplier")]
    assert erp.pull().written == 0


def test_an_order_is_told_by_all_of_its_lines_also_if_a_pull_was_broken_off(erp):
    erp.add(
        *range(1_200),
        of=lambda one: {"nr": f"P{one // 2}", "vendor": f"V{one % 9}" if one % 2 else None},
    )
    source = erp.source()
    first = next(source.pull(source.streams[0], None))
    found = {}
    for page in erp.source().pull(source.streams[0], first.state):
        for row in page.rows.get("purchaseorder", ()):
            found[row["source_id"]] = row["supplier_ref"]
    assert len(found) == 600
    assert found["P0"] == "V1"
    assert None not in found.values()


def test_what_the_query_no_longer_gives_is_deleted_unless_it_is_to_stay(erp):
    erp.add(0, 1, 2)
    erp.pull()
    erp.run("DELETE FROM po WHERE id = 1")
    erp.pull(keeps_absent=True)
    assert rows(erp.store, "source_id", "purchaseline") == ["0", "1", "2"]
    erp.pull()
    assert rows(erp.store, "source_id", "purchaseline") == ["0", "2"]


def test_a_window_reads_what_changed_and_no_more(erp):
    of = {"query": WINDOW, "stream": "purchaseline", "columns": LINE, "stamp": "changed"}
    erp.add(*range(5))
    assert erp.pull(**of).received == 5
    now = datetime.now(UTC)
    erp.run("UPDATE po SET qty = 9, changed = :now WHERE id = 3", now=f"{now:%Y-%m-%d %H:%M:%S}")
    result = erp.pull(**of)
    assert (result.received, result.written) == (1, 1)
    assert rows(erp.store, "source_id, qty", "purchaseline")[3] == ("3", 9_000_000)


def test_an_older_state_of_a_row_does_not_come_in_behind_a_newer_one(erp):
    source = erp.source(WINDOW, LINE, "purchaseline", stamp="changed")
    erp.add(1)
    [page, _] = source.pull(source.streams[0], None)
    [row] = page.rows["purchaseline"]
    assert row["source_updated_at"] == datetime(2026, 1, 2, 9, tzinfo=UTC)


def test_a_query_or_a_map_that_is_another_now_is_read_from_the_start(erp):
    of = {"query": WINDOW, "stream": "purchaseline", "columns": LINE, "stamp": "changed"}
    erp.add(1)
    erp.pull(**of)
    assert erp.pull(**of).received == 0
    assert erp.pull(**of | {"constants": {"uom": "pcs"}}).written == 1
    assert rows(erp.store, "uom", "purchaseline") == ["pcs"]


def test_every_page_tells_how_many_rows_there_will_be(erp):
    erp.add(*range(1_100))
    source = erp.source()
    pages = list(source.pull(source.streams[0], None))
    assert {page.total for page in pages} == {1_100}
    assert sum(page.received for page in pages) == 1_100
    rest = list(source.pull(source.streams[0], pages[0].state))
    assert {page.total for page in rest} == {600}
    again = list(source.pull(source.streams[0], pages[-1].state))
    assert {page.total for page in again} == {1_100}
    assert [page.begins for page in again] == [True] + [False] * (len(again) - 1)


def test_two_rows_with_one_key_are_told(erp):
    erp.add(1, 2)
    erp.pull(query="SELECT 1 AS id, nr, vendor, item, day, promised, came, qty FROM po")
    [(_, error)] = rows(erp.store, "source_id, error", "quarantine", "1=1")
    assert "the same key as the row before: 1" in error


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"query": WINDOW, "stamp": "changed"}, "an order is told by all of its lines"),
        ({"query": WINDOW, "stream": "purchaseline", "columns": LINE}, "needs its stamp column"),
        ({"query": "SELECT id FROM po WHERE :sinse"}, "names :sinse"),
        ({"stream": "purchase_line", "columns": {}}, "no stream is called 'purchase_line'"),
    ],
)
def test_settings_that_cannot_be_meant_are_told(erp, more, said):
    with pytest.raises(SourceError, match=said):
        _ = erp.source(**more).streams


def test_a_check_names_the_columns_that_are_missing_with_the_nearest(erp):
    health = erp.source(columns=COLUMNS | {"buyer": "vendr"}).check()
    assert health.missing == ("purchase_lines: no column 'vendr'; near: vendor, nr, promised",)
    assert health.version.startswith("sqlite 3.")
    assert abs(health.skew) < timedelta(minutes=1)
    assert "no column 'vendr'" in erp.pull(columns=COLUMNS | {"buyer": "vendr"}).error


def test_a_check_tries_a_stamp(erp):
    erp.add(1, at="02.01.2026")
    source = erp.source(
        WINDOW.replace(":since", ":since OR 1"), LINE, "purchaseline", stamp="changed"
    )
    with pytest.raises(SourceError, match=r"the stamp changed holds '02.01.2026'"):
        source.check()


def test_a_query_is_refused_in_the_words_of_the_database(erp):
    assert erp.pull(query="SELECT nr FROM pos").error == "erp.db: no such table: pos"
