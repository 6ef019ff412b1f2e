from datetime import UTC, datetime

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._csv_url import Web, is_url
from storage.sources._http import Http, TryLater

URL = "https://files.example.com/out/po.csv?v=1"
DATE = "Mon, 02 Mar 2026 09:00:00 GMT"


class Server:
    """A web server with one file, which tells its version or does not."""

    def __init__(self, *tags, **headers):
        self.tags = {name: f'"{name}-1"' for name in tags}
        self.headers = {"content-type": "text/csv", "date": DATE, **headers}
        self.seen = []

    def __call__(self, request):
        self.seen.append(request)
        asked = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
        if set(asked) & set(self.tags.values()):
            return httpx.Response(304, headers={"date": DATE}, stream=httpx.ByteStream(b""))
        headers = {**self.headers, **self.tags}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"id\n1\n"))

    def web(self, secret=""):
        def http(*args, **options):
            return Http(*args, transport=httpx.MockTransport(self), sleep=lambda _: None, **options)

        return Web(http, secret)


@pytest.mark.parametrize("tag", ["etag", "last-modified"])
def test_a_file_that_is_as_before_is_not_sent_again(tag):
    server = Server(tag)
    file, tags = server.web().file(URL, {})
    with file.opened() as opened:
        assert opened.read() == b"id\n1\n"
    assert file.name == "po.csv"
    assert server.web().file(URL, tags) is None
    server.tags = {tag: "2"}
    assert server.web().file(URL, tags)[1] == {tag: "2"}


def test_a_server_that_tells_no_version_sends_the_file_each_time():
    server = Server()
    assert server.web().file(URL, {})[1] == {}
    assert server.web().file(URL, {}) is not None


def test_a_run_fetches_a_file_once_unless_it_asks_anew():
    server = Server()
    web = server.web()
    assert web.file(URL)[0] is web.file(URL)[0]
    assert len(server.seen) == 1
    web.file(URL, {})
    assert len(server.seen) == 2


def test_a_file_is_as_old_as_the_server_says():
    assert Server().web().file(URL)[0].at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    old = Server(**{"last-modified": "Sun, 01 Mar 2026 09:00:00 GMT"})
    assert old.web().file(URL)[0].at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_secret_is_shown_as_a_token_or_stands_in_the_url():
    server = Server()
    server.web("k3y").file(URL)
    assert server.seen[-1].headers["authorization"] == "Bearer k3y"
    server.web("k3y").file("https://files.example.com/{secret}/po.csv")
    assert server.seen[-1].url.path == "/k3y/po.csv"
    assert "authorization" not in server.seen[-1].headers


def test_a_page_to_log_in_is_no_file():
    with pytest.raises(TryLater, match="answers with a page and not with a file"):
        Server(**{"content-type": "text/html; charset=utf-8"}).web().file(URL)


@pytest.mark.parametrize("url", ["http://files.example.com/x.csv", "ftp://files.example.com/x.csv"])
def test_only_https_is_read(url):
    assert is_url(url)
    with pytest.raises(SourceError, match="only https"):
        Server().web().file(url)
