from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._netsuite_api import BUSY_WAIT, QueryError, parts
from tests.storage.sources.fake_netsuite import FakeNetSuite
from tests.storage.sources.netsuite_harness import netsuite

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def fake():
    return FakeNetSuite(NOW)


@pytest.fixture
def api(fake):
    return netsuite(fake).api


def test_the_zone_is_the_one_that_the_account_says(fake, api):
    assert api.tz == ZoneInfo("America/Los_Angeles")
    assert api.tz is api.tz
    assert len(fake.queries) == 1


def test_where_it_says_only_an_offset_the_zone_of_the_settings_is_held_against_its_clock():
    fake = FakeNetSuite(NOW, says_zone=False)
    assert netsuite(fake, zone="America/Los_Angeles").api.tz == ZoneInfo("America/Los_Angeles")
    with pytest.raises(SourceError, match=r"shows 01:00 when it is 09:00 UTC.*set zone") as said:
        _ = netsuite(fake, zone="Europe/Berlin").api.tz
    assert said.value.permanent


def test_where_it_does_not_answer_the_zone_of_the_settings_counts(fake):
    fake.db.connection.execute("DROP TABLE dual")
    assert netsuite(fake, zone="Europe/Berlin").api.tz == ZoneInfo("Europe/Berlin")


def test_an_unknown_field_is_named(api):
    with pytest.raises(QueryError, match="Unknown identifier 'nope'") as said:
        api.chunk("SELECT t.nope AS a FROM transaction t")
    assert (said.value.unknown, said.value.is_absent) == ("nope", False)


def test_a_table_that_is_not_there_is_said_to_be_absent(api):
    with pytest.raises(QueryError) as said:
        api.chunk("SELECT x.id AS id FROM nope x")
    assert said.value.is_absent


@pytest.mark.parametrize(
    "query",
    [
        "SELECT t.id FROM transaction t LIMIT 5",
        "SELECT TO_CHAR(t.trandate, 'DD/MM/YY') AS d FROM transaction t",
        "SELECT t.id FROM transaction t WHERE",
        'SELECT "t".id FROM transaction t',
    ],
)
def test_what_is_no_suiteql_is_refused(fake, api, query):
    fake.put("transaction", {"id": 1}, trandate="@2026-03-01 00:00:00")
    with pytest.raises(QueryError, match="Invalid search query"):
        api.chunk(query)


def test_an_account_that_is_busy_is_left_in_peace(fake, api):
    fake.fail_next("busy")
    with pytest.raises(TryLater, match="busy with other requests") as said:
        api.chunk("SELECT t.id FROM transaction t")
    assert said.value.after == BUSY_WAIT


def test_a_signed_request_that_was_tried_again_is_signed_anew(fake, api):
    api.chunk("SELECT t.id FROM transaction t")
    fake.fail_next("429")
    began, nonces = fake.now, len(fake.nonces)
    told, turns = fake.admit, []

    def admit(method, path, params, headers):
        """The server had noted the number of the request before it was too busy."""
        turns.append(headers["authorization"])
        if len(turns) == 1:
            told(method, path, params, headers)
        told(method, path, params, headers)

    fake.admit = admit
    assert api.chunk("SELECT t.id FROM transaction t").records == []
    assert len(set(turns)) == 2
    assert len(fake.nonces) == nonces + 2
    assert fake.now - began < timedelta(minutes=1)


def test_one_that_is_let_in_by_nothing_is_told_where_to_look(fake, api):
    fake.fail_next("401", "401")
    with pytest.raises(SourceError, match="login audit trail") as said:
        api.chunk("SELECT t.id FROM transaction t")
    assert said.value.permanent


def test_ids_are_asked_for_in_parts_and_only_as_numbers(fake, api):
    assert list(parts(["1", "2", "3"], 2)) == ["1, 2", "3"]
    with pytest.raises(ValueError, match="invalid literal"):
        list(parts(["1) OR (1=1"], 2))
    fake.put("transaction", {"id": 5}, type="PurchOrd")
    assert api.among("id", "transaction", ["4", "5"]) == {"5"}
