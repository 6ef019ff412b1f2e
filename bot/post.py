"""One message to Slack and what became of it; and whether a message of ours is there already."""

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.access import PEOPLE
from bot.plans import REFUSED, forms

EVENT_TYPE = "leadline_post"
TIMEOUT = 10
PAGE = 200
MAX_PAGES = 10
# How far Slack's clock and ours may be apart when we stop looking back.
SKEW = timedelta(hours=1)

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


@dataclass(frozen=True)
class Doubt:
    """Slack may have it or not, and nobody can find out."""

    why: str


@dataclass(frozen=True)
class Absent:
    """Slack has it not."""


Outcome = Posted | Later | Refused | Unsure | Doubt


def web_client(token: str, base_url: str) -> WebClient:
    """A client that sends every request once: the SDK's own retries would post twice."""
    return WebClient(token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[])


class Slack:
    """Posts with our token in the message's metadata, and finds it there again."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def post(self, channel: str, text: str, blocks: list[dict[str, Any]], token: str) -> Outcome:
        """Posts once; for blocks that Slack does not take there are simpler ones, then none."""
        first = outcome = self._post(channel, text, blocks, token)
        for simpler in [*forms(blocks)[1:], []] if blocks else []:
            if not isinstance(outcome, Refused) or not outcome.why.startswith(REFUSED):
                break
            outcome = self._post(channel, text, simpler, token)
        if isinstance(outcome, Posted) and isinstance(first, Refused):
            return Posted(outcome.ts, first.why)
        return outcome

    def _post(self, channel: str, text: str, blocks: list[dict[str, Any]], token: str) -> Outcome:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": token}}
        try:
            reply = self.client.chat_postMessage(
                channel=self._conversation(channel),
                text=text,
                blocks=blocks or None,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        except FAILURES as error:
            return failure(error)
        return Posted(str(reply["ts"]))

    def _conversation(self, channel: str) -> str:
        """A channel as it is; for a person's id the conversation with that person."""
        if not channel.startswith(PEOPLE):
            return channel
        return str(self.client.conversations_open(users=channel)["channel"]["id"])

    def find(self, channel: str, token: str, since: datetime) -> Posted | Absent | Unsure | Doubt:
        """Whether a message with our token was posted after `since`, if that can be found out."""
        cursor = None
        for _ in range(MAX_PAGES):
            try:
                page = self.client.conversations_history(
                    channel=self._conversation(channel),
                    limit=PAGE,
                    cursor=cursor,
                    include_all_metadata=True,
                )
            except FAILURES as error:
                return _not_found_out(failure(error))
            messages = page.get("messages") or []
            for message in messages:
                if _token(message) == token:
                    return Posted(str(message["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor or _is_before(messages, since - SKEW):
                return Absent()
        return Doubt(f"sent or not, it is not among the last {PAGE * MAX_PAGES} messages")


def failure(error: Failure) -> Later | Refused | Unsure:
    """What a failed call to Slack means for what it was to do."""
    if isinstance(error, SlackApiError):
        return _api_failure(error)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return Later(BUSY, f"Slack can't be reached: {reason}")
    return Unsure(f"Slack did not answer: {type(reason).__name__}")


def _not_found_out(problem: Later | Refused | Unsure) -> Unsure | Doubt:
    if isinstance(problem, Refused) or problem.why == NOT_ALLOWED:
        return Doubt(f"sent or not, Slack won't let us look: {problem.why}")
    return Unsure(problem.why, problem.after)


def _api_failure(error: SlackApiError) -> Later | Refused | Unsure:
    reply = error.response
    code = str(reply.get("error") or f"HTTP {reply.status_code}")
    if reply.status_code == 429 or code == "ratelimited":
        return Later(_retry_after(reply.headers), "Slack asks for a pause")
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
