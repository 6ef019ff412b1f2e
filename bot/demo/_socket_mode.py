"""Socket Mode as Slack serves it, and the signed HTTP that it uses without: how the bot is told."""

import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

import httpx
import msgspec
from slack_sdk.signature import SignatureVerifier
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from bot.demo._members import Json
from bot.demo._payloads import APP
from bot.demo.workspace import ANSWER_WITHIN, Undelivered


class SocketMode:
    """A websocket server for one bot. `url()` makes an address that can be used once."""

    def __init__(self) -> None:
        self._server: Server = serve(self._connected, "127.0.0.1", 0)
        self._tickets: set[str] = set()
        self._bots: list[ServerConnection] = []
        self._answers: dict[str, queue.Queue[Json]] = {}
        self._lock = threading.Condition()
        self._thread = threading.Thread(
            target=self._server.serve_forever, daemon=True, name="socket"
        )
        self._thread.start()

    def url(self) -> str:
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        port = self._server.socket.getsockname()[1]
        return f"ws://127.0.0.1:{port}/link/?ticket={ticket}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        # the pipe by which it was told, which the library leaves open
        os.close(self._server.shutdown_watcher)
        os.close(self._server.shutdown_notifier)

    def deliver(self, kind: str, payload: Json) -> Json:
        """Sends an envelope to the bot and gives back what it answers with the ack."""
        envelope = secrets.token_hex(12)
        answer: queue.Queue[Json] = queue.Queue()
        with self._lock:
            # a bot that is just starting gets the time that Slack would give it to answer
            if not self._lock.wait_for(lambda: bool(self._bots), ANSWER_WITHIN):
                raise Undelivered
            bot, self._answers[envelope] = self._bots[-1], answer
        sent = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        try:
            bot.send(msgspec.json.encode(sent).decode())
            return answer.get(timeout=ANSWER_WITHIN)
        except (queue.Empty, ConnectionClosed):
            raise Undelivered from None
        finally:
            self._answers.pop(envelope, None)

    def _connected(self, bot: ServerConnection) -> None:
        ticket = bot.request.path.rpartition("ticket=")[2] if bot.request else ""
        if ticket not in self._tickets:
            bot.close(1008, "the ticket is not valid")
            return
        self._tickets.discard(ticket)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}
        with self._lock:
            self._bots.append(bot)
            self._lock.notify_all()
        try:
            bot.send(msgspec.json.encode(hello).decode())
            for message in bot:
                self._answered(message)
        except ConnectionClosed:
            return  # a bot that goes away without a word
        finally:
            with self._lock:
                self._bots.remove(bot)

    def _answered(self, message: str | bytes) -> None:
        try:
            found = msgspec.json.decode(message)
        except msgspec.DecodeError:
            return
        waiting = self._answers.get(found.get("envelope_id", ""))
        if waiting:
            waiting.put(found.get("payload") or {})


def signed_http(
    url: str, secret: str, clock: Callable[[], float] = time.time
) -> Callable[[str, Json], Json]:
    """Delivers by signed requests to `url`, as Slack does where there is no Socket Mode."""
    signer = SignatureVerifier(secret)

    def deliver(kind: str, payload: Json) -> Json:
        body, content_type = _encoded(kind, payload)
        stamp = str(int(clock()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signer.generate_signature(timestamp=stamp, body=body) or "",
        }
        try:
            reply = httpx.post(
                url, content=body, headers=headers, timeout=ANSWER_WITHIN, trust_env=False,
                verify=url.startswith("https:"),  # or all certificates are read, for nothing
            )  # fmt: skip
        except httpx.TransportError as error:
            raise Undelivered from error
        if reply.status_code != 200:
            raise Undelivered
        is_json = "json" in reply.headers.get("content-type", "")
        return reply.json() if is_json and reply.content else {"text": reply.text}

    return deliver


def _encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return msgspec.json.encode(payload), "application/json"
    form = payload if kind == "slash_commands" else {"payload": msgspec.json.encode(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"
