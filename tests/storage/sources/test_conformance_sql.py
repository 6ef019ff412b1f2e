"""The suite for databases: read whole, in windows, and by a query that goes on by itself."""

import pytest
from sqlalchemy import text

from storage.sources import SourceError
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    drain_next,
    several_pages,
)
from tests.storage.sources.sql_harness import GOES_ON, WHOLE, WINDOW, SqlHarness


@pytest.fixture(scope="session")
def postgres_url(postgres_server):
    """One database for all: a server takes its time over many."""
    with postgres_server.database() as uri:
        yield uri


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/erp.db"
    return request.getfixturevalue("postgres_url")


class OnDatabase(Conformance):
    """What all of them share, on each engine."""

    query, more = WINDOW, {"stamp": "changed"}

    @pytest.fixture
    def harness(self, database_url):
        made = SqlHarness(database_url, self.query, **self.more)
        yield made
        made.close()

    @pytest.mark.parametrize("at_page", [0, 1, 2])
    def test_no_fault_of_the_server_loses_a_record(self, harness, at_page):
        """What a database has of the kind: a table that is away, a column that is."""
        ids = several_pages(harness)
        memory = Memory()
        pages = harness.open().pull(harness.open().streams[0], None)
        for _ in range(at_page):
            memory.apply(next(pages))
        pages.close()
        for away, back in (
            ("ALTER TABLE lines RENAME TO gone", "ALTER TABLE gone RENAME TO lines"),
            (
                "ALTER TABLE lines RENAME COLUMN po TO nr",
                "ALTER TABLE lines RENAME COLUMN nr TO po",
            ),
        ):
            self._run(harness, away)
            with pytest.raises(SourceError):
                drain(harness, memory)
            self._run(harness, back)
        drain(harness, memory)  # the window that was broken off
        harness.change(ids[:2])
        assert_true(drain_next(harness, memory), harness)

    def _run(self, harness, statement):
        with harness.engine.begin() as connection:
            connection.execute(text(statement))


class TestWindows(OnDatabase):
    pass


@pytest.mark.slow
class TestWindowsOfItsOwnOrder(OnDatabase):
    query = GOES_ON
    more = {"stamp": "changed", "first": 0, "key": "number"}  # noqa: RUF012 - read only


class TestWhole(OnDatabase):
    query = WHOLE
    more = {}  # noqa: RUF012 - read only
