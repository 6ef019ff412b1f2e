"""The local workspace on a port: Slack's Web API, the page, and what the page asks for."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from bot.demo._members import Json
from bot.demo._slack_answers import refusals
from bot.demo._slack_api import call
from bot.demo._socket_mode import SocketMode, signed_http
from bot.demo.workspace import Workspace

LARGEST = 2 * 1024 * 1024
LONG_POLL = 20.0
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
NONE: Mapping[str, str] = {}
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


@contextmanager
def served(
    workspace: Workspace, page: Path, *, port: int = 0, request_url: str = ""
) -> Iterator[str]:
    """Serves a workspace on loopback; its address. `page` is the folder of the built page.

    The bot connects by Socket Mode, or is called at `request_url` when there is one.
    """
    socket = SocketMode()
    server = _Server(workspace, socket, page, port)
    workspace.payloads.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    workspace.deliver = (
        signed_http(request_url, workspace.signing_secret) if request_url else socket.deliver
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True, name="page")
    thread.start()
    try:
        yield workspace.base_url
    finally:
        server.shutdown()
        server.server_close()
        socket.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, workspace: Workspace, socket: SocketMode, page: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.workspace, self.socket_mode, self.page = workspace, socket, page

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    HOSTS: ClassVar = ("127.0.0.1", "localhost")

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if not self._is_local():
            self._reply(403, {"error": "only this machine"})
        elif url.path.startswith("/api/"):
            self._api(url.path, query)
        elif url.path == "/browser/state":
            self._reply(200, _state(self.server.workspace))
        elif url.path == "/browser/events":
            since = int(query.get("since") or 0)
            viewer = query.get("as", "")
            self._reply(200, self.server.workspace.events(viewer, since, LONG_POLL))
        elif url.path.startswith("/files/"):
            self._download(url.path.rpartition("/")[2])
        else:
            self._file(url.path)

    def do_POST(self) -> None:
        raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
        path = urlsplit(self.path).path
        if not self._is_local():
            self._reply(403, {"error": "only this machine"})
        elif path.startswith("/api/"):
            self._api(path, self._arguments(raw))
        elif path.startswith("/commands/"):
            self._respond(path.rpartition("/")[2], msgspec.json.decode(raw))
        elif path.startswith("/upload/"):
            is_known = self.server.workspace.files.upload(path.rpartition("/")[2], raw)
            self._text(200 if is_known else 400, f"OK - {len(raw)}" if is_known else "no such file")
        elif path.startswith("/browser/"):
            self._do(path.rpartition("/")[2], msgspec.json.decode(raw))
        else:
            self._reply(404, {"error": "not found"})

    def _respond(self, key: str, body: Json) -> None:
        if refusals(self.server.workspace, body.get("blocks") or []):
            self._text(400, "invalid_blocks")
        elif self.server.workspace.respond(key, body):
            self._text(200, "ok")
        else:
            self._text(404, "expired_url")

    def _do(self, deed: str, asked: Json) -> None:
        """What the person at the page does."""
        workspace, who = self.server.workspace, asked["as"]
        match deed:
            case "say":
                workspace.say(who, asked["channel"], asked["text"], asked.get("thread"))
            case "click":
                workspace.click(
                    who, asked["channel"], asked["ts"], asked["action"], asked.get("values")
                )
            case "choose":
                workspace.click_in(who, asked["view_id"], asked["action"], asked.get("values"))
            case "submit":
                workspace.submit(who, asked["view_id"], asked.get("values") or {})
            case "close":
                workspace.close(who, asked["view_id"], is_all=bool(asked.get("all")))
            case "shortcut":
                workspace.use_shortcut(who, asked["channel"], asked["ts"], asked["callback_id"])
            case "home":
                workspace.open_home(who)
            case _:
                self._reply(404, {"error": "not found"})
                return
        self._reply(200, {"ok": True})

    def _api(self, path: str, args: Json) -> None:
        method = path.removeprefix("/api/")
        bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        token = bearer or str(args.get("token", ""))
        workspace = self.server.workspace
        if method == "apps.connections.open" and token == workspace.app_token:
            self._reply(200, {"ok": True, "url": self.server.socket_mode.url()})
            return
        self._reply(200, call(workspace, method, args, token))

    def _arguments(self, raw: bytes) -> Json:
        if "json" in (self.headers.get("Content-Type") or ""):
            found: Json = msgspec.json.decode(raw or b"{}")
            return found
        return dict(parse_qsl(raw.decode()))

    def _is_local(self) -> bool:
        """Whether the request was meant for us: no other site may speak through the browser."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        origin = self.headers.get("Origin")
        return host in self.HOSTS and (not origin or urlsplit(origin).hostname in self.HOSTS)

    def _file(self, path: str) -> None:
        name = path.lstrip("/") or "index.html"
        file = (self.server.page / name).resolve()
        if not file.is_file() or self.server.page.resolve() not in file.parents:
            self._reply(404, {"error": "not found"})
            return
        self._bytes(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))

    def _download(self, key: str) -> None:
        file = self.server.workspace.files.read(key)
        if file is None or file.content is None:
            self._reply(404, {"error": "not found"})
            return
        name = f'attachment; filename="{file.name}"'
        self._bytes(200, file.content, "text/csv", {"Content-Disposition": name})

    def _reply(self, status: int, answer: Any) -> None:
        self._bytes(status, msgspec.json.encode(answer), "application/json")

    def _text(self, status: int, answer: str) -> None:
        self._bytes(status, answer.encode(), "text/plain")

    def _bytes(self, status: int, body: bytes, kind: str, more: Mapping[str, str] = NONE) -> None:
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name for it
        """Quiet: the demo's terminal is for the demo."""


def _state(workspace: Workspace) -> Json:
    """What the page needs to begin: everything but the messages, which come as events."""
    return {
        "people": [msgspec.to_builtins(one) for one in workspace.people.values()],
        "channels": [msgspec.to_builtins(one) for one in workspace.channels.values()],
        "commands": workspace.commands,
        "shortcuts": workspace.shortcuts,
    }
