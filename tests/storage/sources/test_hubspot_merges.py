"""What was merged in HubSpot stays linked: facts follow the record that survives."""

import pytest
from sqlalchemy import text

from storage import sync
from storage.known.customers import identities
from tests.storage.conftest import fresh
from tests.storage.sources.fake_hubspot import FakeHubSpot
from tests.storage.sources.hubspot_harness import hubspot, served

KEY = "hubspot:main"
STREAMS = ("companies", "contacts", "deals", "tickets", "feedback_submissions")


@pytest.fixture
def server():
    with served(FakeHubSpot()) as server:
        yield server


@pytest.fixture
def fake(server):
    return server.fake


@pytest.fixture
def pull(server, fake, tmp_path):
    """Pulls the account into a store, as a run does; gives the store."""
    store = fresh(tmp_path / "x.db")

    def pull():
        fake.advance(600)
        source = hubspot(server.url, fake, skip=("subscriptions", "activities"))
        results = sync.run(
            KEY,
            source,
            store,
            fake.now,
            owner="me",
            clock=lambda: fake.now,
            every=source.settings.every,
        )
        source.http.close()
        assert [one.error for one in results] == [None] * len(STREAMS)
        return store

    yield pull
    store.close()


def company_of(store, table, source_id):
    """The company that a fact belongs to, mergers followed; null where it has none or is gone."""
    with store.reader() as session:
        query = f"SELECT account_ref FROM {table} WHERE source_id = :id AND deleted_at IS NULL"
        ref = session.execute(text(query), {"id": source_id}).scalar()
        return identities(session).get((KEY, ref), (KEY, None))[1]


def living(store, table):
    with store.reader() as session:
        query = f"SELECT source_id FROM {table} WHERE deleted_at IS NULL ORDER BY source_id"
        return [row[0] for row in session.execute(text(query))]


def test_facts_of_companies_that_were_merged_belong_to_the_one_that_survives(fake, pull):
    first, second, third = fake.create("companies", [{"name": name} for name in "ABC"])
    [ticket] = fake.create("tickets", [{"subject": "x"}])
    [deal] = fake.create("deals", [{"dealname": "x"}])
    [contact] = fake.create("contacts", [{"email": "p@example.com"}])
    for kind, one in (("tickets", ticket), ("deals", deal), ("contacts", contact)):
        fake.link(kind, one, first)
    assert company_of(pull(), "ticket", ticket) == first
    fake.merge("companies", first, second)
    pull()
    fake.merge("companies", second, third)
    fake.change("companies", {third: {"hs_merged_object_ids": f"{first};{second}"}})
    store = pull()
    for table, one in (("ticket", ticket), ("opportunity", deal), ("contact", contact)):
        assert company_of(store, table, one) == third, table


def test_a_deal_and_a_contact_that_were_merged_are_one_with_the_company_they_had(fake, pull):
    [company] = fake.create("companies", [{"name": "A"}])
    kept = {}
    for kind, table in (("deals", "opportunity"), ("contacts", "contact")):
        gone, into = fake.create(kind, [{}, {}])
        fake.link(kind, gone, company)
        kept[kind] = table, gone, into
    pull()
    for kind, (_, gone, into) in kept.items():
        fake.merge(kind, gone, into)
        fake.link(kind, into, company)  # as HubSpot does with what the other was linked to
    store = pull()
    for table, _, into in kept.values():
        assert living(store, table) == [into]
        assert company_of(store, table, into) == company


def test_a_survey_answer_of_a_contact_that_was_merged_keeps_its_company(fake, pull):
    [company] = fake.create("companies", [{"name": "A"}])
    gone, into, alone = fake.create("contacts", [{"email": f"{n}@example.com"} for n in range(3)])
    fake.link("contacts", gone, company)
    answer = {"hs_survey_type": "NPS", "hs_value": "9",
              "hs_submission_timestamp": "2026-02-01T10:00:00Z"}  # fmt: skip
    first, other = fake.create(
        "feedback_submissions", [{**answer, "hs_contact_id": one} for one in (gone, alone)]
    )
    pull()
    fake.merge("contacts", gone, into)
    fake.link("contacts", into, company)
    fake.advance(60)
    fake.change("feedback_submissions", {first: {"hs_content": "Good"}, other: {"hs_value": "8"}})
    store = pull()
    assert company_of(store, "surveyresponse", first) == company
    assert company_of(store, "surveyresponse", other) is None
