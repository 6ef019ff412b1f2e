from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.sources import SourceError
from storage.sources._salesforce_reader import DELETED_EVERY, soql_time
from tests.storage.sources.conformance_steps import Memory, pull
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.fake_soql import Refused
from tests.storage.sources.salesforce_harness import PAGE, SalesforceHarness, salesforce

HOUR = DELETED_EVERY.total_seconds()


@pytest.fixture
def harness():
    return SalesforceHarness()


def drained(harness, memory):
    pages = list(pull(harness, memory))
    for page in pages:
        memory.apply(page)
    return pages


def test_a_time_is_written_bare_and_in_utc():
    at = datetime(2026, 3, 1, 10, 0, 0, 120_000, timezone(timedelta(hours=2)))
    assert soql_time(at) == "2026-03-01T08:00:00.120Z"
    assert soql_time(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00.000Z"


def test_what_left_the_bin_is_known_from_the_log_within_the_hour(harness):
    ids = harness.create(5)
    memory = Memory()
    drained(harness, memory)
    harness.delete(ids[:1])  # one alone goes out of the bin too
    harness.advance(HOUR)
    drained(harness, memory)
    assert set(memory.living("opportunity")) == set(ids[1:])


def test_the_log_is_read_on_from_where_it_was_complete(harness):
    harness.create(1)
    memory = Memory()
    drained(harness, memory)
    for _ in range(3):
        harness.advance(HOUR)
        drained(harness, memory)
    starts = [asked["start"] for _, path, asked in harness.fake.requests if "deleted" in path]
    assert len(starts) == 3
    assert starts == sorted(set(starts))


@pytest.mark.parametrize("days", [1, 20])
def test_a_log_that_forgot_some_asks_for_a_sweep(harness, days):
    harness.create(1)
    memory = Memory()
    drained(harness, memory)
    harness.advance(days * 86_400)
    harness.fake.earliest = harness.now() - timedelta(days=15 if days == 20 else 0, hours=1)
    pages = drained(harness, memory)
    assert [page.asks_sweep for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_log_that_is_whole_asks_for_none(harness):
    harness.create(1)
    memory = Memory()
    drained(harness, memory)
    harness.advance(HOUR)
    pages = drained(harness, memory)
    assert not any(page.asks_sweep for page in pages)


def test_a_log_too_long_to_be_told_asks_for_a_sweep(harness):
    harness.create(1)
    memory = Memory()
    drained(harness, memory)
    harness.advance(HOUR)

    def deleted(name, params):
        raise Refused("EXCEEDED_ID_LIMIT", "too many")

    harness.fake.deleted = deleted
    assert drained(harness, memory)[-1].asks_sweep


def test_a_server_that_cuts_its_pages_loses_nothing(harness):
    harness.fake.batch = 7
    ids = harness.create(2 * PAGE)
    memory = Memory()
    drained(harness, memory)
    assert set(memory.living("opportunity")) == set(ids)


def test_ids_go_on_where_a_mark_was_forgotten(harness):
    ids = harness.create(20)
    harness.fake.batch = 3
    source = harness.open()
    spec = next(one for one in source.streams if one.name == "opportunities")
    found = []
    for number, (_, some) in enumerate(source.ids(spec)):
        found += some
        harness.fake.forgets_places = number in (1, 4)
    assert found == ids


def test_a_job_that_is_forgotten_begins_the_window_anew():
    harness = SalesforceHarness(by_job=True)
    ids = harness.create(3 * PAGE)
    memory = Memory()
    pages = pull(harness, memory)
    for _ in range(4):
        memory.apply(next(pages))
    assert memory.state["after"]["job"]
    harness.fake.jobs.clear()
    drained(harness, memory)
    assert set(memory.living("opportunity")) == set(ids)


def test_jobs_that_come_to_nothing_end_the_pull():
    harness = SalesforceHarness(by_job=True)
    harness.create(3 * PAGE)
    harness.fake.state = lambda job: {"state": "Failed"}
    with pytest.raises(SourceError, match="come to nothing"):
        drained(harness, Memory())


def test_large_objects_are_read_by_job_and_small_ones_by_query():
    fake = FakeSalesforce()
    fake.put("Product2", [{"Name": str(n)} for n in range(30)])
    for bulk_above, jobs in ((30, 0), (29, 1)):
        source = salesforce(fake, bulk_above=bulk_above)
        spec = next(one for one in source.streams if one.name == "items")
        assert len(list(source.pull(spec, None))[-1].rows["item"]) == 30
        assert len(fake.jobs) == jobs


def test_a_count_that_takes_too_long_means_that_there_are_very_many():
    harness = SalesforceHarness()
    harness.create(3)
    fake, told = harness.fake, harness.fake.query

    def query(sees_deleted, params, place, how):
        if "COUNT()" in params.get("q", ""):
            raise Refused("QUERY_TIMEOUT", "Your query request was running for too long.")
        return told(sees_deleted, params, place, how)

    fake.query = query
    drained(harness, Memory())
    assert len(fake.jobs) == 1
