"""HubSpot's own API descriptions accept every request that the source makes."""

import json

import httpx
import pytest

from tests.need import need
from tests.storage.sources import prism_judge
from tests.storage.sources.conformance_steps import Memory
from tests.storage.sources.fake_hubspot import TOKEN, FakeHubSpot
from tests.storage.sources.hubspot_harness import hubspot, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not prism_judge.SPECS.is_dir(),
        reason="HubSpot's API descriptions are not here (../shared/specs/hubspot)",
    ),
]

RECORDS = {
    "companies": {"name": "Acme", "domain": "", "hubspot_owner_id": "7"},
    "contacts": {"email": "p@example.com"},
    "deals": {"dealname": "Big", "closedate": "2026-05-01T00:00:00Z"},
    "tickets": {"subject": "It broke"},
    "subscriptions": {"hs_name": "Gold", "contract_renewal": "2027-01-01"},
    "feedback_submissions": {
        "hs_survey_type": "NPS", "hs_value": "9",
        "hs_submission_timestamp": "2026-02-01T10:00:00Z",
    },
    "calls": {"hs_timestamp": "2026-02-01T10:00:00Z", "hs_call_direction": "INBOUND"},
    "emails": {"hs_timestamp": "2026-02-01T10:00:00Z", "hs_email_direction": "EMAIL"},
    "meetings": {"hs_timestamp": "2026-02-01T10:00:00Z"},
    "notes": {"hs_timestamp": "2026-02-01T10:00:00Z"},
}  # fmt: skip
# HubSpot's servers give a text where its descriptions want an object.
KNOWN_TO_DIFFER = "subCategory"


@pytest.fixture(scope="module")
def server():
    with served(FakeHubSpot()) as server:
        yield server


@pytest.fixture(scope="module")
def bench(server):
    """The judge with its five Prisms, which take seconds to start."""
    need("npm")
    with prism_judge.judge(prism_judge.install(), server.url) as judge:
        yield judge


@pytest.fixture
def fake(server):
    """An account of this test's own behind the port of all."""
    server.fake = FakeHubSpot()
    return server.fake


@pytest.fixture
def judge(bench, fake):
    bench.seen.clear()
    return bench


OWN = {"subscriptions": {"renewal_on": "contract_renewal"}}


def fill(fake):
    for number in range(120):
        fake.hire(str(number), f"p{number}@example.com", has_left=number > 110)
    (contact,) = fake.create("contacts", [RECORDS["contacts"]])
    fake.link("contacts", contact, "7001")
    for kind, properties in RECORDS.items():
        own = {"hs_contact_id": contact} if kind == "feedback_submissions" else {}
        ids = fake.create(kind, [{**properties, **own}] * 120)
        for one in ids[3:]:  # few without, for each is a fault to the judge: see KNOWN_TO_DIFFER
            fake.link(kind, one, "7001")
        for company in ("7002", "7003"):  # more than one answer tells
            fake.link(kind, ids[50], company)
        fake.archive(kind, ids[100:105])


def use(source, fake):
    """All that the source ever asks: a check, a full load, changes, the passes, a sweep."""
    assert source.check().missing == ()
    for spec in source.streams:
        memory = Memory()
        for wait in (0, 600, 7200, 90_000):
            fake.advance(wait)
            for kind in (one.name for one in source.parts[spec.name]):
                ids = sorted(fake.living(kind))[:5]
                fake.change(kind, dict.fromkeys(ids, RECORDS[kind]))
            fake.advance(60)
            for page in source.pull(spec, memory.state):
                memory.apply(page)
        for _ in source.ids(spec):
            pass


@pytest.mark.parametrize("version", ["v3", "2026-03"])
def test_every_request_fits_the_descriptions(judge, fake, version):
    fill(fake)
    source = hubspot(judge.url, fake, version=version, properties=OWN)
    use(source, fake)
    source.http.close()
    wrong = [(one.method, one.path, one.body, one.request_faults)
             for one in judge.seen if one.request_faults]  # fmt: skip
    assert wrong == []
    assert shapes(judge.seen) == {
        "list", "list, further", "list, archived", "search", "associations",
        "associations, further", "owners", "owners, further", "properties",
    }  # fmt: skip
    assert all(any(f"/{kind}" in one.path for one in judge.seen) for kind in RECORDS)


def test_the_fake_account_answers_as_the_descriptions_say(judge, fake):
    fill(fake)
    source = hubspot(judge.url, fake, properties=OWN)
    use(source, fake)
    source.http.close()
    wrong = [(one.path, fault) for one in judge.seen for fault in one.answer_faults
             if KNOWN_TO_DIFFER not in fault["message"]]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/crm/v3/objects/deals/search", {"limit": 1}),
        ("/crm/v3/objects/deals/search", {
            "limit": 1, "after": "0", "filterGroups": [], "properties": [],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        }),
        ("/crm/v4/associations/deals/companies/batch/read", {"inputs": ["1"]}),
        ("/crm/v4/associations/deals/companies/batch/reed", {"inputs": []}),
    ],
)  # fmt: skip
def test_a_request_that_does_not_fit_is_seen(judge, path, body):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(trust_env=False, timeout=30) as client:
        client.post(judge.url + path, json=body, headers=headers)
    assert [bool(one.request_faults) for one in judge.seen] == [True]


def shapes(seen):
    """The sorts of requests that were made."""
    return {_shape(one) for one in seen}


def _shape(one):
    if "/owners" in one.path:
        return "owners, further" if "after=" in one.query else "owners"
    if "/properties/" in one.path:
        return "properties"
    if "/associations/" in one.path:
        further = any("after" in asked for asked in json.loads(one.body)["inputs"])
        return "associations, further" if further else "associations"
    if one.method == "POST":
        return "search"
    if "archived=true" in one.query:
        return "list, archived"
    return "list, further" if "after=" in one.query else "list"
