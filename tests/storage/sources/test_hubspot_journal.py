"""An app that is installed by OAuth: its tokens rotate, and its journal tells what is gone."""

from functools import partial

import pytest

from storage.sources import SourceError
from storage.sources._http import Http
from storage.sources._hubspot_journal import Journal
from storage.sources.hubspot import Settings, open_hubspot
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import CHANGES
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.fake_hubspot_app import CLIENT, PORTAL, REFRESH, SECRET, HubSpotApp
from tests.storage.sources.hubspot_harness import HubSpotHarness, served

ROTATED = "leadline.tokens"


@pytest.fixture
def server():
    with served(HubSpotApp()) as server:
        server.fake.elsewhere = server.url
        yield server


@pytest.fixture
def fake(server):
    return server.fake


@pytest.fixture
def app(server, fake, tmp_path):
    """Opens the source anew, as the next run does."""
    made = []

    def http(*args, **more):
        made.append(Http(*args, sleep=fake.advance, seed=1, **more))
        return made[-1]

    def opened(**settings):
        settings = {"journal": True, "client": CLIENT, "folder": str(tmp_path), **settings}
        settings = {"secret": f"{SECRET}:{REFRESH}", **settings}
        return open_hubspot(
            Settings(key="hubspot:main", kind="hubspot", url=server.url, **settings), http
        )

    yield opened
    for one in made:
        one.close()


class AppHarness(HubSpotHarness):
    faults = (*HubSpotHarness.faults, "401")

    def __init__(self, server, app):
        super().__init__("deals", server, [])
        self.open = app

    def fail_next(self, kind):
        if kind == "401":
            self.fake.revoke()
        else:
            super().fail_next(kind)


@pytest.mark.slow
class TestApp(Conformance):
    changes = CHANGES // 4  # what changes is read twice; the deals live it all without the app

    @pytest.fixture
    def harness(self, server, app):
        return AppHarness(server, app)


def test_refresh_tokens_are_kept_before_they_are_used(app, fake, tmp_path):
    fake.create("deals", [{"dealname": "A"}])
    for _ in range(3):
        fake.revoke()
        assert len(drain(app(), "deals").living("opportunity")) == 1
    assert fake.refresh != REFRESH
    assert fake.refresh in (tmp_path / ROTATED).read_text()


def test_a_refresh_token_that_is_no_more_is_told_in_hubspots_words(app, fake):
    fake.refresh = "another"
    with pytest.raises(SourceError, match="gives no token: invalid_grant") as raised:
        drain(app(), "deals")
    assert raised.value.permanent
    assert REFRESH not in str(raised.value)


def test_what_is_archived_goes_with_the_next_pull(app, fake):
    ids = fake.create("deals", [{"dealname": str(n)} for n in range(250)])
    memory = drain(app(), "deals")
    fake.archive("deals", ids[:220])
    fake.advance(60)
    drain(app(), "deals", memory)
    assert set(memory.living("opportunity")) == set(ids[220:])


def test_what_is_not_in_the_index_yet_is_read_by_its_id(app, fake):
    [deal] = fake.create("deals", [{"dealname": "A"}])
    memory = drain(app(), "deals")
    fake.change("deals", {deal: {"dealname": "B"}}, late=3_000)
    fake.advance(60)
    drain(app(), "deals", memory)
    assert memory.living("opportunity")[deal]["name"] == "B"


def test_a_new_link_is_seen_though_it_is_no_change_of_the_record(app, fake):
    [ticket] = fake.create("tickets", [{"subject": "x"}])
    memory = drain(app(), "tickets")
    fake.link("tickets", ticket, "7001")
    fake.advance(60)
    drain(app(), "tickets", memory)
    assert memory.living("ticket")[ticket]["account_ref"] == "7001"


def test_a_company_that_was_merged_away_stays_and_says_into_which(app, fake):
    gone, into = fake.create("companies", [{"name": name} for name in "AB"])
    memory = drain(app(), "companies")
    fake.merge("companies", gone, into)
    fake.advance(20)
    drain(app(), "companies", memory)
    rows = memory.living("account")
    assert {key: row.get("merged_into") for key, row in rows.items()} == {gone: into, into: None}


def test_each_file_is_read_once_a_run_however_many_streams_follow_it(app, fake):
    source = app()
    memories = {name: drain(source, name) for name in ("deals", "tickets")}
    fake.create("deals", [{"dealname": "A"}])
    fake.publish()
    fake.create("tickets", [{"subject": "x"}])
    fake.requests.clear()
    source = app()
    for name, memory in memories.items():
        drain(source, name, memory)
        assert memory.state["journal"] == fake.files[-1].offset
    assert len(fake.asked("webhooks-journal")) == 4  # and for each that there is no third


def test_what_the_journal_forgot_is_looked_for_in_all_lists(app, fake):
    ids = fake.create("deals", [{"dealname": str(n)} for n in range(3)])
    memory = drain(app(), "deals")
    fake.create("tickets", [{"subject": "x"}])
    fake.link("deals", ids[0], "7001")
    fake.archive("deals", ids[1:2])
    fake.publish()
    fake.advance(4 * 86_400)
    fake.create("tickets", [{"subject": "y"}])
    drain(app(), "deals", memory)
    state = memory.state
    assert state["journal"] == fake.files[-1].offset
    assert state["archived"]["at"] is None
    fake.advance(60)
    drain(app(), "deals", memory)
    rows = memory.living("opportunity")
    assert set(rows) == {ids[0], ids[2]}
    assert rows[ids[0]]["account_ref"] == "7001"


def test_another_account_that_has_the_app_is_none_of_ours(app, fake):
    [deal] = fake.create("deals", [{"dealname": "A"}])
    memory = drain(app(), "deals")
    fake.tell_of(9_999, [deal, "123456"])
    fake.requests.clear()
    drain(app(portal=PORTAL), "deals", memory)
    assert fake.asked("batch/read") == []
    drain(app(), "deals", memory)
    assert set(memory.living("opportunity")) == {deal}


def test_a_check_says_that_the_app_has_no_journal(app, fake):
    assert app().check().missing == ()
    source = app()
    source.journal = Journal(source.http, lambda url: source.http)
    [missing] = source.check().missing
    assert missing.startswith("journal: ")


def test_a_journal_without_an_app_is_refused(app):
    with pytest.raises(SourceError, match="set client"):
        app(client="", secret="pat")


def test_files_are_not_fetched_without_tls_from_elsewhere(app, fake, server):
    drain_to = partial(drain, app(), "deals")
    memory = drain_to()
    fake.create("deals", [{"dealname": "A"}])
    fake.elsewhere = "ftp://files.example"
    with pytest.raises(SourceError, match="without TLS"):
        drain_to(memory)
