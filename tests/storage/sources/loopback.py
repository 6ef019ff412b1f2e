"""Serves a fake that has `answer(method, url, headers, body)`, over HTTP or in the process."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


def transport(fake):
    """What takes the place of the network for httpx."""

    def handle(request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url.raw_path.decode()
        status, told, body = fake.answer(request.method, url, headers, request.content)
        if not status:
            raise httpx.ReadError("dropped")
        return httpx.Response(status, headers=told, stream=httpx.ByteStream(body))

    return httpx.MockTransport(handle)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for an acknowledgement

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock:
            status, told, said = self.server.fake.answer(self.command, self.path, headers, body)
        if not status:
            self.close_connection = True
            return
        self.send_response_only(status)
        for name, value in told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for


class Loopback(ThreadingHTTPServer):
    """Serves a fake on a port of its own until `stop`. One request is answered at a time."""

    daemon_threads = True

    def __init__(self, fake):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake, self.lock = fake, threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self):
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Requests:
    """Hands each request to `answer` as an httpx.Request, and its httpx.Response back."""

    def __init__(self, answer):
        self.of_request = answer

    def answer(self, method, path, headers, body):
        url = f"http://{headers['host']}{path}"
        said = self.of_request(httpx.Request(method, url, headers=headers, content=body))
        told = {name: one for name, one in said.headers.items() if name != "content-length"}
        return said.status_code, told, said.read()


@contextmanager
def served(answer):
    """Serves `answer(request)` for as long as it is needed; gives the address."""
    server = Loopback(_Requests(answer))
    try:
        yield server.url
    finally:
        server.stop()
