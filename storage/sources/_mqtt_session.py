"""A session with an MQTT broker that outlives us: what comes meanwhile is kept for us there."""

import queue
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._mqtt_map import Message

PORTS = {"mqtt": 1883, "mqtts": 8883}
WAIT = 20.0
REFUSED = (4, 5, 134, 135)  # the codes of MQTT 3 and 5 for a bad password and a lack of rights
QOS = 1


class Session:
    """An open session. A message that is not acknowledged comes again in the next one.

    Without a `client` id it is a passing one, which keeps nothing and takes nothing away.
    """

    def __init__(
        self, url: str, user: str, secret: str, client: str, topics: Sequence[str]
    ) -> None:
        where = urlsplit(url)
        if where.scheme not in PORTS or not where.hostname:
            raise SourceError("url must be like mqtts://broker.example.com", permanent=True)
        self._place, self._topics = where.hostname, topics
        self._came: queue.Queue[Message] = queue.Queue()
        self._ready, self._fault, self._is_refused = threading.Event(), "", False
        self._client = self._made(client, user, secret, is_secret=where.scheme == "mqtts")
        self._open(where.port or PORTS[where.scheme])

    def messages(self, most: int, quiet: float, until: float) -> list[Message]:
        """What came, at most so many: until nothing has for `quiet` seconds, or the clock (as
        `time.monotonic`) says `until`."""
        found: list[Message] = []
        while len(found) < most:
            left = min(quiet, until - time.monotonic())
            try:
                found.append(self._came.get(timeout=left) if left > 0 else self._came.get_nowait())
            except queue.Empty:
                break
        if not found and self._fault:
            raise TryLater(f"{self._place}: {self._fault}")
        return found

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tells the broker that it need not keep these any longer."""
        for one in messages:
            if one.qos:
                self._client.ack(one.mid, one.qos)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        if left := self._client.socket():  # the loop may end before the broker hangs up
            left.close()

    def _made(self, client: str, user: str, secret: str, *, is_secret: bool) -> mqtt.Client:
        made = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client, clean_session=not client,
            manual_ack=True, reconnect_on_failure=False,
        )  # fmt: skip
        if user:
            made.username_pw_set(user, secret or None)
        if is_secret:
            made.tls_set_context(ssl.create_default_context())
        made.on_connect, made.on_disconnect = self._connected, self._disconnected
        made.on_subscribe, made.on_message = self._subscribed, self._take
        return made

    def _open(self, port: int) -> None:
        try:
            self._client.connect(self._place, port)
        except OSError as error:
            raise TryLater(f"{self._place}: {error}") from error
        self._client.loop_start()
        is_there = self._ready.wait(WAIT)
        if is_there and not self._fault:
            return
        self.close()
        said = f"{self._place}: {self._fault or 'does not answer'}"
        raise SourceError(said, permanent=True) if self._is_refused else TryLater(said)

    def _connected(self, client: mqtt.Client, _: Any, flags: Any, code: Any, more: Any) -> None:
        if code.value == 0:
            client.subscribe([(topic, QOS) for topic in self._topics])
            if flags.session_present:
                self._ready.set()  # a broker may wait for what it sends again before it answers
            return
        self._is_refused = code.value in REFUSED
        self._fault = "refuses the user or the password" if self._is_refused else str(code)
        self._ready.set()

    def _subscribed(self, client: Any, _: Any, mid: int, codes: Any, more: Any) -> None:
        refused = [
            topic for topic, code in zip(self._topics, codes, strict=False) if code.is_failure
        ]
        if refused:
            self._is_refused = True
            self._fault = f"the user may not read {', '.join(refused)}: give one with more rights"
        self._ready.set()

    def _disconnected(self, client: Any, _: Any, flags: Any, code: Any, more: Any) -> None:
        if code.value:
            self._fault = self._fault or f"ended the session ({code})"
        self._ready.set()

    def _take(self, client: Any, _: Any, message: mqtt.MQTTMessage) -> None:
        self._came.put(Message(message.topic, bytes(message.payload), message.mid, message.qos))
