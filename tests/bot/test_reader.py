"""The chooser, against servers that answer as models' APIs do, and as they should not."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.reader import ASKED, Model, chooser

LINES = ("churn", "exposed", "lead-time")


class Api:
    """An API on loopback that answers every call with one status and body."""

    def __init__(self):
        self.status, self.body, self.calls = 200, b"", []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                api.calls.append(
                    (self.path, dict(self.headers), json.loads(self.rfile.read(length)))
                )
                self.send_response(api.status)
                self.send_header("Content-Length", str(len(api.body)))
                self.end_headers()
                self.wfile.write(api.body)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def api():
    made = Api()
    yield made
    made.close()


def model(api, kind):
    return Model(kind=kind, model="small-1", url=api.url, secret="s3cret")


def answers(api, kind, text):
    shape = {
        "anthropic": {"content": [{"type": "text", "text": text}]},
        "openai": {"choices": [{"message": {"content": text}}]},
    }[kind]
    api.body = json.dumps(shape).encode()


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
@pytest.mark.parametrize(
    ("said", "chosen"),
    [("2", "exposed"), (" 3.\n", "lead-time"), ("0", None), ("4", None), ("99", None),
     ("churn", None), ("exposed is EUR 5", None), ("", None), ("-1", None)],
)  # fmt: skip
def test_only_a_number_among_the_lines_chooses(api, kind, said, chosen):
    answers(api, kind, said)
    assert chooser(model(api, kind))("what is at stake", LINES) == chosen


def test_each_api_is_asked_as_it_wants_to_be(api):
    for kind in ("anthropic", "openai"):
        answers(api, kind, "1")
        chooser(model(api, kind))("who leaves", LINES)
    (path, headers, body), (path2, headers2, body2) = api.calls
    assert (path, headers["x-api-key"], body["system"]) == ("/v1/messages", "s3cret", ASKED)
    assert (path2, headers2["Authorization"]) == ("/chat/completions", "Bearer s3cret")
    assert body["messages"][-1]["content"] == body2["messages"][-1]["content"]
    assert "2. exposed" in body2["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (429, b"{}"), (200, b"<html>"), (200, b"{}"), (200, b'{"content": []}'),
     (200, b"[]"), (200, b'"' + b"x" * 200_000 + b'"')],
)  # fmt: skip
def test_a_model_that_fails_chooses_nothing(api, status, body):
    api.status, api.body = status, body
    assert chooser(model(api, "anthropic"))("who leaves", LINES) is None


def test_a_model_that_is_not_there_chooses_nothing():
    nobody = Model(kind="openai", model="m", url="http://127.0.0.1:9")
    assert chooser(nobody)("who leaves", LINES) is None
