import pytest

from storage.sources import load
from storage.sources._hubspot_record import DAY
from storage.sources.hubspot import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import FEW
from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.fake_hubspot import FakeHubSpot
from tests.storage.sources.hubspot_harness import AT, HubSpotHarness, hubspot, served

HOUR = 3600


@pytest.fixture
def opened():
    made = []
    yield made
    for source in made:
        source.http.close()


@pytest.fixture
def server():
    with served(FakeHubSpot()) as server:
        yield server


@pytest.fixture
def fake(server):
    return server.fake


@pytest.fixture
def account(server, fake, opened):
    """Opens the source anew."""
    return lambda **settings: hubspot(server.url, fake, opened, **settings)


class TestDeals(Conformance):
    @pytest.fixture
    def harness(self, server, opened):
        return HubSpotHarness("deals", server, opened)


@pytest.mark.slow
class TestContacts(Conformance):
    """Their stamp is called lastmodifieddate."""

    changes = FEW

    @pytest.fixture
    def harness(self, server, opened):
        return HubSpotHarness("contacts", server, opened)


@pytest.mark.slow
class TestActivities(Conformance):
    """Four types in one stream, two of them without a record."""

    changes = FEW

    @pytest.fixture
    def harness(self, server, opened):
        return HubSpotHarness("activities", server, opened)


def test_the_source_is_found_by_its_name():
    assert load()["hubspot"] is SOURCE


def test_nothing_is_asked_before_it_is_used(account, fake):
    assert [spec.name for spec in account().streams] == [
        "companies", "contacts", "deals", "tickets", "subscriptions", "feedback_submissions",
        "activities",
    ]  # fmt: skip
    assert fake.requests == []


@pytest.mark.parametrize("version", ["v3", "2026-03"])
def test_both_versions_of_the_api_give_the_same(account, fake, version):
    fake.create("companies", [{"name": "Acme", "domain": "ACME.com"}])
    (row,) = drain(account(version=version), "companies").living("account").values()
    assert (row["name"], row["domain"]) == ("Acme", "acme.com")
    assert all(("2026-03" in path) == (version == "2026-03") for _, path, _ in fake.requests)


def test_the_first_pull_reads_the_list_and_the_next_ones_search(account, fake):
    fake.create("companies", [{"name": "Acme"}] * 150)
    memory = drain(account(), "companies")
    lists = fake.asked("/objects/companies")
    assert sum("filterGroups" not in one and one["archived"] == "false" for one in lists) == 2
    fake.requests.clear()
    fake.advance(600)
    drain(account(), "companies", memory)
    assert all("filterGroups" in one for one in fake.asked("companies"))


def test_archived_records_are_looked_for_once_an_hour(account, fake):
    ids = fake.create("companies", [{"name": "Acme"}] * 250)
    memory = drain(account(), "companies")
    fake.archive("companies", ids[:220])
    fake.advance(600)
    drain(account(), "companies", memory)
    assert len(memory.living("account")) == 250
    fake.advance(HOUR)
    drain(account(), "companies", memory)
    assert set(memory.living("account")) == set(ids[220:])


def test_a_company_merged_into_another_says_so_with_the_next_pull(account, fake):
    gone, into, other = fake.create("companies", [{"name": name} for name in ("A", "B", "C")])
    memory = drain(account(), "companies")
    fake.merge("companies", gone, into)
    fake.advance(600)
    drain(account(), "companies", memory)
    rows = memory.living("account")
    assert {key: row.get("merged_into") for key, row in rows.items()} == {
        gone: into, into: None, other: None,
    }  # fmt: skip
    memory.sweep(account(), spec_of(account(), "companies"))
    assert set(memory.living("account")) == {gone, into, other}


def test_a_deal_merged_into_another_goes_with_the_next_pull(account, fake):
    gone, into = fake.create("deals", [{"dealname": name} for name in ("A", "B")])
    memory = drain(account(), "deals")
    fake.merge("deals", gone, into)
    fake.advance(600)
    drain(account(), "deals", memory)
    assert set(memory.living("opportunity")) == {into}


def test_owners_are_called_by_their_address_or_name_those_who_left_included(account, fake):
    fake.hire("1", "ann@example.com", "Ann Smith")
    fake.hire("2", name="Ben Jones", has_left=True)
    owned = [{"dealname": "x", "hubspot_owner_id": one} for one in ("1", "2", "3", "")]
    fake.create("deals", owned)
    rows = drain(account(), "deals").living("opportunity").values()
    assert [row["owner"] for row in rows] == ["ann@example.com", "Ben Jones", "3", None]
    assert len(fake.asked("/owners")) == 2


def test_activities_of_all_types_come_by_one_stream_whose_ids_do_not_meet(account, fake):
    for kind in ("calls", "emails", "meetings", "notes"):
        fake._ids = iter([501])
        fake.create(kind, [AT])
    memory = drain(account(), "activities")
    assert set(memory.living("activity")) == {
        "calls-501", "emails-501", "meetings-501", "notes-501",
    }  # fmt: skip
    memory.sweep(account(), spec_of(account(), "activities"))
    assert len(memory.living("activity")) == 4


def test_a_meeting_that_is_called_off_goes(account, fake):
    (meeting,) = fake.create("meetings", [AT])
    memory = drain(account(), "activities")
    fake.advance(600)
    fake.change("meetings", {meeting: {"hs_meeting_outcome": "CANCELED"}})
    fake.advance(600)
    drain(account(), "activities", memory)
    assert memory.living("activity") == {}


def test_a_new_link_to_a_company_arrives_within_a_day_though_no_stamp_changes(account, fake):
    (deal,) = fake.create("deals", [{"dealname": "Big"}])
    memory = drain(account(), "deals")
    assert memory.living("opportunity")[deal]["account_ref"] is None
    fake.link("deals", deal, "7001")
    fake.advance(DAY.total_seconds())
    drain(account(), "deals", memory)
    assert memory.living("opportunity")[deal]["account_ref"] == "7001"


def test_a_link_taken_away_is_gone_within_a_day(account, fake):
    (deal,) = fake.create("deals", [{"dealname": "Big"}])
    fake.link("deals", deal, "7001")
    memory = drain(account(), "deals")
    fake.unlink("deals", deal)
    fake.advance(DAY.total_seconds())
    drain(account(), "deals", memory)
    assert memory.living("opportunity")[deal]["account_ref"] is None


def test_an_answer_to_a_survey_belongs_to_the_company_of_its_contact(account, fake):
    (contact,) = fake.create("contacts", [{"email": "p@example.com"}])
    fake.link("contacts", contact, "7001")
    given = {"hs_survey_type": "NPS", "hs_value": "9", "hs_content": "",
             "hs_submission_timestamp": "2026-02-01T10:00:00Z"}  # fmt: skip
    fake.create(
        "feedback_submissions",
        [{**given, "hs_contact_id": contact}, {**given, "hs_contact_id": ""}],
    )
    memory = drain(account(), "feedback_submissions")
    rows = list(memory.living("surveyresponse").values())
    assert [row["account_ref"] for row in rows] == ["7001", None]
    assert [row["scale"] for row in rows] == [10, 10]


def test_a_passing_over_lists_goes_on_where_its_process_died(account, fake):
    fake.create("companies", [{"name": "Acme"}] * 350)
    memory = Memory()
    for _ in range(2):
        source = account()
        memory.apply(next(source.pull(spec_of(source, "companies"), memory.state)))
    fake.requests.clear()
    drain(account(), "companies", memory)
    first = next(one for one in fake.asked("companies") if "filterGroups" not in one)
    assert int(first["after"]) == sorted(map(int, memory.living("account")))[199]
    assert len(memory.living("account")) == 350


def test_a_list_whose_place_is_forgotten_is_read_from_its_beginning(account, fake):
    fake.create("companies", [{"name": "Acme"}] * 150)
    source = account()
    memory = Memory()
    memory.apply(next(source.pull(spec_of(source, "companies"), None)))
    fake.forgets_places = True
    drain(account(), "companies", memory)
    assert len(memory.living("account")) == 150


def test_a_check_tells_the_zone_and_the_clock(account, fake):
    fake.create("companies", [{"name": "Acme"}])
    health = account(zone="Europe/Berlin").check()
    assert (health.version, health.zone, health.missing) == ("v3", "Europe/Berlin", ())
    assert health.skew is not None


def test_properties_of_the_accounts_own_are_read(account, fake):
    fake.create("companies", [{"name": "Acme", "vat_id": "DE1", "name_2": "Acme GmbH"}])
    own = {"companies": {"vat": "vat_id", "name": "name_2"}}
    (row,) = drain(account(properties=own), "companies").living("account").values()
    assert (row["name"], row["vat"]) == ("Acme GmbH", "DE1")


def test_streams_that_are_skipped_are_not_there(account):
    skip = ("subscriptions", "tickets", "activities")
    names = {spec.name for spec in account(skip=skip).streams}
    assert names == {"companies", "contacts", "deals", "feedback_submissions"}


def test_one_type_of_a_stream_can_be_skipped(account, fake):
    fake.create("calls", [AT])
    fake.create("notes", [AT])
    memory = drain(account(skip=("notes",)), "activities")
    assert [row["kind"] for row in memory.living("activity").values()] == ["call"]
