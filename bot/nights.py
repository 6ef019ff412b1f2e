"""Fits the models anew when it is time, on a thread of its own, so that nothing waits for it."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from storage.fits import due, refit
from storage.forecasts import Model
from storage.store import Store

# where there was nothing to fit it is looked again after so long
IDLE = timedelta(hours=1)


class Nights:
    """Refits what is due: each night, and after a back-fill.

    `guarded` runs a named function and gives null where it broke, as in `bot/boundary.py`.
    """

    def __init__(
        self, store: Store, models: Sequence[Model], zone: ZoneInfo,
        guarded: Callable[[str, Callable[[], Any]], Any],
    ) -> None:  # fmt: skip
        self.store, self.models, self.zone, self.guarded = store, models, zone, guarded
        self._thread: threading.Thread | None = None
        self._looked_at: datetime | None = None

    def begin(self, now: datetime) -> None:
        """Starts what is due, unless it is under way."""
        if self._thread and self._thread.is_alive():
            return
        if models := self.guarded("forecasts due", partial(self._due, now)):
            self._looked_at = now
            fits = partial(refit, self.store, models, now, self.zone, _quietly)
            self._thread = threading.Thread(
                target=self.guarded, args=("forecasts", fits), daemon=True, name="forecasts"
            )
            self._thread.start()

    def wait(self, at_most: float | None = None) -> None:
        """Waits for what is under way, for so many seconds; without end if null."""
        if self._thread:
            self._thread.join(at_most)

    def _due(self, now: datetime) -> list[Model]:
        if self._looked_at and self._looked_at <= now < self._looked_at + IDLE:
            return []
        with self.store.reader() as session:
            return due(session, self.models, now, self.zone)


def _quietly(what: str, done: int, total: int | None) -> None:
    """Nobody watches at night."""
