"""The web front: checks every byte of Slack's requests before Bolt sees it; takes notices of
sources; health and figures."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import msgspec
from slack_bolt import App, BoltRequest
from slack_sdk.signature import Clock, SignatureVerifier
from waitress.server import create_server
from waitress.wasyncore import close_all

from bot import nudges
from bot.boundary import broken, guarded
from bot.settings import Settings
from bot.worker import Health
from storage.lease import hasten
from storage.seen import claim
from storage.store import Store

LARGEST = 256 * 1024
STOP_WITHIN = 5.0
SLACK_PATH = "/slack/events"
TEXT = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)

Reply = tuple[str, list[tuple[str, str]], bytes]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Front:
    """A WSGI application. `app` is null in Socket Mode: then Slack does not call us.

    `nudged`: whose notices are taken, by the name of the source.
    """

    def __init__(
        self,
        app: App | None,
        store: Store,
        health: Callable[[], Health],
        *,
        signing_secret: str,
        clock: Callable[[], datetime],
        nudged: Mapping[str, nudges.Nudge] | None = None,
    ) -> None:
        self.app, self.store, self.health, self.clock = app, store, health, clock
        self.nudged = nudged or {}
        self.verifier = SignatureVerifier(signing_secret, _Clock(clock)) if signing_secret else None

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        reply = guarded("http", lambda: self._route(environ))
        status, headers, body = reply or _text("503 Service Unavailable", "A fault of ours.")
        start(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _route(self, environ: dict[str, Any]) -> Reply:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"]:
            case "GET", "/healthz":
                return self._healthz()
            case "GET", "/metrics":
                return _text("200 OK", figures(self.health()))
            case "POST", path if path == SLACK_PATH and self.app:
                return self._slack(self.app, environ)
            case "POST", path if path.startswith(nudges.PATH):
                return self._nudge(environ, path.removeprefix(nudges.PATH))
        return _text("404 Not Found", "Nothing is here.")

    def _nudge(self, environ: dict[str, Any], path: str) -> Reply:
        # WSGI hands a path over as if its bytes were Latin-1
        name, _, rest = path.encode("latin-1").decode("utf-8", "replace").partition("/")
        nudge = self.nudged.get(name)
        if nudge is None:
            return _text("404 Not Found", "Nothing is here.")
        if token := nudges.handshake(nudge, environ.get("QUERY_STRING", "")):
            return _text("200 OK", token)
        raw = _body(environ)
        if raw is None:
            return _text("413 Content Too Large", "That is too long.")
        now = self.clock()
        if not nudges.is_signed(nudge, nudges.Call(_headers(environ), raw, rest, now)):
            return _text("401 Unauthorized", "The signature does not fit.")
        hasten(self.store, nudge.key, now)
        return _text("200 OK", "It is looked at soon.")

    def _slack(self, app: App, environ: dict[str, Any]) -> Reply:
        raw = _body(environ)
        if raw is None:
            return _text("413 Content Too Large", "That is too long.")
        stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
        signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
        if not self._is_signed(raw, stamp, signature):
            return _text("401 Unauthorized", "The signature does not fit.")
        if not self._is_new(f"{stamp}:{signature}"):
            return _text("409 Conflict", "That was answered before.")
        if not _is_readable(raw, environ.get("CONTENT_TYPE", "")):
            return _text("400 Bad Request", "That can't be read.")
        return self._dispatch(app, environ, raw)

    def _is_signed(self, raw: bytes, stamp: str, signature: str) -> bool:
        is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
        if not self.verifier or not is_number or not signature.isascii():
            return False
        try:
            return bool(self.verifier.is_valid(raw, stamp, signature))
        except UnicodeDecodeError:  # Slack signs text
            return False

    def _is_new(self, key: str) -> bool:
        with self.store.writer() as session:
            return claim(session, f"http:{key}", self.clock())

    def _dispatch(self, app: App, environ: dict[str, Any], raw: bytes) -> Reply:
        headers = {**_headers(environ), "content-type": environ.get("CONTENT_TYPE", "")}
        try:
            request = BoltRequest(body=raw.decode(), headers=headers)
        except (AttributeError, KeyError, TypeError, ValueError):  # a body of an odd shape
            return _text("400 Bad Request", "That can't be read.")
        response = app.dispatch(request)
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # our handlers stop their own faults: this is Bolt failing on a body of an odd shape
            broken["bolt"] += 1
            log.error(
                "Bolt answered %s to a signed request that it can't make out", response.status
            )
            return _text("400 Bad Request", "That can't be read.")
        made = [(name, value[0]) for name, value in response.headers.items()
                if name.lower() != "content-length"]  # fmt: skip
        return f"{response.status} Bolt", made, response.body.encode()

    def _healthz(self) -> Reply:
        found = self.health()
        status = "200 OK" if found.is_well else "503 Service Unavailable"
        body = msgspec.json.encode({"well": found.is_well, "problems": found.problems})
        return status, [("Content-Type", "application/json")], body


def figures(health: Health) -> str:
    """What /metrics tells, in the text format of Prometheus. Ages in seconds."""
    lines = [f"leadline_well {int(health.is_well)}", f"leadline_stale_sources {len(health.stale)}"]
    for name, age in (("tick", health.tick_age), ("outbox", health.outbox_age)):
        if age is not None:
            lines.append(f"leadline_{name}_age_seconds {age.total_seconds():.0f}")
    how = health.delivery
    counts = {"waiting": how.waiting, "failed": how.failed, "unknown": how.unknown}
    lines += [f'leadline_messages{{state="{name}"}} {n}' for name, n in counts.items()]
    lines += [
        f"leadline_nudges_total {nudges.counted['taken']}",
        f"leadline_nudges_refused_total {nudges.counted['refused']}",
    ]
    lines += [f'leadline_faults_total{{of="{name}"}} {n}' for name, n in sorted(broken.items())]
    return "\n".join(lines) + "\n"


class Server:
    """Waitress on the settings' port, on a thread of its own from `start` to `stop`.

    Many connections are allowed and each only briefly, so that stalled ones hold up nobody.
    """

    def __init__(self, settings: Settings, front: Front) -> None:
        self._server = create_server(
            front,
            host=settings.host,
            port=settings.port,
            threads=8,
            connection_limit=1_000,
            channel_timeout=10,
            cleanup_interval=5,
            max_request_body_size=LARGEST,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, daemon=True, name="http")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finishes the requests under way, then closes everything on the server's own thread."""
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(lambda: close_all(self._server._map))
        self._thread.join(STOP_WITHIN)


class _Clock(Clock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock

    def now(self) -> float:
        return self.clock().timestamp()


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    """The headers of a request by their names in small letters."""
    return {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _body(environ: dict[str, Any]) -> bytes | None:
    """The body of a request; null for one that is too long."""
    raw: bytes = environ["wsgi.input"].read(LARGEST + 1)
    return raw if len(raw) <= LARGEST else None


def _is_readable(raw: bytes, content_type: str) -> bool:
    """Whether the body is text, and what it carries as JSON is an object of actions as it says."""
    try:
        text = raw.decode()
        if "json" in content_type:
            carried = msgspec.json.decode(text)
        else:
            payload = parse_qs(text, keep_blank_values=True).get("payload")
            carried = msgspec.json.decode(payload[0]) if payload else {}
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return False
    if not isinstance(carried, dict):
        return False
    actions = carried.get("actions", [{}])
    return isinstance(actions, list) and bool(actions) and isinstance(actions[0], dict)


def _text(status: str, said: str) -> Reply:
    return status, [("Content-Type", TEXT), ("X-Content-Type-Options", "nosniff")], said.encode()
