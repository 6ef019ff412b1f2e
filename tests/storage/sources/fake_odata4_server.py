"""The OData service of the tests on a loopback port, its token server at the same."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.storage.sources.fake_odata4 import FakeOData


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for an acknowledgement
    server: "Server"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_token = self.path.endswith("/oauth2/v2.0/token")
        host = self.server.fake.login if is_token else self.server.fake.api
        request = httpx.Request(
            self.command, httpx.URL(host).join(self.path), headers=dict(self.headers), content=body
        )
        self.server.asked(self.path)
        with self.server.lock:
            answer = self.server.fake.handle(request)
            content = answer.read()
        self.send_response_only(answer.status_code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for


class Server(ThreadingHTTPServer):
    """Serves one fake until `stop`. `asked` is told of each request before it is answered.

    The links of the fake lead here once its `api` does.
    """

    daemon_threads = True

    def __init__(self, make: Callable[[str], FakeOData]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.asked: Callable[[str], None] = lambda path: None
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.fake = make(self.url)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed does not take its answer, which is what it was killed for."""
