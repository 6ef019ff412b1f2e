import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._keyset import PlaceLost
from storage.sources._salesforce_bulk import Bulk, records
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.salesforce_harness import salesforce

SOQL = "SELECT Id, Name, Owner.Email FROM Account"


@pytest.fixture
def fake():
    made = FakeSalesforce()
    made.put("Account", [{"Name": f"A {n}", "Owner.Email": "a@b.example"} for n in range(5)])
    return made


@pytest.fixture
def bulk(fake):
    return Bulk(salesforce(fake).api, rows=2)


def test_a_job_is_waited_for_and_its_parts_hold_every_record(fake, bulk):
    job, began = bulk.begin(SOQL), fake.now
    assert len(list(bulk.waits(job))) == 2
    assert (fake.now - began).total_seconds() >= 3
    found, locator = [], None
    for _ in range(3):
        part = bulk.part(job, locator)
        found += part.records
        locator = part.locator
    assert locator is None
    assert sorted(one["Name"] for one in found) == [f"A {n}" for n in range(5)]
    assert found[0]["Owner"] == {"Email": "a@b.example"}


def test_a_job_that_is_never_done_is_tried_again_later(fake, bulk):
    fake.polls = 10_000
    with pytest.raises(TryLater, match="not done after half an hour"):
        list(bulk.waits(bulk.begin(SOQL)))


def test_a_job_or_place_that_is_not_known_any_more_is_lost(fake, bulk):
    job = bulk.begin(SOQL)
    list(bulk.waits(job))
    for lost in (lambda: bulk.part(job, "nowhere"), lambda: bulk.part("750x", None),
                 lambda: list(bulk.waits("750x"))):  # fmt: skip
        with pytest.raises(PlaceLost):
            lost()


def test_a_page_of_html_is_no_part_of_a_result(fake, bulk):
    job = bulk.begin(SOQL)
    list(bulk.waits(job))
    fake.fail_next("html")
    with pytest.raises(SourceError, match="did not answer with JSON"):
        bulk.part(job, None)


def test_a_csv_becomes_records_with_the_quoted_whole_and_the_empty_null():
    text = 'Id,Name,Owner.Email\n"1","a ""b"",\nc",""\n'
    assert records(text) == [{"Id": "1", "Name": 'a "b",\nc', "Owner": {"Email": None}}]
