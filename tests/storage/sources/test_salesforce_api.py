from datetime import timedelta

import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._keyset import PlaceLost
from storage.sources._salesforce_api import ApiError
from tests.storage.sources.fake_salesforce import DAY_LIMIT, FakeSalesforce
from tests.storage.sources.salesforce_harness import salesforce


@pytest.fixture
def fake():
    return FakeSalesforce()


@pytest.fixture
def api(fake):
    return salesforce(fake).api


def test_a_session_that_ends_is_renewed_once(fake, api):
    api.described("Account")
    fake.fail_next("401")
    assert api.described("Case").fields
    assert fake.tokens.given == 2


def test_a_user_who_is_refused_even_so_is_told_to_renew(fake, api):
    api.described("Account")
    fake.fail_next("401", "401")
    with pytest.raises(ApiError, match=r"refuses the token \(401\): renew it") as said:
        api.described("Case")
    assert said.value.permanent


def test_a_quota_that_is_used_up_is_no_lack_of_rights(fake, api):
    fake.fail_next("quota")
    with pytest.raises(TryLater, match="the day's requests are used up") as said:
        api.described("Account")
    assert said.value.after == timedelta(hours=1)
    assert not said.value.permanent


def test_no_request_is_made_when_others_used_up_our_share(fake, api):
    api.described("Account")
    fake.used = int(DAY_LIMIT * 0.8)
    api.described("Case")
    asked = len(fake.requests)
    with pytest.raises(TryLater, match="80% of the day's requests"):
        api.described("Contact")
    assert len(fake.requests) == asked


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id, Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Account OFFSET", "MALFORMED_QUERY"),
        ("SELECT Id Name FROM Account", "MALFORMED_QUERY"),
        ("DELETE FROM Account", "MALFORMED_QUERY"),
    ],
)
def test_what_is_refused_is_an_error_with_its_code(api, soql, code):
    with pytest.raises(ApiError, match=code) as said:
        api.queried(soql)
    assert said.value.code == code


def test_hidden_fields_are_not_described(fake, api):
    fake.hidden = {"Account": {"Website"}}
    there = api.described("Account")
    assert "Website" not in there.fields
    assert {"Name", "Owner", "OwnerId"} <= there.fields


def test_a_mark_leads_on_until_it_is_forgotten(fake, api):
    fake.batch = 2
    fake.put("Account", [{"Name": str(n)} for n in range(5)])
    chunk = api.chunk("SELECT Id FROM Account ORDER BY Id")
    assert not chunk.is_last
    assert len(api.more(chunk.more).records) == 2
    fake.forgets_places = True
    with pytest.raises(PlaceLost):
        api.more(chunk.more)


def test_records_are_counted(fake, api):
    fake.put("Account", [{"Name": str(n)} for n in range(5)])
    assert api.count("Account", "IsDeleted = false") == 5


def test_an_answer_of_another_kind_is_not_taken_for_records(fake, api):
    fake.fail_next("html")
    with pytest.raises(SourceError, match="did not answer with JSON"):
        api.chunk("SELECT Id FROM Account")
