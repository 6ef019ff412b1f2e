"""The HubSpot account of the tests on a loopback port, with faults on the wire."""

import json
import threading
from datetime import UTC
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.storage.sources.fake_hubspot import FakeHubSpot, limit

BUSY = {"status": "error", "message": "You have reached your limit."}
JSON = "application/json;charset=utf-8"
# Fault -> status, headers, body. "drop" hangs up.
FAULTS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "429": (429, {}, json.dumps(BUSY | limit("TEN_SECONDLY_ROLLING")).encode()),
    "429_retry_after": (429, {"Retry-After": "7"}, json.dumps(BUSY | limit("SECONDLY")).encode()),
    "429_daily": (429, {}, json.dumps(BUSY | limit("DAILY")).encode()),
    "500": (500, {}, b'{"status":"error","message":"internal error"}'),
    "502": (502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>"),
    "html": (200, {"Content-Type": "text/html"}, b"<html>We are down for maintenance</html>"),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for an acknowledgement
    server: "Server"

    def _serve(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_form = self.headers.get("Content-Type", "").startswith("application/x-www-form")
        asked = dict(parse_qsl(raw.decode() if is_form else url.query))
        if raw and not is_form:
            asked = json.loads(raw)
        with self.server.lock:
            status, headers, body = self.server.reply(
                self.command, url.path, asked, self.headers.get("Authorization", "")
            )
            date = format_datetime(self.server.fake.now.astimezone(UTC), usegmt=True)
        if not status:
            self.close_connection = True
            return
        self.send_response_only(status)
        for name, value in {"Date": date, "Content-Type": JSON, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for


class Server(ThreadingHTTPServer):
    """Serves one account until `stop`. One request is answered at a time."""

    daemon_threads = True

    def __init__(self, fake: FakeHubSpot) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake, self.lock = fake, threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def reply(
        self, method: str, path: str, asked: dict[str, Any], token: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status (0: hang up), headers and body."""
        fault = self.fake.fault()
        if fault == "drop":
            return 0, {}, b""
        if fault:
            return FAULTS[fault]
        status, body = self.fake.answer(method, path, asked, token)
        return status, {}, b"" if status == 204 else json.dumps(body).encode()
