import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._http import Http, TryLater
from storage.sources._hubspot_api import SEARCH_PAGE, Api, ApiError, DailyLimit
from storage.sources._window import Window
from tests.storage.sources.fake_hubspot import TOKEN, FakeHubSpot
from tests.storage.sources.hubspot_harness import served

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(hours=1), NOW)


def api(*replies, version="v3", **http):
    """The API in front of canned replies: (status, body) or (status, body, headers)."""
    answers = iter(replies)
    sent = []

    def reply(request):
        sent.append(request)
        status, body, *headers = next(answers)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        stream = httpx.ByteStream(content)  # as from a server: not read yet
        return httpx.Response(status, stream=stream, headers=headers[0] if headers else {})

    made = Http("https://crm.test", transport=httpx.MockTransport(reply),
                sleep=lambda seconds: None, seed=1, **http)  # fmt: skip
    return Api(made, version), sent


@pytest.fixture
def account():
    """The API on the fake account, and the account."""
    with served(FakeHubSpot()) as server:
        http = Http(server.url, headers={"Authorization": f"Bearer {TOKEN}"},
                    sleep=server.fake.advance, seed=1)  # fmt: skip
        yield Api(http, "v3"), server.fake
        http.close()


@pytest.mark.parametrize(
    ("version", "path"),
    [("v3", "/crm/v3/objects/deals"), ("2026-03", "/crm/objects/2026-03/deals")],
)
def test_each_version_has_its_paths(version, path):
    made, sent = api((200, {"results": []}), (200, {"results": [], "total": 3}), version=version)
    made.listed("deals", ["a", "b"])
    assert made.count("deals") == 3
    assert [one.url.path for one in sent] == [path, f"{path}/search"]
    assert dict(sent[0].url.params) == {"limit": "100", "properties": "a,b", "archived": "false"}


def test_a_search_says_all_that_hubspot_demands():
    made, sent = api((200, {"results": [], "total": 0}))
    made.changed("deals", ["a"], "hs_lastmodifieddate", WINDOW, 41)
    assert json.loads(sent[0].content) == {
        "filterGroups": [{"filters": [
            {"propertyName": "hs_object_id", "operator": "GT", "value": "41"},
            {"propertyName": "hs_lastmodifieddate", "operator": "LT", "value": "1772442000000"},
            {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "1772438400000"},
        ]}],
        "properties": ["a"], "sorts": ["hs_object_id"], "limit": SEARCH_PAGE, "after": "0",
    }  # fmt: skip


def test_a_search_is_half_open_to_the_millisecond(account):
    made, fake = account
    fake.now = WINDOW.start
    first = fake.create("deals", [{}], late=0)
    fake.now = WINDOW.end - timedelta(milliseconds=1)
    last = fake.create("deals", [{}], late=0)
    fake.now = WINDOW.end
    fake.create("deals", [{}], late=0)
    found = made.changed("deals", ["x"], "hs_lastmodifieddate", WINDOW, 0)
    assert [one["id"] for one in found] == first + last


@pytest.mark.parametrize("version", ["v3", "2026-03"])
def test_owners_and_properties_have_their_paths_in_each_version(version):
    found = (200, {"results": []})
    made, sent = api(found, found, found, version=version)
    assert (made.owners(), made.properties("deals")) == ({}, [])
    assert [one.url.path for one in sent] == {
        "v3": ["/crm/v3/owners", "/crm/v3/owners", "/crm/v3/properties/deals"],
        "2026-03": ["/crm/owners/2026-03"] * 2 + ["/crm/properties/2026-03/deals"],
    }[version]


def test_owners_of_all_pages_are_called_by_address_or_name(account):
    made, fake = account
    for number in range(101):
        fake.hire(str(number), f"p{number}@example.com", "Ann Smith")
    fake.hire("200", name="Sales team")
    fake.hire("300", "left@example.com", has_left=True)
    fake.hire("400")
    found = made.owners()
    assert len(found) == 103
    assert [found[one] for one in ("100", "200", "300")] == [
        "p100@example.com", "Sales team", "left@example.com",
    ]  # fmt: skip


def test_the_properties_of_a_type_are_listed(account):
    made, fake = account
    fake.create("deals", [{"dealname": "x", "contract_renewal": ""}])
    assert {"dealname", "contract_renewal", "hs_object_id"} <= set(made.properties("deals"))


@pytest.mark.parametrize("ids", [["9", "8"], ["3", "4"]])
def test_a_search_out_of_order_is_not_believed(ids):
    made, _ = api((200, {"results": [{"id": one} for one in ids]}))
    with pytest.raises(SourceError, match="do not come in order of their ids"):
        made.changed("deals", [], "hs_lastmodifieddate", WINDOW, 5)


def test_the_pages_of_a_list_follow_each_other(account):
    made, fake = account
    ids = fake.create("deals", [{"dealname": "x"}] * 230)
    found, after = [], None
    while True:
        page = made.listed("deals", ["dealname"], after)
        found += [one["id"] for one in page.records]
        after = page.after
        if after is None:
            break
    assert found == ids


def test_archived_records_are_in_the_archived_list_only(account):
    made, fake = account
    kept, gone = fake.create("deals", [{}] * 2)
    fake.archive("deals", [gone])
    assert [one["id"] for one in made.listed("deals", []).records] == [kept]
    assert [one["id"] for one in made.listed("deals", [], archived=True).records] == [gone]


def test_of_several_companies_the_primary_is_taken_else_the_one_of_the_lowest_id(account):
    made, fake = account
    for company in ("30", "4", "200"):
        fake.link("deals", "1", company)
    for company, label in (("3", None), ("5", None), ("70", "Primary")):
        fake.link("deals", "2", company, label)
    assert made.companies_of("deals", ["1", "2", "3"]) == {"1": "4", "2": "70"}
    assert len(fake.asked("associations")) == 2  # the third of each was on a further page


def test_records_without_a_company_are_no_error(account):
    made, _ = account
    assert made.companies_of("deals", ["1", "2"]) == {}


def test_companies_that_could_not_be_read_are_an_error():
    broken = {"results": [], "errors": [{"category": "INTERNAL", "message": "try again"}]}
    made, _ = api((207, broken))
    with pytest.raises(SourceError, match="companies could not be read: try again"):
        made.companies_of("deals", ["1"])


@pytest.mark.parametrize("category", [{}, None, ["x"]])
def test_a_sub_category_of_another_shape_breaks_nothing(category):
    broken = {"results": [], "errors": [{"subCategory": category, "message": "hm"}]}
    made, _ = api((207, broken))
    with pytest.raises(SourceError, match="hm"):
        made.companies_of("deals", ["1"])


def test_a_missing_scope_is_named():
    said = {
        "status": "error", "message": "This app hasn't been granted all required scopes",
        "correlationId": "c-9", "category": "MISSING_SCOPES",
        "errors": [{"message": "m", "context": {"requiredGranularScopes": ["crm.deals.read"]}}],
    }  # fmt: skip
    made, _ = api((403, said))
    with pytest.raises(ApiError, match=r"lacks crm\.deals\.read.*correlation id c-9") as caught:
        made.listed("deals", [])
    assert (caught.value.status, caught.value.permanent) == (403, True)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"message": "The token expired"}, "renew it. It says: The token expired"),
        (401, b"<html>", "refuses the key"),
        (403, b"", "may not read this"),
        (404, {"message": "no such object"}, "answers 404: no such object"),
        (530, {"message": "malformed token"}, "answers 530: malformed token"),
        (302, b"", "sends us to"),
    ],
)
def test_errors_are_told_in_words(status, body, words):
    made, _ = api((status, body))
    with pytest.raises(SourceError, match=words) as caught:
        made.listed("deals", [])
    assert caught.value.permanent


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'{"a": NaN}'])
def test_an_answer_that_is_no_object_is_asked_for_later(body):
    made, _ = api((200, body))
    with pytest.raises(TryLater):
        made.listed("deals", [])


def test_an_answer_without_results_is_an_error():
    made, _ = api((200, {}))
    with pytest.raises(SourceError, match="without results"):
        made.listed("deals", [])


def test_a_busy_second_is_waited_for():
    busy = {"message": "limit", "policyName": "SECONDLY"}
    limit = DailyLimit(ZoneInfo("Europe/Berlin"))
    made, sent = api((429, busy), (200, {"results": []}), on_busy=limit)
    assert made.listed("deals", []).records == []
    assert len(sent) == 2


@pytest.mark.parametrize(
    ("date", "wait"),
    [
        ("Mon, 02 Mar 2026 09:00:00 GMT", timedelta(hours=14)),
        ("Sat, 28 Mar 2026 22:59:59 GMT", timedelta(seconds=1)),
        ("Sat, 28 Mar 2026 23:00:00 GMT", timedelta(hours=23)),  # clocks go forward
    ],
)
def test_the_limit_of_the_day_is_left_until_midnight_of_the_account(date, wait):
    over = {"message": "limit", "errorType": "RATE_LIMIT", "policyName": "DAILY"}
    limit = DailyLimit(ZoneInfo("Europe/Berlin"))
    made, sent = api((429, over, {"Date": date}), on_busy=limit)
    with pytest.raises(TryLater, match="used up") as caught:
        made.listed("deals", [])
    assert caught.value.after == wait
    assert len(sent) == 1
