"""REST lists: pages behind a cursor or a key, read in frozen windows, as feeds or as wholes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from storage.sources import Page, Row, SourceError, State
from storage.sources._http import Reply, TryLater
from storage.sources._turns import by_turns
from storage.sources._window import VERSION, Window, from_iso, open_window

# a cursor that the server does not know any more
STALE = frozenset({400, 404, 410})
# what the key may not read, or the account does not have
NOT_THERE = frozenset({403, 404})


class Refused(SourceError):
    """The server refused a request; `status` is that of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, permanent=True)
        self.status = status


def good(reply: Reply, said: Callable[[Row], str | None], hint: str = "") -> Row:
    """The body of a good answer, an object; else a `Refused` in the words that `said` finds in it.

    `hint` says what to do where the key may not read something.
    """
    if reply.status >= 300:
        _refuse(reply, said, hint)
    body = reply.json()
    if not isinstance(body, dict):
        raise TryLater(f"{reply.place} did not answer with a JSON object")
    return body


def records_of(body: Row, name: str, place: str) -> list[Row]:
    """The records of an answer; those that are null are left out, which one system does send."""
    found = body.get(name)
    if not isinstance(found, list):
        raise SourceError(f"{place} answers without {name}")
    return [one for one in found if isinstance(one, dict)]


@dataclass(frozen=True)
class Listed:
    """One page of a list. `after` is where the next one begins; null at the end.

    `place`, of a feed, is where it goes on one day, which it also says at its end.
    """

    records: Sequence[Row]
    after: Any = None
    place: Any = None


def listed(ask: Callable[[Any], Listed], after: Any = None) -> Iterator[Listed]:
    """All pages behind `after`; from the first where the server does not know the place any more.

    A place is a hint only: what is read twice is written once.
    """
    is_anew = False
    while True:
        try:
            page = ask(after)
        except Refused as error:
            if after is None or is_anew or error.status not in STALE:
                raise
            after, is_anew = None, True
            continue
        yield page
        if page.after is None:
            return
        if page.after == after:
            raise SourceError(f"a list does not go on behind {after!r}", permanent=True)
        after = page.after


Make = Callable[[Sequence[Row]], Page]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Windows:
    """A part of a stream that reads what changed, in windows of its stamp.

    `ask(window, after)` gives a page, `make` the facts of its records; their state is filled in
    here. `is_whole`: it reads all there is each time. `is_new_only`: it begins with what happens
    from now on. `is_optional`: while it is not there for us it gives nothing and holds nothing up;
    once it is, it goes on from where it was (`behind` in its state), if need be from the start.
    """

    name: str
    ask: Callable[[Window, Any], Listed]
    make: Make
    lookback: timedelta = timedelta(minutes=10)
    is_whole: bool = False
    is_new_only: bool = False
    is_optional: bool = False

    def pull(self, state: State | None, clock: Clock) -> Iterator[Page]:
        if state and "behind" in state:
            state = {**state, "high": state["behind"]}
        window = open_window(state, clock(), self.lookback)
        if self.is_whole:
            window = replace(window, start=None)
        if window.start is None and self.is_new_only:
            yield Page({}, window.finished(), high=window.end)
            return
        try:
            yield from self._pages(window)
        except Refused as error:
            if not self.is_optional or error.status not in NOT_THERE:
                raise
            behind = window.high.isoformat() if window.high else None
            yield Page({}, {**window.finished(), "behind": behind}, high=window.end)

    def _pages(self, window: Window) -> Iterator[Page]:
        begins = window.start is None and window.after is None
        for page in listed(partial(self.ask, window), window.after):
            is_last = page.after is None
            yield replace(
                self.make(page.records),
                state=window.finished() if is_last else window.at(page.after),
                received=len(page.records),
                high=window.end if is_last else window.high,
                begins=begins,
            )
            begins = False


@dataclass(frozen=True)
class Again:
    """A part of a stream that reads a list again every so often, for what changes unseen.

    The first time is a while after the first pull, which reads it all.
    """

    name: str
    ask: Callable[[Any], Listed]
    make: Make
    every: timedelta

    def pull(self, state: State | None, clock: Clock) -> Iterator[Page]:
        now = clock()
        if not state:
            yield Page({}, _pass(now))
            return
        begun = datetime.fromisoformat(state["at"])
        if state["after"] is None:
            if now - begun < self.every:
                return
            begun = now
        for page in listed(self.ask, state["after"]):
            yield replace(
                self.make(page.records), state=_pass(begun, page.after), received=len(page.records)
            )


@dataclass(frozen=True)
class Feed:
    """A part of a stream that follows a feed: where it stopped it goes on one day.

    `ask(place, since)`: behind a place, or, where none is known, what changed since then (null:
    ever). Where the server does not know the place any more, it begins again `lookback` before
    the time up to which it was complete. At its end it is complete up to `settle` ago.
    """

    name: str
    ask: Callable[[Any, datetime | None], Listed]
    make: Make
    lookback: timedelta = timedelta(hours=1)
    settle: timedelta = timedelta(minutes=1)

    def pull(self, state: State | None, clock: Clock) -> Iterator[Page]:
        kept = state if state and state.get("v") == VERSION else {}
        high = from_iso(kept.get("high"))
        since = high - self.lookback if high else None
        for page in listed(lambda after: self.ask(after, since), kept.get("place")):
            if page.after is None:
                high = max(clock() - self.settle, high) if high else clock() - self.settle
            stands = {"high": high.isoformat() if high else None, "place": page.place}
            after = {"v": VERSION, **stands, "after": page.after}
            made = self.make(page.records)
            yield replace(made, state=after, received=len(page.records), high=high)


Part = Windows | Again | Feed


def pull_parts(parts: Sequence[Part], state: State | None, clock: Clock) -> Iterator[Page]:
    """The pages of a stream that is made of several parts. It is complete as far as those are that
    bring its changes: a list that is read again holds nothing up."""
    named = {one.name: one for one in parts}
    return by_turns(
        list(named), state, lambda name, kept: named[name].pull(kept, clock),
        counted=[one.name for one in parts if not isinstance(one, Again)],
    )  # fmt: skip


def _pass(at: datetime, after: Any = None) -> State:
    return {"at": at.isoformat(), "after": after}


def _refuse(reply: Reply, said: Callable[[Row], str | None], hint: str) -> None:
    try:
        body = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        body = None
    words = said(body) if isinstance(body, dict) else None
    tail = f". It says: {words}" if words else ""
    if reply.status == 401:
        raise Refused(f"{reply.place} refuses the key (401): renew it{tail}", 401)
    if reply.status == 403:
        raise Refused(f"{reply.place}: the key may not read this (403){hint}{tail}", 403)
    if words is None:
        try:
            reply.checked()
        except SourceError as error:
            raise Refused(str(error), reply.status) from None
    raise Refused(f"{reply.place} answers {reply.status}: {words}", reply.status)
