"""What a HubSpot account lacks, refuses or limits, and what settings may not say."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.fake_hubspot import FakeHubSpot
from tests.storage.sources.hubspot_harness import AT, hubspot, served


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


def test_owners_that_may_not_be_read_are_their_ids_and_a_check_says_so(account, fake):
    fake.refused["owners"] = 403
    fake.create("companies", [{"name": "Acme", "hubspot_owner_id": "7"}])
    (row,) = drain(account(), "companies").living("account").values()
    assert row["owner"] == "7"
    (missing,) = account().check().missing
    assert missing.startswith("owners: ")


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("stream", ["subscriptions", "feedback_submissions"])
def test_a_type_that_was_never_there_gives_nothing_and_a_check_says_so(
    account, fake, stream, status
):
    fake.refused[stream] = status
    memory = drain(account(), stream)
    assert memory.state is None
    assert list(account().ids(spec_of(account(), stream))) == []
    assert [one.partition(":")[0] for one in account().check().missing] == [stream]
    del fake.refused[stream]
    assert drain(account(), stream).state is not None


def test_a_type_that_is_taken_away_is_an_error(account, fake):
    fake.create("subscriptions", [{"hs_name": "Gold"}])
    memory = drain(account(), "subscriptions")
    fake.refused["subscriptions"] = 403
    with pytest.raises(SourceError, match="subscriptions can't be read") as caught:
        drain(account(), "subscriptions", memory)
    assert caught.value.permanent
    assert len(memory.living("contract")) == 1


def test_the_other_activities_are_read_where_one_type_is_not_there(account, fake):
    fake.refused["notes"] = 403
    fake.create("calls", [AT])
    memory = Memory()
    pages = list(account().pull(spec_of(account(), "activities"), None))
    for page in pages:
        memory.apply(page)
    assert set(memory.living("activity")) == {f"calls-{one}" for one in fake.living("calls")}
    assert pages[-1].high is not None


def test_the_other_activities_are_read_before_one_that_is_taken_away_fails(account, fake):
    fake.create("emails", [AT])
    memory = drain(account(), "activities")
    fake.refused["emails"] = 403
    fake.advance(600)
    (call,) = fake.create("calls", [AT])
    fake.advance(600)
    with pytest.raises(SourceError, match="emails can't be read"):
        drain(account(), "activities", memory)
    assert f"calls-{call}" in memory.living("activity")
    assert len(memory.living("activity")) == 2


def test_the_limit_of_the_day_ends_a_run_at_once_and_names_midnight_of_the_account(account, fake):
    fake.create("companies", [{"name": "Acme"}])
    fake.fail_next("429_daily")
    before = fake.now
    with pytest.raises(TryLater, match=r"2026-03-03 00:00 America/New_York") as caught:
        drain(account(zone="America/New_York"), "companies")
    assert fake.now - before < timedelta(seconds=1)  # it did not wait and try
    midnight = datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert abs(fake.now + caught.value.after - midnight) < timedelta(seconds=2)


def test_a_busy_account_is_waited_for_and_then_given_up(account, fake):
    fake.fail_next(*["500"] * 3)
    assert drain(account(), "companies").state
    fake.fail_next(*["429"] * 5)
    with pytest.raises(TryLater, match="answers 429"):
        drain(account(), "companies")


def test_a_check_names_a_property_that_the_account_does_not_have(account, fake):
    fake.create("companies", [{"name": "Acme", "vat_id": None, "erp_number": "1"}])
    own = {"companies": {"vat": "vat_id", "number": "erp_numbr"}}
    (missing,) = account(properties=own).check().missing
    assert missing.startswith("companies: no property 'erp_numbr'; near: erp_number")


def test_a_check_refuses_a_wrong_key_without_telling_it(server, fake, opened):
    source = hubspot(server.url, fake, opened)
    source.http.headers["Authorization"] = "Bearer pat-of-yesterday"
    with pytest.raises(SourceError, match="renew it") as caught:
        source.check()
    assert caught.value.permanent
    assert "pat-of-yesterday" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"skip": ("deal",)}, "no stream 'deal'"),
        ({"properties": {"company": {}}}, "no stream 'company'"),
        ({"properties": {"companies": {"nmae": "x"}}}, "no field 'nmae'; there are name, number"),
    ],
)
def test_settings_that_name_nothing_are_refused(account, settings, words):
    with pytest.raises(SourceError, match=words) as caught:
        account(**settings)
    assert caught.value.permanent
