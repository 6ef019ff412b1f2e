import gzip
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from storage.sources import SourceError
from storage.sources._http import Http, TryLater

DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


class Server:
    """Answers in turn; the last answer is given for ever."""

    def __init__(self, *answers):
        self.answers, self.requests, self.slept = list(answers), [], []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, headers = answer
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    def http(self, **more):
        return Http(
            "https://erp.example/base", transport=httpx.MockTransport(self),
            sleep=self.slept.append, seed=1, **more,
        )  # fmt: skip


def reply(status=200, body=b"{}", **headers):
    return status, body, {"Date": DATE, **headers}


def test_a_good_answer_is_given_whole():
    server = Server(reply(body=b'{"a": 1}'))
    http = server.http()
    assert http.get("x").json() == {"a": 1}
    assert str(server.requests[0].url) == "https://erp.example/base/x"
    assert http.server_now == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_passing_failure_is_tried_again():
    server = Server(reply(503), httpx.ConnectError("no"), reply())
    assert server.http().get("x").status == 200
    assert len(server.requests) == 3
    assert all(1 <= wait <= 60 for wait in server.slept)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("Sun, 01 Mar 2026 12:00:30 GMT", 30), ("0", 1)]
)
def test_it_waits_as_long_as_the_server_asks(header, seconds):
    server = Server(reply(429, **{"Retry-After": header}), reply())
    server.http().get("x")
    assert server.slept == [seconds]


def test_a_longer_wait_is_left_to_the_next_run():
    server = Server(reply(429, **{"Retry-After": "3600"}))
    with pytest.raises(TryLater) as error:
        server.http().get("x")
    assert error.value.after == timedelta(hours=1)
    assert server.slept == []


def test_a_pause_is_a_wait_of_a_minute_at_most():
    server = Server(reply())
    server.http().pause(3)
    server.http().pause(3600)
    assert server.slept == [3, 60]


def test_it_does_not_try_for_ever():
    server = Server(reply(500))
    with pytest.raises(TryLater, match="answers 500"):
        server.http(tries=3).get("x")
    assert len(server.requests) == 3


def test_a_run_has_a_budget_of_requests():
    http = Server(reply()).http(budget=2)
    http.get("a")
    http.get("b")
    with pytest.raises(TryLater, match="budget"):
        http.get("c")


def test_the_clock_is_asked_for_once_and_a_server_without_one_is_of_no_use():
    server = Server(reply())
    http = server.http()
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert [http.now(lambda: http.get("x")) for _ in range(2)] == [noon, noon]
    assert len(server.requests) == 1
    with pytest.raises(SourceError, match="no Date header"):
        Server((200, b"{}", {})).http().now()


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "renew"), (403, "may not read"), (404, "answers 404"), (302, "sends us to")],
)
def test_a_refusal_says_what_to_do(status, said):
    answer = Server(reply(status, location="https://evil.example/")).http().get("x")
    with pytest.raises(SourceError, match=said) as error:
        answer.checked()
    assert error.value.permanent


def test_a_redirect_is_told_without_what_lets_one_in():
    link = "https://files.example/export.csv?signature=s3cret"
    with pytest.raises(SourceError, match=r"to https://files\.example: set") as error:
        Server(reply(302, location=link)).http().get("x").checked()
    assert "s3cret" not in str(error.value)


def test_a_redirect_to_another_host_is_not_followed():
    server = Server(reply(302, location="https://evil.example/"))
    server.http(headers={"Authorization": "secret"}).get("x")
    assert [request.url.host for request in server.requests] == ["erp.example"]


def test_an_absolute_address_must_be_of_the_same_origin():
    with pytest.raises(SourceError, match="another host"):
        Server(reply()).http().get("https://evil.example/x")


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"", b'{"a": NaN}', b'{"a": 1', b"\xff\xfe", b'{"a":' * 100_000],
    ids=["html", "nothing", "NaN", "cut", "not UTF-8", "deep"],
)
def test_what_is_no_json_is_told(body):
    with pytest.raises(TryLater, match="JSON"):
        Server(reply(body=body)).http().get("x").json()


def test_a_byte_order_mark_does_no_harm():
    body = b"\xef\xbb\xbf" + json.dumps({"a": "é"}).encode()
    assert Server(reply(body=body)).http().get("x").json() == {"a": "é"}


def test_a_bomb_of_zeros_is_stopped_while_it_unpacks():
    bomb = gzip.compress(b"0" * 5_000_000)
    answer = reply(body=bomb, **{"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="more than 1 MB"):
        Server(answer).http(max_bytes=1_048_576).get("x")


def test_a_body_that_breaks_off_is_tried_again():
    whole = gzip.compress(b'{"a": 1}')
    cut = reply(body=whole[:-4], **{"Content-Encoding": "gzip"})
    server = Server(cut, reply(body=whole, **{"Content-Encoding": "gzip"}))
    assert server.http().get("x").json() == {"a": 1}


def test_an_encoding_that_was_not_asked_for_is_refused():
    http = Server(reply(body=b"x", **{"Content-Encoding": "br"})).http()
    with pytest.raises(SourceError, match="encoding"):
        http.get("x")


def test_no_secret_is_ever_told():
    server = Server(httpx.ConnectError("token s3cret refused"))
    http = server.http(secrets=("s3cret",), tries=1)
    with pytest.raises(TryLater) as error:
        http.get("x")
    assert "s3cret" not in str(error.value)
    assert http.redact("a s3cret") == "a [hidden]"


@pytest.mark.parametrize("status", [302, 400, 401, 403, 500])
def test_a_server_that_repeats_the_key_is_quoted_without_it(status):
    said = reply(status, b'{"error": "no user with the key s3cret or Bearer t0ken"}')
    http = Server(said).http(
        secrets=("s3cret",), tries=1, auth=lambda refused=None: {"Authorization": "Bearer t0ken"}
    )
    if status == 500:
        with pytest.raises(TryLater) as error:
            http.get("x")
        assert "s3cret" not in str(error.value)
        return
    answer = http.get("x")
    assert answer.json() == {"error": "no user with the key [hidden] or Bearer [hidden]"}


@pytest.mark.parametrize("url", ["ftp://x", "erp.example", "https://"])
def test_an_address_must_be_one(url):
    with pytest.raises(SourceError, match="http"):
        Http(url)


def test_a_source_may_know_how_long_to_wait_where_the_server_does_not_say():
    server = Server(reply(429), reply(429, **{"Retry-After": "7"}), reply())
    server.http(on_busy=lambda reply, now: 60.0).get("x")
    assert server.slept == [60.0, 7.0]
