from datetime import timedelta

import pytest

from storage.sources import SourceError
from storage.sources._dataverse_reader import IDS_AT_ONCE
from storage.sources._dataverse_sets import ENTITIES
from storage.sources._odata4 import Refused
from tests.storage.sources.fake_dataverse import FakeDataverse, dataverse, guid, lookup

BY_NAME = {one.name: one for one in ENTITIES}


@pytest.fixture
def fake():
    return FakeDataverse("accounts")


@pytest.fixture
def reader(fake):
    return dataverse(fake, page=2).reader


def accounts(reader, name):
    """By record, the account that it is read with."""
    entity = BY_NAME[name]
    records = [one for page in reader.all(entity) for one in page]
    return {one[entity.key[0]]: one["account"] for one in reader.read(entity, records)}


def test_which_tables_are_tracked_is_asked_once_and_shows_the_clock(fake, reader):
    assert reader.tracked == reader.tracked == {"accounts"}
    assert len(fake.requests) == 1
    assert abs(reader.service.now() - fake.now) < timedelta(seconds=1)


def test_a_key_that_may_not_read_definitions_reads_by_stamps(fake, reader):
    fake.denied = {"EntityDefinitions"}
    assert reader.tracked == frozenset()


def test_customers_are_accounts_or_contacts_whose_account_is_looked_up(fake, reader):
    fake.write("contacts", guid(10), _parentcustomerid_value=lookup("account", guid(1)))
    fake.write("contacts", guid(11), _parentcustomerid_value=lookup("contact", guid(10)))
    for number, (kind, key) in enumerate([
        ("account", guid(2)), ("contact", guid(10)), ("contact", guid(11)), ("contact", guid(99)),
    ]):  # fmt: skip
        fake.write("incidents", guid(20 + number), _customerid_value=lookup(kind, key))
    fake.write("incidents", guid(24))
    assert accounts(reader, "incidents") == {
        guid(20): guid(2), guid(21): guid(1), guid(22): None, guid(23): None, guid(24): None,
    }  # fmt: skip


def test_activities_belong_to_the_account_of_what_they_are_about(fake, reader):
    fake.write("opportunities", guid(10), _parentaccountid_value=lookup("account", guid(1)))
    fake.write("incidents", guid(11), _customerid_value=lookup("account", guid(2)))
    fake.write("contacts", guid(12), _parentcustomerid_value=lookup("account", guid(3)))
    about = [("opportunity", 10), ("incident", 11), ("contact", 12), ("account", 4), ("lead", 5)]
    for number, (kind, key) in enumerate(about):
        about_it = lookup(kind, guid(key))
        fake.write("emails", guid(20 + number), _regardingobjectid_value=about_it)
    assert list(accounts(reader, "emails").values()) == [guid(1), guid(2), guid(3), guid(4), None]


def test_what_the_key_may_not_look_up_is_no_account(fake, reader):
    fake.write("contacts", guid(10), _parentcustomerid_value=lookup("account", guid(1)))
    fake.write("incidents", guid(20), _customerid_value=lookup("contact", guid(10)))
    fake.denied = {"contacts"}
    assert accounts(reader, "incidents") == {guid(20): None}


def test_lookups_are_asked_for_many_at_once(fake, reader):
    for number in range(IDS_AT_ONCE + 1):
        about = lookup("contact", guid(1000 + number))
        fake.write("incidents", guid(number), _customerid_value=about)
    entity = BY_NAME["incidents"]
    records = [one for page in reader.all(entity) for one in page]
    fake.requests.clear()
    reader.read(entity, records)
    asked = [asked["$filter"] for name, asked, _ in fake.requests]
    assert len(asked) == 2
    assert max(map(len, asked)) < 1_900


def test_amounts_come_with_the_code_of_their_currency(fake, reader):
    fake.write("accounts", guid(1), _transactioncurrencyid_value=(guid(7), "Euro"))
    fake.write("accounts", guid(2))
    records = [one for page in reader.all(BY_NAME["accounts"]) for one in page]
    read = reader.read(BY_NAME["accounts"], records)
    assert [one["iso"] for one in read] == ["EUR", None]
    reader.read(BY_NAME["accounts"], records)
    assert sum(name.endswith("transactioncurrencies") for name, _, _ in fake.requests) == 1


def steps(reader, name, state=None):
    _ = reader.tracked
    return list(reader.steps(BY_NAME[name], state, timedelta(minutes=10)))


def test_a_field_that_left_a_table_is_done_without_and_its_link_still_serves(fake, reader):
    fake.write("accounts", guid(1), name="A")
    del fake.sets["accounts"].types["websiteurl"]
    (step,) = steps(reader, "accounts")
    fake.requests.clear()
    (step,) = steps(reader, "accounts", step.state)
    assert step.records == []
    assert "$deltatoken" in fake.requests[-1][1]


def test_a_needed_field_that_left_a_table_fails_by_name(fake, reader):
    fake.write("incidents", guid(1))
    del fake.sets["incidents"].types["createdon"]
    with pytest.raises(SourceError, match="incidents: no field 'createdon'"):
        steps(reader, "incidents")


def test_a_table_that_comes_to_be_tracked_is_read_whole_and_then_by_its_links(fake, reader):
    fake.write("contacts", guid(1), emailaddress1="a@b.example")
    (step,) = steps(reader, "contacts")
    assert "delta" not in step.state
    fake.sets["contacts"].is_tracked = True
    (step,) = steps(dataverse(fake).reader, "contacts", step.state)
    assert (len(step.records), bool(step.state["delta"])) == (1, True)


def test_a_table_that_is_tracked_no_more_goes_on_by_its_stamp(fake, reader):
    fake.write("accounts", guid(1), name="A")
    (step,) = steps(reader, "accounts")
    fake.sets["accounts"].is_tracked = False
    fake.advance(3600)
    fake.write("accounts", guid(2), name="B")
    fake.advance(60)
    (step,) = steps(dataverse(fake).reader, "accounts", step.state)
    assert "B" in [one["name"] for one in step.records]
    assert "delta" not in step.state


def test_one_record_is_asked_for_to_see_whether_a_table_can_be_read(fake, reader):
    fake.denied = {"emails"}
    reader.try_one(BY_NAME["accounts"])
    with pytest.raises(Refused, match="403"):
        reader.try_one(BY_NAME["emails"])
