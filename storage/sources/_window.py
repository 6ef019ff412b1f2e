"""Frozen half-open windows: the one way an incremental stream decides what to ask for.

State on disk: `{"v": 1, "high": iso}` after a finished window, and
`{"v": 1, "high": iso | null, "window": [iso | null, iso], "after": ...}` inside one. The end is
frozen from the source's own clock when the window opens; the cursor moves to it only when the
window is finished, so a run that dies goes on in the same window behind its last page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.sources import State

VERSION = 1


@dataclass(frozen=True)
class Window:
    """Ask for stamps in [start, end), keys behind `after`. A null start: from the beginning."""

    start: datetime | None
    end: datetime
    after: Any = None
    high: datetime | None = None

    def at(self, after: Any) -> State:
        """The state once everything up to the key `after` is stored."""
        return {
            "v": VERSION,
            "high": _iso(self.high),
            "window": [_iso(self.start), _iso(self.end)],
            "after": after,
        }

    def finished(self) -> State:
        """The state once the whole window is stored."""
        return {"v": VERSION, "high": _iso(self.end)}


def open_window(
    state: State | None,
    server_now: datetime,
    lookback: timedelta,
    settle: timedelta = timedelta(0),
) -> Window:
    """The unfinished window of `state`, or a new one that overlaps the last by `lookback`."""
    if not state or state.get("v") != VERSION:
        return Window(None, server_now - settle)
    high = from_iso(state.get("high"))
    if "window" in state:
        start, end = state["window"]
        return Window(from_iso(start), datetime.fromisoformat(end), state["after"], high)
    start_at = high - lookback if high else None
    # a source whose clock went back must not give a window that ends before it starts
    end_at = max(server_now - settle, high) if high else server_now - settle
    return Window(start_at, end_at, None, high)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def from_iso(text: str | None) -> datetime | None:
    """An instant of a state; null where it has none."""
    return datetime.fromisoformat(text) if text else None
