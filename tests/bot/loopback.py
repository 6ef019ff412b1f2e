"""Fakes that answer an httpx.Request, on a port of this machine."""

from contextlib import contextmanager

import httpx

from bot.demo.servers import _Server


class _Face:
    """Hands each request to `answer`, and its response back."""

    def __init__(self, answer):
        self.answer = answer

    def handle(self, method, path, headers, body):
        url = f"http://{headers['Host']}{path}"
        response = self.answer(httpx.Request(method, url, headers=headers, content=body))
        return response.status_code, dict(response.headers), response.read()


@contextmanager
def served(answer):
    """Serves `answer(request)` for as long as it is needed; gives the address."""
    server = _Server(_Face(answer), 0)
    try:
        yield server.start()
    finally:
        server.shutdown()
        server.server_close()
