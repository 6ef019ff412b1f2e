from datetime import timedelta

import pytest

from storage.sources import SourceError, load
from storage.sources._http import TryLater
from storage.sources.dataverse import SOURCE
from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_dataverse import FakeDataverse, dataverse, guid, lookup

ALL = ("accounts", "contacts", "opportunities", "incidents", "emails", "phonecalls",
       "appointments", "entitlements", "msfp_surveyresponses")  # fmt: skip
DONE = {"statecode": 1}


@pytest.fixture
def fake():
    return FakeDataverse(*ALL)


def read(fake, stream, memory=None, **settings):
    """What a pull of a stream leaves in a store, an hour on."""
    fake.advance(3600)
    source = dataverse(fake, **settings)
    memory = memory or Memory()
    spec = spec_of(source, stream)
    for page in source.pull(spec, memory.state):
        memory.apply(page)
    return memory


def test_the_source_is_found_by_its_name():
    assert load()["dataverse"] is SOURCE


def test_nothing_is_asked_before_it_is_used(fake):
    names = [spec.name for spec in dataverse(fake).streams]
    assert names == [
        "accounts", "contacts", "opportunities", "tickets", "activities", "contracts", "surveys",
    ]  # fmt: skip
    assert (fake.requests, fake.grants) == ([], 0)


def test_the_key_is_asked_for_once_and_again_when_it_is_refused(fake):
    read(fake, "accounts")
    fake.token = None
    read(fake, "accounts")
    assert fake.grants == 2


def test_a_wrong_secret_is_told_in_the_words_of_the_server_and_not_shown(fake):
    with pytest.raises(SourceError, match="gives no token: invalid_client") as caught:
        read(fake, "accounts", secret="no-such-secret")
    assert "no-such-secret" not in str(caught.value)


@pytest.mark.parametrize("tracked", [ALL, ()])
def test_a_deal_goes_with_its_account_and_currency_by_links_and_by_stamps(tracked):
    fake = FakeDataverse(*tracked)
    fake.write(
        "opportunities", guid(1), name="Big", statecode=(0, "Open"), estimatedvalue=5,
        _transactioncurrencyid_value=(guid(7), "Euro"),
        _customerid_value=lookup("account", guid(2)),
    )  # fmt: skip
    (row,) = read(fake, "opportunities").living("opportunity").values()
    assert (row["name"], row["currency"], row["account_ref"]) == ("Big", "EUR", guid(2))


def test_what_is_deleted_goes_with_the_next_pull_where_changes_are_tracked(fake):
    fake.write("accounts", guid(1), name="A")
    memory = read(fake, "accounts")
    fake.delete("accounts", guid(1))
    assert read(fake, "accounts", memory).living("account") == {}


def test_activities_of_three_tables_make_one_stream_with_a_link_each(fake):
    fake.write("emails", guid(1), **DONE)
    fake.write("phonecalls", guid(2), **DONE)
    fake.write("appointments", guid(3), **DONE)
    memory = read(fake, "activities")
    kinds = {key: row["kind"] for key, row in memory.living("activity").items()}
    assert kinds == {guid(1): "email", guid(2): "call", guid(3): "meeting"}
    assert all(one["delta"] for one in memory.state["parts"].values())
    fake.write("appointments", guid(3), statecode=2)
    fake.delete("emails", guid(1))
    assert set(read(fake, "activities", memory).living("activity")) == {guid(2)}


def test_a_sweep_names_what_is_a_fact(fake):
    fake.write("emails", guid(1), **DONE)
    fake.write("emails", guid(2), statecode=0)
    source = dataverse(fake)
    named = [one for _, ids in source.ids(spec_of(source, "activities")) for one in ids]
    assert named == [guid(1)]


@pytest.mark.parametrize("gone", [True, False])
def test_a_table_that_was_never_there_gives_nothing_and_a_check_says_so(fake, gone):
    kept = fake.sets.pop("msfp_surveyresponses")
    if not gone:
        fake.sets["msfp_surveyresponses"] = kept
        fake.denied = {"msfp_surveyresponses"}
    assert read(fake, "surveys").state is None
    source = dataverse(fake)
    assert list(source.ids(spec_of(source, "surveys"))) == [("surveyresponse", [])]
    assert [one.partition(":")[0] for one in source.check().missing] == ["msfp_surveyresponses"]


def test_the_other_activities_are_read_where_one_table_is_not_there(fake):
    fake.denied = {"phonecalls"}
    fake.write("emails", guid(1), **DONE)
    source = dataverse(fake)
    pages = list(source.pull(spec_of(source, "activities"), None))
    assert pages[-1].high is not None
    assert [row["source_id"] for page in pages for row in page.rows["activity"]] == [guid(1)]


def test_a_table_that_is_taken_away_is_an_error_once_the_others_are_read(fake):
    memory = read(fake, "activities")
    fake.denied = {"phonecalls"}
    fake.write("emails", guid(1), **DONE)
    with pytest.raises(SourceError, match="no permission to read phonecalls"):
        read(fake, "activities", memory)
    assert set(memory.living("activity")) == {guid(1)}


def test_a_check_of_a_good_environment_tells_its_version_and_misses_nothing(fake):
    health = dataverse(fake, zone="Europe/Berlin").check()
    assert (health.version, health.zone, health.missing) == ("v9.2", "Europe/Berlin", ())
    assert health.skew is not None


def test_a_check_names_fields_of_ones_own_that_are_not_there(fake):
    fake.sets["entitlements"].types["new_renewaldate"] = "Date"
    own = {"contract": {"renewal_on": "new_renewaldat", "notice_days": "new_notice:shown"}}
    first, second = dataverse(fake, fields=own).check().missing
    assert first.startswith("entitlements: no field 'new_renewaldat'; near: new_renewaldate")
    assert second.startswith("entitlements: no field 'new_notice:shown'")


def test_fields_of_ones_own_are_read_with_their_labels_if_that_is_wanted(fake):
    fake.sets["entitlements"].types |= {"new_mrr": "Decimal", "new_reason": "Int32"}
    fake.write("entitlements", guid(1), new_mrr=99.5, new_reason=(3, "Moved away"))
    own = {"contract": {"mrr": "new_mrr", "reason": "new_reason:shown"}}
    (row,) = read(fake, "contracts", fields=own).living("contract").values()
    assert (float(row["mrr"]), row["reason"]) == (99.5, "Moved away")


def test_a_new_field_of_ones_own_is_read_of_all_records_though_a_link_is_kept(fake):
    fake.sets["accounts"].types["new_vat"] = "String"
    fake.write("accounts", guid(1), name="A", new_vat="DE1")
    memory = read(fake, "accounts")
    own = {"account": {"vat": "new_vat"}}
    (row,) = read(fake, "accounts", memory, fields=own).living("account").values()
    assert row["vat"] == "DE1"


def test_settings_that_name_nothing_are_refused(fake):
    with pytest.raises(SourceError, match="no stream 'deals' to skip"):
        dataverse(fake, skip=("deals",))
    with pytest.raises(SourceError, match="near: contract"):
        dataverse(fake, fields={"contracts": {}})


def test_streams_that_are_skipped_are_not_there(fake):
    names = {spec.name for spec in dataverse(fake, skip=("surveys", "contracts")).streams}
    assert not {"surveys", "contracts"} & names


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(fake):
    fake.fail_next("429_absurd")
    with pytest.raises(TryLater) as caught:
        read(fake, "accounts")
    assert caught.value.after == timedelta(days=365)
