"""Where a type of HubSpot's objects stands: its window of changes, its passes over lists."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from storage.sources import State
from storage.sources._window import Window


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
