"""A source is opened with clients of its own, and they are closed whatever happens."""

import msgspec
import pytest

from bot.sources import opened
from storage.sources import Kind, SourceError, SourceSettings

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
