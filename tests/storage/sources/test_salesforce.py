from datetime import date

import pytest

from storage.sources import SourceError, load
from storage.sources.salesforce import SOURCE, Survey
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory, pulled, spec_of
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.salesforce_harness import SalesforceHarness, salesforce


class TestQueries(Conformance):
    @pytest.fixture
    def harness(self):
        return SalesforceHarness()


@pytest.mark.slow
class TestJobs(Conformance):
    """The same in bulk, from twenty records on."""

    @pytest.fixture
    def harness(self):
        return SalesforceHarness(by_job=True)


@pytest.fixture
def fake():
    return FakeSalesforce()


def test_it_is_a_kind_of_source():
    assert load()["salesforce"] is SOURCE


def test_a_check_names_the_zone_and_what_is_hidden(fake):
    fake.hidden = {"Opportunity": {"StageName"}, "Account": {"SystemModstamp"}}
    fake.absent = {"Case", "Order"}
    health = salesforce(fake).check()
    assert health.zone == "Europe/Berlin"
    assert [one.partition(";")[0] for one in health.missing] == [
        "Account: no field 'SystemModstamp'",
        "Opportunity: no field 'StageName'",
        "tickets: no object Case, or this user may not read it",
    ]


def test_a_version_that_is_not_served_is_told_with_one_that_is(fake):
    health = salesforce(fake, version="v99.0").check()
    assert health.missing == ("no version v99.0: set version to one up to v62.0",)


def test_a_field_of_ones_own_is_read_and_a_misspelt_one_named(fake):
    fake.put("Contract", [{"StatusCode": "Activated", "Notice_Days__c": 90.0}])
    own = {"contract": {"notice_days": "Notice_Days__c", "mrr": "Montly__c"}}
    source = salesforce(fake, fields=own)
    assert (
        source.check().missing
        == ("Contract: no field 'Montly__c'; near: Monthly__c, EndDate, CreatedDate",)
        or "near: Monthly__c" in source.check().missing[0]
    )
    (made,) = pulled(source, "contracts").living("contract").values()
    assert made["notice_days"] == 90


def test_hidden_fields_are_not_asked_for_and_needed_ones_are_named(fake):
    fake.put("Account", [{"Name": "A", "Website": "a.example"}])
    fake.hidden = {"Account": {"Website", "OwnerId"}}
    (made,) = pulled(salesforce(fake), "accounts").living("account").values()
    assert (made["name"], made["domain"], made["owner"]) == ("A", None, None)
    fake.hidden = {"Account": {"Name"}}
    with pytest.raises(SourceError, match=r"no field 'Name'.*hidden from this user") as said:
        pulled(salesforce(fake), "accounts")
    assert said.value.permanent


def test_an_object_that_was_never_there_gives_nothing_and_one_taken_away_fails(fake):
    fake.absent = {"Order"}
    assert pulled(salesforce(fake), "sales").state is None
    fake.absent = set()
    memory = pulled(salesforce(fake), "sales")
    fake.absent = {"Order"}
    with pytest.raises(SourceError, match="'Order' is not supported"):
        pulled(salesforce(fake), "sales", memory)


def test_a_merged_account_stays_and_says_into_which(fake):
    gone, into, deleted = fake.put("Account", [{"Name": one} for one in "ABC"])
    memory = pulled(salesforce(fake), "accounts")
    fake.advance(60)
    fake.merge("Account", gone, into)
    fake.delete("Account", [deleted])
    fake.advance(3600)  # the log of deletions tells of both
    source = salesforce(fake)
    living = pulled(source, "accounts", memory).living("account")
    assert {id_: one["merged_into"] for id_, one in living.items()} == {gone: into, into: None}
    assert [ids for _, ids in source.ids(spec_of(source, "accounts"))] == [[gone, into]]


def test_tasks_and_events_are_one_stream(fake):
    tasks = fake.put("Task", [
        {"TaskSubtype": "Call", "IsClosed": True, "ActivityDate": date(2026, 3, 1)},
        {"TaskSubtype": "Task", "IsClosed": False, "ActivityDate": date(2026, 3, 1)},
    ])  # fmt: skip
    events = fake.put("Event", [{"StartDateTime": fake.now}])
    source = salesforce(fake)
    memory = pulled(source, "activities")
    assert set(memory.living("activity")) == {tasks[0], *events}
    named = [one for _, ids in source.ids(spec_of(source, "activities")) for one in ids]
    assert named == [*tasks, *events]
    fake.advance(60)
    fake.change("Task", tasks[0], IsClosed=False)  # reopened: it reached nobody yet
    assert set(pulled(salesforce(fake), "activities", memory).living("activity")) == set(events)


def test_answers_come_from_an_object_that_the_settings_name(fake):
    fake.put("NPS__c", [{"Score__c": 9.0}])
    source = salesforce(fake, survey=Survey("NPS__c"))
    (made,) = pulled(source, "survey_responses").living("surveyresponse").values()
    assert (made["kind"], made["scale"], made["score"]) == ("nps", 10, 9)


def test_unknown_settings_are_refused(fake):
    with pytest.raises(SourceError, match="no stream 'deals' to skip"):
        salesforce(fake, skip=("deals",))
    with pytest.raises(SourceError, match="no column 'renewal'; near: renewal_on"):
        salesforce(fake, fields={"contract": {"renewal": "X__c"}})
    assert "sales" not in [one.name for one in salesforce(fake, skip=("sales",)).streams]


def test_a_quota_in_mid_run_keeps_what_was_read(fake):
    fake.put("Account", [{"Name": str(n)} for n in range(200)])
    source = salesforce(fake)
    pages = source.pull(spec_of(source, "accounts"), None)
    memory = Memory()
    memory.apply(next(pages))
    fake.fail_next("quota")
    with pytest.raises(SourceError, match="day's requests are used up"):
        next(pages)
    assert len(pulled(salesforce(fake), "accounts", memory).living("account")) == 200
