"""A Slack on loopback: it takes posts, lists them, and fails as it is told to."""

import json
import threading
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from math import ceil
from socket import create_connection
from urllib.parse import parse_qsl, urlsplit


class SlackServer(ThreadingHTTPServer):
    """`faults` go one to a request of `chat.postMessage`, `update_faults` of `chat.update`, and
    `history_faults` of those that look.

    A fault is the name of an error that Slack answers with, or: 429, 500 and drop (before the
    message is taken), 500-after, drop-after and hang-after (it is taken, the answer is not),
    no-blocks (refuses any blocks). `limits` judge each request by the clock of the test; `heard`
    is called before a post is looked at, `taken` once it is there, `answered` once that is said.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages, self.requests, self.tokens = [], [], []
        self.faults, self.history_faults, self.update_faults = [], [], []
        self.retry_after = "30"
        self.page = 200
        self.first_ts, self.number = 1_800_000_000, count()
        self.limits = None
        self.heard = self.taken = self.answered = lambda: None
        self.busy, self.calm = 0, threading.Condition()
        self.release = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/api/"

    def keys(self, channel=None):
        """The key in the metadata of each message, in the order they were taken."""
        return [
            message["metadata"]["event_payload"]["key"]
            for message in self.messages
            if channel in (None, message["channel"])
        ]

    def find(self, channel, ts):
        """A message by its name; null if it is not there (any more)."""
        return next(
            (one for one in self.messages if (one["channel"], one["ts"]) == (channel, ts)), None
        )

    def take(self, asked):
        with self.lock:
            ts = f"{self.first_ts + next(self.number)}.000100"
            self.messages.append({**asked, "ts": ts})
        self.taken()
        return ts

    def process_request(self, request, client_address):
        with self.calm:
            self.busy += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        super().shutdown_request(request)
        with self.calm:
            self.busy -= 1
            self.calm.notify_all()

    def settle(self):
        """Waits until all that was ever sent here is dealt with, also by who is dead now."""
        with closing(create_connection(self.server_address, 10)) as last:
            last.sendall(b"GET /api/api.test HTTP/1.1\r\nConnection: close\r\n\r\n")
            last.recv(1)
        with self.calm:
            assert self.calm.wait_for(lambda: self.busy == 0, 10)

    def handle_error(self, request, client_address):
        """A client that was killed is no news."""


class Limits:
    """Slack's limits by `clock`: one message a second and channel, `budget` a second in all, fifty
    a minute of each other method. What came before it may is in `too_early`.
    """

    def __init__(self, clock, budget=4):
        self.clock, self.budget = clock, budget
        self.calls, self.refusals, self.too_early = {}, [], []
        self.until, self.lock = {}, threading.Lock()

    def refuse(self, method, asked):
        """For how many seconds a call is refused; null if it is taken."""
        with self.lock:
            now = self.clock()
            if now < self.until.get(method, now):
                self.too_early.append((method, now))
            after = max(self.over(now, *one) for one in self.windows(method, asked))
            if after:
                self.refusals.append((method, now))
                self.until[method] = now + timedelta(seconds=after)
                return after
            for name, _, _ in self.windows(method, asked):
                self.calls[name].append(now)
            return None

    def windows(self, method, asked):
        """Each limit that a call falls under: its name, how many, in how many seconds."""
        if method == "chat.postMessage":
            return [("all", self.budget, 1), (asked["channel"], 1, 1)]
        return [(method, 50, 60)]

    def over(self, now, name, most, seconds):
        """How long until a call is within a limit; 0 if it is now."""
        kept = self.calls.setdefault(name, [])
        kept[:] = [at for at in kept if now - at < timedelta(seconds=seconds)]
        if len(kept) < most:
            return 0
        return ceil((kept[-most] + timedelta(seconds=seconds) - now).total_seconds())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        path = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        asked = dict(parse_qsl(path.query))
        is_json = "json" in self.headers.get("content-type", "")
        asked |= json.loads(body) if is_json else dict(parse_qsl(body))
        method = path.path.rpartition("/")[2]
        with self.server.lock:
            self.server.requests.append(method)
            self.server.tokens.append(self.headers.get("Authorization"))
        if self.server.limits and (after := self.server.limits.refuse(method, asked)):
            self.reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(after)})
        elif method == "chat.postMessage":
            self.post(asked)
        elif method == "chat.update":
            self.update(asked)
        elif method in ("conversations.history", "conversations.replies"):
            self.history(asked)
        elif method == "conversations.open":
            self.reply({"ok": True, "channel": {"id": f"D{asked['users'][1:]}"}})
        else:
            self.reply({"ok": False, "error": "unknown_method"})

    def post(self, asked):
        self.server.heard()
        fault = self.next_of(self.server.faults)
        if "thread_ts" in asked and not self.server.find(asked["channel"], asked["thread_ts"]):
            fault = fault or "thread_not_found"
        if fault == "no-blocks" and not asked.get("blocks"):
            fault = None
        if fault in (None, "500-after", "drop-after", "hang-after"):
            ts = self.server.take(asked)
            if fault is None:
                self.reply({"ok": True, "ts": ts, "channel": asked["channel"]})
                self.server.answered()
        self.fail(fault)

    def update(self, asked):
        found = self.server.find(asked["channel"], asked["ts"])
        fault = self.next_of(self.server.update_faults) or (None if found else "message_not_found")
        if fault in (None, "drop-after"):
            found |= {"text": asked["text"], "blocks": asked.get("blocks")}
        if fault is None:
            self.reply({"ok": True, "ts": asked["ts"], "channel": asked["channel"]})
        self.fail(fault)

    def history(self, asked):
        if fault := self.next_of(self.server.history_faults):
            self.fail(fault)
            return
        found = self.listed(asked)
        start = int(asked.get("cursor") or 0)
        more = start + self.server.page
        self.reply({
            "ok": True,
            "messages": found[start:more],
            "response_metadata": {"next_cursor": str(more) if more < len(found) else ""},
        })  # fmt: skip

    def listed(self, asked):
        """A channel from its last message on, without the threads; a thread from its first."""
        mine = [one for one in self.server.messages if one["channel"] == asked["channel"]]
        if "ts" in asked:
            return [one for one in mine if asked["ts"] in (one["ts"], one.get("thread_ts"))]
        return [one for one in mine if "thread_ts" not in one or one["reply_broadcast"]][::-1]

    def next_of(self, faults):
        with self.server.lock:
            return faults.pop(0) if faults else None

    def fail(self, fault):
        if fault is None:
            return
        if fault == "429":
            head = {"Retry-After": self.server.retry_after}
            self.reply({"ok": False, "error": "ratelimited"}, 429, head)
        elif fault.startswith("500"):
            self.reply(None, 500)
        elif fault.startswith("hang"):
            self.server.release.wait(10)
            self.close_connection = True
        elif fault.startswith("drop"):
            self.close_connection = True
        else:
            self.reply({"ok": False, "error": "invalid_blocks" if fault == "no-blocks" else fault})

    def reply(self, body, status=200, headers=None):
        content = b"<html>" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@contextmanager
def slack_server():
    server = SlackServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
