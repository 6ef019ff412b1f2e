"""What happened in the workspace, for the pages that follow it."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from bot.demo._members import Json

MOST_EVENTS = 5_000


class Events:
    """The latest events, each with a number; thread-safe. An event is for one person or for all
    who, by `may_read(viewer, channel)`, read the channel where it happened.
    """

    def __init__(self, may_read: Callable[[str, str], bool]) -> None:
        self._may_read = may_read
        self._events: list[Json] = []
        self._count = count(1)
        self._changed = threading.Condition()

    def tell(self, kind: str, only_for: str | None = None, **more: Any) -> None:
        with self._changed:
            self._events.append({"seq": next(self._count), "kind": kind, "for": only_for, **more})
            del self._events[:-MOST_EVENTS]
            self._changed.notify_all()

    def since(self, viewer: str, seq: int, wait: float = 0.0) -> list[Json]:
        """What `viewer` may see of what happened after number `seq`; waits for some if none."""
        with self._changed:
            found = self._visible(viewer, seq)
            if not found and wait:
                self._changed.wait(wait)
                found = self._visible(viewer, seq)
            return found

    def _visible(self, viewer: str, seq: int) -> list[Json]:
        return [one for one in self._events if one["seq"] > seq and self._is_for(viewer, one)]

    def _is_for(self, viewer: str, event: Json) -> bool:
        if event["for"] is not None:
            return bool(event["for"] == viewer)
        channel = event.get("channel") or event.get("message", {}).get("channel")
        return channel is None or self._may_read(viewer, channel)
