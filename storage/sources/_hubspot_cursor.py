"""Where a stream of HubSpot stands: its window of changes, its passes over lists, its turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from storage.sources import State
from storage.sources._window import VERSION, Window


@dataclass(frozen=True)
class Pass:
    """A periodic pass over a whole list: when it last began, and where it stopped, if it did."""

    at: datetime | None = None
    after: str | None = None

    def is_due(self, now: datetime, every: timedelta) -> bool:
        return self.at is None or self.after is not None or now - self.at >= every

    def state(self) -> State:
        return {"at": self.at.isoformat() if self.at else None, "after": self.after}

    @classmethod
    def of(cls, state: State | None, name: str) -> "Pass":
        kept = (state or {}).get(name) or {}
        at = kept.get("at")
        return cls(datetime.fromisoformat(at) if at else None, kept.get("after"))


@dataclass(frozen=True)
class Cursor:
    """Where one type of objects stands: the window of changes, and the two periodic passes.

    `journal` is the offset up to which the journal was followed; null where it never was.
    """

    window: Window
    archived: Pass = field(default_factory=Pass)
    reread: Pass = field(default_factory=Pass)
    journal: str | None = None

    def within(self, after: Any) -> State:
        return {**self.window.at(after), **self._passes()}

    def behind(self) -> State:
        return {**self.window.finished(), **self._passes()}

    def _passes(self) -> State:
        passes = {"archived": self.archived.state(), "reread": self.reread.state()}
        return passes if self.journal is None else {**passes, "journal": self.journal}


@dataclass
class Turns:
    """Several types of objects that make one stream: each has a state of its own.

    A pull begins with the type that was under way, so that one that dies again and again behind
    its first page still comes to the last type.
    """

    names: Sequence[str]
    states: dict[str, State]
    turn: str

    @classmethod
    def of(cls, state: State | None, names: Sequence[str]) -> "Turns":
        kept = state if state and state.get("v") == VERSION else {}
        states = {name: kept["types"][name] for name in names if name in kept.get("types", {})}
        turn = kept.get("turn", names[0])
        return cls(names, states, turn if turn in names else names[0])

    def order(self) -> Iterator[str]:
        """Every type once, from the one whose turn it is."""
        begin = self.names.index(self.turn)
        yield from (*self.names[begin:], *self.names[:begin])

    def after(self, name: str, state: State) -> State:
        """The state of the stream once a type is in `state`."""
        self.states[name] = state
        begin = self.names.index(name) + (not _is_under_way(state))
        self.turn = self.names[begin % len(self.names)]
        return {"v": VERSION, "turn": self.turn, "types": dict(self.states)}

    def high(self, there: Sequence[str]) -> datetime | None:
        """Up to when all types are complete, those that the account lets us read and those read."""
        highs = [self.states.get(name, {}).get("high") for name in {*there, *self.states}]
        known = [datetime.fromisoformat(one) for one in highs if one]
        return min(known) if len(known) == len(highs) else None


def _is_under_way(state: State) -> bool:
    passes = (state.get("archived") or {}, state.get("reread") or {})
    return "window" in state or any(one.get("after") for one in passes)
