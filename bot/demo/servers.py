"""The sample company's ERP and CRM as servers on loopback, for as long as they are needed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from bot.demo.company import Company
from bot.demo.hubspot import HubSpotFace
from bot.demo.odoo import OdooFace, Reply

ERP_SECRET, CRM_SECRET = "demo-key", "demo-token"


class Face(Protocol):
    """Answers one request: (status, headers, body)."""

    def handle(self, method: str, path: str, headers: Any, body: bytes) -> Reply: ...


@dataclass(frozen=True)
class Servers:
    """Where the two systems are."""

    erp_url: str
    crm_url: str


@contextmanager
def serve(company: Company, clock: Callable[[], datetime], port: int = 0) -> Iterator[Servers]:
    """Serves the company's two systems; with a `port` they are there and one above."""
    erp = _Server(OdooFace(company.tables, clock, key=ERP_SECRET), port)
    crm = _Server(HubSpotFace(company.crm, clock, token=CRM_SECRET), port + 1 if port else 0)
    try:
        yield Servers(erp.start(), crm.start())
    finally:
        for server in (erp, crm):
            server.shutdown()
            server.server_close()


def source_blocks(servers: Servers) -> str:
    """The two blocks of leadline.toml for these servers."""
    return f"""[sources.erp]
kind = "odoo"
url = "{servers.erp_url}"
database = "demo"
user = "leadline"
zone = "Europe/Berlin"
every = "15s"
secret_env = "ERP_API_KEY"

[sources.crm]
kind = "hubspot"
url = "{servers.crm_url}"
zone = "Europe/Berlin"
every = "15s"
secret_env = "CRM_TOKEN"
"""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, face: Face, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.face = face

    def start(self) -> str:
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # head and body in one packet: else each answer waits 40 ms for the client's word on the head
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, answer = self.server.face.handle(
            method, self.path, dict(self.headers.items()), body
        )
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name for it
        """Quiet: the demo's terminal is for the demo."""
