from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.sources import SourceError, StreamSpec
from storage.sources._http import Http
from storage.sources._hubspot_api import Api
from storage.sources._hubspot_map import OBJECTS
from storage.sources._hubspot_reader import Reader, properties
from tests.storage.sources.fake_hubspot import TOKEN, FakeHubSpot
from tests.storage.sources.hubspot_harness import served

SPEC = StreamSpec("any", ("any",), settle=timedelta(seconds=60))


@pytest.fixture
def reader():
    """A reader of the fake account, whose clock it has heard, and the account."""
    with served(FakeHubSpot()) as server:
        http = Http(server.url, headers={"Authorization": f"Bearer {TOKEN}"},
                    sleep=server.fake.advance, seed=1)  # fmt: skip
        api = Api(http, "v3")
        api.count("deals")
        yield Reader(api, ZoneInfo("Europe/Berlin")), server.fake
        http.close()


@pytest.mark.parametrize("kind", OBJECTS.values(), ids=lambda one: one.name)
def test_every_property_that_is_read_is_asked_for_once_and_so_is_the_stamp(kind):
    asked = properties(kind)
    assert len(asked) == len(set(asked))
    assert kind.modified in asked
    assert not any(" " in one or not one for one in asked)


def test_a_first_pull_is_complete_up_to_a_minute_before_the_clock_of_the_account(reader):
    made, fake = reader
    fake.create("deals", [{"dealname": "x"}] * 120)
    pages = list(made.pull(OBJECTS["deals"], SPEC, None))
    assert [page.received for page in pages] == [100, 20, 0]
    assert pages[0].high is None
    assert abs(fake.now - timedelta(seconds=60) - pages[1].high) < timedelta(seconds=2)


def test_a_page_without_companies_or_owners_asks_for_none(reader):
    made, fake = reader
    list(made.pull(OBJECTS["deals"], SPEC, None))
    assert fake.asked("/owners") == fake.asked("/associations") == []


def test_the_owners_are_asked_for_once_a_run(reader):
    made, fake = reader
    fake.hire("7", "ann@example.com")
    fake.create("deals", [{"dealname": "x", "hubspot_owner_id": "7"}] * 250)
    pages = list(made.pull(OBJECTS["deals"], SPEC, None))
    owners = {row["owner"] for page in pages for row in page.rows.get("opportunity", ())}
    assert owners == {"ann@example.com"}
    assert len(fake.asked("/owners")) == 2  # those who are there, those who left


def test_ids_name_living_records_and_companies_that_were_merged_away(reader):
    made, fake = reader
    gone, into, archived = fake.create("companies", [{"name": "x"}] * 3)
    fake.merge("companies", gone, into)
    fake.archive("companies", [archived])
    assert list(made.ids(OBJECTS["companies"])) == [("account", [into, gone])]


def test_a_record_that_is_refused_is_not_taken_for_gone(reader):
    made, fake = reader
    (deal,) = fake.create("deals", [{"amount": "a lot"}])
    page = next(made.pull(OBJECTS["deals"], SPEC, None))
    assert [one.source_id for one in page.rejected] == [deal]
    assert page.deletes == {}


def test_a_server_without_a_clock_is_refused(reader):
    made, _ = reader
    made.api.http.server_now = None
    with pytest.raises(SourceError, match="its clock is unknown"):
        list(made.pull(OBJECTS["deals"], SPEC, None))


def test_a_pull_does_not_look_at_our_own_clock(reader):
    made, fake = reader
    fake.now = datetime(2031, 5, 5, tzinfo=UTC)
    made.api.count("deals")
    page = next(made.pull(OBJECTS["deals"], SPEC, None))
    assert page.high.year == 2031
