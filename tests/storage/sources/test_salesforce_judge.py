"""A second client, simple-salesforce, reads the same organisation and must see the same rows."""

from decimal import Decimal

import pytest
import requests
import simple_salesforce
from requests.adapters import HTTPAdapter

from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_salesforce import FakeSalesforce
from tests.storage.sources.loopback import Loopback
from tests.storage.sources.salesforce_harness import salesforce

DEALS = "SELECT Id, Name, StageName, Amount, IsDeleted, Owner.Email FROM Opportunity"


class Plain(HTTPAdapter):
    """The client speaks https only; the fake is on loopback."""

    def send(self, request, **options):
        request.url = request.url.replace("https://", "http://")
        return super().send(request, **options)


@pytest.fixture
def server():
    fake = FakeSalesforce()
    fake.batch = 40
    ids = fake.put("Opportunity", [
        {"Name": f"Deal {n}", "StageName": "New", "Amount": n + 0.5, "Owner.Email": "a@b.example"}
        for n in range(150)
    ])  # fmt: skip
    server = Loopback(fake)
    yield server, ids
    server.stop()


@pytest.fixture
def ours(server):
    """Opens our source anew."""
    opened = []

    def reopened(**settings):
        opened.append(salesforce(server[0].fake, url=server[0].url, **settings))
        return opened[-1]

    yield reopened
    for one in opened:
        one.http.close()
        one.api.http.close()


@pytest.fixture
def judge(server):
    session = requests.Session()
    session.mount("https://", Plain())
    fake = server[0].fake
    fake.tokens.given += 1
    fake.tokens.now = "00D5g!judge"
    yield simple_salesforce.Salesforce(
        instance=server[0].url.removeprefix("http://"), session_id=fake.tokens.now,
        version="62.0", session=session,
    )  # fmt: skip
    session.close()


def seen(memory):
    return {
        id_: (one["name"], one["stage"], one["amount"], one["owner"])
        for id_, one in memory.living("opportunity").items()
    }


def told(records):
    return {
        one["Id"]: (one["Name"], one["StageName"], Decimal(str(one["Amount"])),
                    one["Owner"]["Email"])
        for one in records
    }  # fmt: skip


def pulled(source, memory):
    for page in source.pull(spec_of(source, "opportunities"), memory.state):
        memory.apply(page)


@pytest.mark.parametrize("bulk_above", [10_000, 50])
def test_both_clients_see_the_same_rows(judge, ours, bulk_above):
    truth, memory = told(judge.query_all_iter(DEALS)), Memory()
    pulled(ours(bulk_above=bulk_above), memory)
    assert seen(memory) == truth
    assert len(truth) == 150


def test_both_clients_see_what_is_in_the_bin_as_deleted(server, judge, ours):
    fake, ids = server[0].fake, server[1]
    memory, session = Memory(), fake.tokens.now
    pulled(ours(), memory)
    fake.delete("Opportunity", ids[:7])
    fake.advance(60)
    pulled(ours(), memory)
    fake.tokens.now = session
    every = list(judge.query_all_iter(DEALS, include_deleted=True))
    assert told(one for one in every if not one["IsDeleted"]) == seen(memory)
    assert {one["Id"] for one in every if one["IsDeleted"]} == set(ids[:7])
    assert {id_ for _, id_ in memory.gone} == set(ids[:7])


def test_the_fake_refuses_the_other_client_in_the_words_that_it_knows(judge):
    with pytest.raises(simple_salesforce.exceptions.SalesforceMalformedRequest) as said:
        judge.query("SELECT Nope FROM Opportunity")
    assert said.value.content[0]["errorCode"] == "INVALID_FIELD"
    judge.session_id = "wrong"
    judge.headers["Authorization"] = "Bearer wrong"
    with pytest.raises(simple_salesforce.exceptions.SalesforceExpiredSession):
        judge.query(DEALS)


def test_both_clients_describe_and_read_the_log_alike(server, judge, ours):
    fake, ids = server[0].fake, server[1]
    session, source = fake.tokens.now, ours()
    fields = {one["name"] for one in judge.Opportunity.describe()["fields"]}
    assert fields <= source.api.described("Opportunity").fields
    fake.delete("Opportunity", ids[:3], is_hard=True)
    began = fake.now
    fake.advance(600)
    ours = source.api.deleted("Opportunity", began.replace(microsecond=0), fake.now)
    fake.tokens.now = session
    theirs = judge.Opportunity.deleted(began.replace(microsecond=0), fake.now)
    assert ours["deletedRecords"] == theirs["deletedRecords"]
    assert len(ours["deletedRecords"]) == 3
