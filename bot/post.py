"""One message to Slack and what became of it; and whether a message of ours is there already."""

import http.client
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.access import PEOPLE
from bot.pace import HISTORY, OPEN, POST, REPLIES, UPDATE
from bot.plans import REFUSED, forms
from bot.wire import Stopped, Unreached, Wire

EVENT_TYPE = "leadline_post"
TIMEOUT = 10
PAGE = 200
MAX_PAGES = 10
# How far Slack's clock and ours may be apart when we stop looking back.
SKEW = timedelta(hours=1)

SHORTLY = timedelta(seconds=10)
BUSY = timedelta(seconds=30)
LOCKED_OUT = timedelta(minutes=5)
# What mends itself, or a person mends, without the message being at fault.
NOT_ALLOWED = "missing_scope"
LOCKED = frozenset({
    "account_inactive", "accesslimited", "ekm_access_denied", "invalid_auth", NOT_ALLOWED,
    "not_authed", "token_expired", "token_revoked", "team_access_not_granted",
})  # fmt: skip
# Slack says of these that part of the work may have been done.
UNCERTAIN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})

Block = dict[str, Any]
MayGo = Callable[[], bool]
Failure = SlackApiError | OSError | http.client.HTTPException | ValueError
FAILURES = (SlackApiError, OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True)
class Posted:
    """Slack has the message; `ts` is its name there. `note` says what was wrong with it."""

    ts: str
    note: str | None = None


@dataclass(frozen=True)
class Later:
    """Slack has not got it and did nothing; it may be asked again after a while."""

    after: timedelta
    why: str
    # which method Slack asks us not to call until then, if that is it
    method: str = ""


@dataclass(frozen=True)
class Again:
    """Slack has it not, or with `is_repeat` may have it; it is sent again in any case."""

    why: str | None
    is_repeat: bool = False


@dataclass(frozen=True)
class Refused:
    """Slack will never take this message."""

    why: str


@dataclass(frozen=True)
class Unsure:
    """Slack may have it or not; one can look after a while."""

    why: str
    # a request that we lost may be under way for so long
    after: timedelta = timedelta(seconds=10)
    method: str = ""


@dataclass(frozen=True)
class Doubt:
    """Slack may have it or not, and nobody can find out."""

    why: str


@dataclass(frozen=True)
class Absent:
    """Slack has it not."""


Outcome = Posted | Later | Again | Refused | Unsure | Doubt


def always() -> bool:
    """For what may be sent at any time."""
    return True


def web_client(token: str, base_url: str) -> WebClient:
    """A client that sends every request once: the SDK's own retries would post twice."""
    return WebClient(token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[])


class Slack:
    """Posts with our token in the message's metadata, and finds it there again.

    `may_go` is asked when all but the last of a request is on its way: nothing is done by Slack
    once it says no.
    """

    def __init__(self, client: WebClient) -> None:
        self.client = client
        self.wire = Wire(client)
        self._directs: dict[str, str] = {}

    def post(
        self,
        channel: str,
        text: str,
        blocks: list[Block],
        token: str,
        *,
        thread: str | None = None,
        is_broadcast: bool = False,
        may_go: MayGo = always,
    ) -> Outcome:
        """Posts once; for blocks that Slack does not take there are simpler ones, then none."""
        more: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
        if thread:
            more |= {"thread_ts": thread, "reply_broadcast": is_broadcast}
        write = partial(self._write, POST, channel, token, more, may_go, text)
        return _in_some_form(write, blocks)

    def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: list[Block],
        *,
        may_go: MayGo = always,
    ) -> Outcome:
        """Changes what a message says; doing it twice is doing it once."""
        write = partial(self._write, UPDATE, channel, "", {"ts": ts}, may_go, text)
        return _in_some_form(write, blocks)

    def _write(
        self, method: str, channel: str, token: str, more: dict[str, Any], may_go: MayGo,
        text: str, blocks: list[Block],
    ) -> Outcome:  # fmt: skip
        try:
            place = self._conversation(channel)
        except FAILURES as error:
            return failure(error, OPEN)
        asked = {"channel": place, "text": text, **more}
        if blocks or method == UPDATE:  # an update without keeps those that were there
            asked["blocks"] = blocks
        if method == POST:
            asked["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": token}}
        try:
            reply = self.wire.call(method, asked, may_go)
        except Stopped:
            return Later(SHORTLY, "this process stood still and may have lost its claim")
        except FAILURES as error:
            return failure(error, method)
        return Posted(str(reply["ts"]))

    def _conversation(self, channel: str) -> str:
        """A channel as it is; for a person's id the conversation with that person."""
        if not channel.startswith(PEOPLE):
            return channel
        if channel not in self._directs:
            opened = self.client.conversations_open(users=channel)
            self._directs[channel] = str(opened["channel"]["id"])
        return self._directs[channel]

    def find(
        self, channel: str, token: str, since: datetime, thread: str | None = None
    ) -> Posted | Absent | Unsure | Doubt:
        """Whether a message with our token was posted after `since`, if that can be found out.

        With a `thread` it is looked for there.
        """
        cursor = None
        for _ in range(MAX_PAGES):
            page = self._page(channel, cursor, since - SKEW, thread)
            if isinstance(page, Unsure | Doubt):
                return page
            messages = page.get("messages") or []
            for message in messages:
                if _token(message) == token:
                    return Posted(str(message["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            # a thread is told from its first message on, a channel from its last
            if not cursor or (not thread and _is_before(messages, since - SKEW)):
                return Absent()
        return Doubt(f"sent or not, it is not among the last {PAGE * MAX_PAGES} messages")

    def _page(
        self, channel: str, cursor: str | None, oldest: datetime, thread: str | None
    ) -> Mapping[str, Any] | Unsure | Doubt:
        method = OPEN
        try:
            place = self._conversation(channel)
            method = REPLIES if thread else HISTORY
            asked = {"channel": place, "limit": PAGE, "include_all_metadata": True}
            if cursor:
                asked["cursor"] = cursor
            if thread:
                asked |= {"ts": thread, "oldest": f"{oldest.timestamp():.6f}"}
            reply = self.client.api_call(method, params=asked)
        except FAILURES as error:
            return _not_found_out(failure(error, method))
        found: dict[str, Any] = reply.data  # type: ignore[assignment]  # it is JSON
        return found


def _in_some_form(write: Callable[[list[Block]], Outcome], blocks: list[Block]) -> Outcome:
    first = outcome = write(blocks)
    for simpler in [*forms(blocks)[1:], []] if blocks else []:
        if not isinstance(outcome, Refused) or not outcome.why.startswith(REFUSED):
            break
        outcome = write(simpler)
    if isinstance(outcome, Posted) and isinstance(first, Refused):
        return Posted(outcome.ts, first.why)
    return outcome


def failure(error: Failure, method: str = "") -> Later | Refused | Unsure:
    """What a failed call of a method of Slack means for what it was to do."""
    if isinstance(error, SlackApiError):
        return _api_failure(error, method)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | Unreached | socket.gaierror):
        return Later(BUSY, f"Slack can't be reached: {reason}")
    return Unsure(f"Slack did not answer: {type(reason).__name__}")


def _not_found_out(problem: Later | Refused | Unsure) -> Unsure | Doubt:
    if isinstance(problem, Refused) or problem.why == NOT_ALLOWED:
        return Doubt(f"sent or not, Slack won't let us look: {problem.why}")
    return Unsure(problem.why, problem.after, problem.method)


def _api_failure(error: SlackApiError, method: str) -> Later | Refused | Unsure:
    reply = error.response
    code = str(reply.get("error") or f"HTTP {reply.status_code}")
    if reply.status_code == 429 or code == "ratelimited":
        return Later(_retry_after(reply.headers), "Slack asks for a pause", method)
    if code in UNCERTAIN or reply.status_code != 200 or " " in code:
        return Unsure(f"Slack answered {reply.status_code}")
    if code in LOCKED:
        return Later(LOCKED_OUT, code)
    messages = (reply.get("response_metadata") or {}).get("messages") or []
    return Refused(": ".join([code, *map(str, messages[:2])]))


def _retry_after(headers: Mapping[str, Any]) -> timedelta:
    lower = {name.lower(): value for name, value in headers.items()}
    value = str(lower.get("retry-after", ""))
    seconds = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0
    return timedelta(seconds=seconds) or BUSY


def _token(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return None if key is None else str(key)


def _is_before(messages: list[Mapping[str, Any]], since: datetime) -> bool:
    return bool(messages) and float(messages[-1]["ts"]) < since.timestamp()
