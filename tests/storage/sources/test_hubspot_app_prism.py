"""HubSpot's own API descriptions accept what an app asks that is installed by OAuth."""

from functools import partial

import pytest

from storage.sources._http import Http
from storage.sources.hubspot import Settings, open_hubspot
from tests.need import need
from tests.storage.sources import prism_judge
from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_hubspot_app import CLIENT, PORTAL, REFRESH, SECRET, HubSpotApp
from tests.storage.sources.hubspot_harness import served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not prism_judge.SPECS.is_dir(),
        reason="HubSpot's API descriptions are not here (../shared/specs/hubspot)",
    ),
]
ANSWER = {"hs_survey_type": "NPS", "hs_value": "9",
          "hs_submission_timestamp": "2026-02-01T10:00:00Z"}  # fmt: skip
# HubSpot's servers give a text where its descriptions want an object.
KNOWN_TO_DIFFER = "subCategory"
# Of a single entry of the journal they describe only what it answers when it fails.
JOURNAL = "/webhooks-journal/journal/"


def test_tokens_the_journal_and_what_it_names_are_asked_for_as_described(tmp_path):
    need("npm")
    fake = HubSpotApp()
    with (
        served(fake) as server,
        prism_judge.judge(prism_judge.install(), server.url, prism_judge.OF_APPS) as judge,
    ):
        fake.elsewhere = server.url  # no description speaks of the files
        use(fake, judge.url, tmp_path)
    wrong = [(one.method, one.path, one.body, one.request_faults)
             for one in judge.seen if one.request_faults]  # fmt: skip
    assert wrong == []
    wrong = [(one.path, fault) for one in judge.seen for fault in one.answer_faults
             if KNOWN_TO_DIFFER not in fault["message"] and JOURNAL not in one.path]  # fmt: skip
    assert wrong == []
    paths = {one.path for one in judge.seen}
    asked = ("/oauth/2026-03/token", "journal/2026-03/latest", "/next", "deals/batch/read",
             "contacts/batch/read", "contacts/search")  # fmt: skip
    for part in asked:
        assert any(part in path for path in paths), part


def use(fake, url, folder):
    """A first pull, then deals that change, go and are merged, and an answer of who was merged."""
    settings = Settings(
        key="hubspot:main", kind="hubspot", url=url, version="2026-03", client=CLIENT,
        secret=f"{SECRET}:{REFRESH}", journal=True, portal=PORTAL, folder=str(folder),
    )  # fmt: skip
    opened = []

    def http(*args, **more):
        opened.append(Http(*args, sleep=fake.advance, seed=1, **more))
        return opened[-1]

    ids = fake.create("deals", [{"dealname": str(n)} for n in range(150)])
    for one in ids[3:]:  # few without, for each is a fault to the judge: see KNOWN_TO_DIFFER
        fake.link("deals", one, "7001")
    gone, into = fake.create("contacts", [{"email": "a@example.com"}, {"email": "b@example.com"}])
    memories = {"deals": Memory(), "feedback_submissions": Memory()}
    pull = partial(_pull, settings, http, memories)
    pull()
    fake.change("deals", {one: {"dealname": "new"} for one in ids[:120]})
    fake.archive("deals", ids[120:123])
    fake.merge("deals", ids[130], ids[131])
    fake.merge("contacts", gone, into)
    fake.create("feedback_submissions", [{**ANSWER, "hs_contact_id": gone}])
    fake.advance(600)
    fake.revoke()
    pull()
    for one in opened:
        one.close()
    assert len(memories["deals"].living("opportunity")) == 146


def _pull(settings, http, memories):
    source = open_hubspot(settings, http)
    for name, memory in memories.items():
        for page in source.pull(spec_of(source, name), memory.state):
            memory.apply(page)
