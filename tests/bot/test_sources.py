"""A source is opened with clients of its own, and they are closed whatever happens."""

import logging
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.sources import opened, pulled
from storage.models._types import instant_to_int
from storage.sources import Kind, SourceError, SourceSettings
from tests.storage.conftest import fresh
from tests.storage.scripted import Scripted, order, page, rows

SETTINGS = SourceSettings(key="toy:x", kind="toy", url="http://127.0.0.1:1")


def toy(made):
    def open_toy(settings, http):
        made.extend(http(settings.url) for _ in range(2))
        return made

    return Kind("toy", SourceSettings, open_toy)


def test_the_clients_of_a_source_are_closed_after_its_run():
    made = []
    with opened(toy(made), SETTINGS) as source:
        assert source is made
        assert not any(one._client.is_closed for one in made)
    assert all(one._client.is_closed for one in made)


def test_they_are_closed_when_the_run_breaks():
    made = []
    with pytest.raises(KeyError), opened(toy(made), SETTINGS):
        raise KeyError
    assert all(one._client.is_closed for one in made)


def test_each_run_has_clients_of_its_own():
    made = []
    for _ in range(2):
        with opened(toy(made), SETTINGS):
            pass
    assert len(set(map(id, made))) == 4


def test_a_url_that_is_none_is_refused():
    bad = msgspec.structs.replace(SETTINGS, url="ftp://example.com")
    with pytest.raises(SourceError, match="http or https"), opened(toy([]), bad):
        pass


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    yield made
    made.close()


def pull(store, found, now=NOW):
    """The result of a source that opens as `found`, or fails to with it."""

    def open_it(settings, http):
        if isinstance(found, Exception):
            raise found
        return found

    kind = Kind("toy", SourceSettings, open_it)
    [result] = pulled(kind, SETTINGS, store, now, owner="me", clock=lambda: now)
    return result


def test_a_source_that_cannot_be_opened_is_a_result_that_failed(store, caplog):
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            result = pull(store, SourceError("no stream 'x' to skip", permanent=True))
    assert (result.stream, result.error) == ("toy:x", "no stream 'x' to skip")
    assert rows(store, "stream, last_error, failures", "syncstate", "1=1") == [
        ("", "no stream 'x' to skip", 3)
    ]
    assert caplog.text.count("no stream 'x' to skip") == 1


def test_all_streams_of_a_source_that_cannot_be_opened_any_more_have_failed(store):
    pull(store, Scripted(page(order("a"))))
    later = NOW + timedelta(hours=1)
    pull(store, SourceError("mend it"), later)
    due = later + SETTINGS.every
    assert rows(store, "stream, last_error, due_at, last_success_at", "syncstate", "1=1") == [
        ("orders", "mend it", instant_to_int(due), instant_to_int(NOW))
    ]


def test_once_it_is_mended_nothing_of_the_failure_is_left(store):
    pull(store, SourceError("mend it"))
    assert pull(store, Scripted(page(order("a")))).error is None
    assert rows(store, "stream, last_error, failures", "syncstate", "1=1") == [("orders", None, 0)]
