"""What a process keeps of a store between questions, so that it need not be read each time."""

from threading import RLock
from typing import Any


class Memory:
    """Things by name, each made and replaced by whoever owns the name, under the one `lock`."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._held: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """What is kept under a name; null where nothing is."""
        return self._held.get(name)

    def keep(self, name: str, thing: Any) -> None:
        self._held[name] = thing

    def forget(self) -> None:
        """Everything is read anew: the store is another."""
        with self.lock:
            self._held.clear()
