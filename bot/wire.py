"""One call of Slack's Web API that can be stopped up to the moment in which Slack has all of it."""

import base64
import http.client
import json
import ssl
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

LARGEST_ANSWER = 4 * 1024 * 1024


class Stopped(Exception):
    """The call was given up before Slack had all of it; nothing was done."""


class Unreached(ConnectionError):
    """There was no connection to Slack, so nothing was done."""


class Wire:
    """Calls methods with the token, the address and the proxy of a client, each once.

    The client itself can't do it: it offers no word between its connection and its request.
    """

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def call(self, method: str, asked: dict[str, Any], may_go: Callable[[], bool]) -> Any:
        """What Slack answers. `may_go` is asked when all but the body was sent: `Stopped` if not.

        `Unreached` without a connection; `SlackApiError` for what Slack refuses, or answers
        otherwise than it should; OSError and HTTPException where the answer is lost.
        """
        body = json.dumps(asked).encode()
        address = f"{self.client.base_url}{method}"
        connection = self._connected()
        try:
            connection.putrequest("POST", urlsplit(address).path)
            for name, value in self._headers(body).items():
                connection.putheader(name, value)
            connection.endheaders()
            if not may_go():
                raise Stopped(method)
            connection.send(body)
            answer = connection.getresponse()
            said = answer.read(LARGEST_ANSWER)
        finally:
            connection.close()
        return self._checked(address, answer, said)

    def _headers(self, body: bytes) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.client.token}",
            "Content-Type": "application/json;charset=utf-8",
            "Content-Length": str(len(body)),
            "User-Agent": self.client.headers.get("User-Agent", "leadline"),
            "Connection": "close",
        }

    def _connected(self) -> http.client.HTTPConnection:
        connection = self._connection()
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise Unreached(f"{type(error).__name__}: {error}") from error
        return connection

    def _connection(self) -> http.client.HTTPConnection:
        target, proxy = urlsplit(self.client.base_url), urlsplit(self.client.proxy or "")
        near = proxy if proxy.hostname else target
        assert near.hostname
        made: http.client.HTTPConnection
        if target.scheme == "https":
            made = http.client.HTTPSConnection(
                near.hostname, near.port, timeout=self.client.timeout, context=self._tls
            )
        else:
            made = http.client.HTTPConnection(near.hostname, near.port, timeout=self.client.timeout)
        if proxy.hostname and target.hostname:
            made.set_tunnel(
                target.hostname, target.port, _for_proxy(proxy.username, proxy.password)
            )
        return made

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self.client.ssl or ssl.create_default_context()

    def _checked(self, address: str, answer: http.client.HTTPResponse, said: bytes) -> Any:
        try:
            found = json.loads(said)
        except (ValueError, RecursionError):
            found = None
        data = found if isinstance(found, dict) else {"ok": False}
        if answer.status == http.HTTPStatus.OK and data.get("ok"):
            return data
        response = SlackResponse(
            client=self.client, http_verb="POST", api_url=address, req_args={}, data=data,
            headers=dict(answer.getheaders()), status_code=answer.status,
        )  # fmt: skip
        raise SlackApiError(f"{address} was not done", response)  # type: ignore[no-untyped-call]  # Slack's, without types


def _for_proxy(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
