"""A call that is stopped at the last moment does nothing, whatever way it would have gone."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.wire import Stopped, Unreached, Wire
from tests.bot.slack_server import slack_server

ASKED = {"channel": "C1", "text": "hello ü"}


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


def wire(server, **more):
    return Wire(WebClient("xoxb-1", base_url=server.url, timeout=2, **more))


def test_a_call_is_answered(server):
    answer = wire(server).call("chat.postMessage", ASKED, lambda: True)
    assert (answer["ok"], answer["channel"]) == (True, "C1")
    assert server.messages[0]["text"] == "hello ü"
    assert server.tokens == ["Bearer xoxb-1"]


def test_a_call_that_is_stopped_at_the_last_moment_does_nothing(server):
    with pytest.raises(Stopped):
        wire(server).call("chat.postMessage", ASKED, lambda: False)
    wire(server).call("chat.postMessage", ASKED, lambda: True)
    assert len(server.messages) == 1


def test_without_a_connection_nothing_was_done():
    with slack_server() as server:
        gone = wire(server)
    with pytest.raises(Unreached):
        gone.call("chat.postMessage", ASKED, lambda: True)


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [("is_archived", 200, "is_archived"), ("429", 429, "ratelimited"), ("500", 500, None)],
)
def test_a_refusal_is_told_with_its_status_and_its_word(server, fault, status, error):
    server.faults.append(fault)
    with pytest.raises(SlackApiError) as caught:
        wire(server).call("chat.postMessage", ASKED, lambda: True)
    assert (caught.value.response.status_code, caught.value.response.get("error")) == (
        status, error,
    )  # fmt: skip


class Proxy(BaseHTTPRequestHandler):
    """Notes where it is asked to lead to, and refuses."""

    def do_CONNECT(self):
        self.server.asked.append((self.path, self.headers.get("Proxy-Authorization")))
        self.send_error(403)

    def log_message(self, *args):
        pass


def test_a_proxy_is_asked_for_slack_with_its_own_password():
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    proxy.asked = []
    thread = threading.Thread(target=proxy.serve_forever, args=(0.02,))
    thread.start()
    at = f"http://ada:se%20cret@127.0.0.1:{proxy.server_address[1]}"
    client = WebClient("xoxb-1", base_url="http://slack.example/api/", proxy=at, timeout=2)
    with pytest.raises(Unreached):
        Wire(client).call("chat.postMessage", ASKED, lambda: True)
    proxy.shutdown()
    thread.join()
    proxy.server_close()
    assert proxy.asked == [("slack.example:80", "Basic YWRhOnNlIGNyZXQ=")]
