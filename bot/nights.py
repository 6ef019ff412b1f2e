"""Fits the models anew when it is time, and scores what they told, on a thread of its own, so that
nothing waits for it.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from storage.fits import due, refit
from storage.forecasts import Model
from storage.issued import forget_old, score
from storage.store import Store

# where there was nothing to fit it is looked again after so long
IDLE = timedelta(hours=1)
# what was told is held against what has come so often, and at once after the fits of a night
SCORED_EVERY = timedelta(hours=1)


class Nights:
    """Refits what is due: each night, and after a back-fill; scores what all models told.

    `guarded` runs a named function and gives null where it broke, as in `bot/boundary.py`.
    """

    def __init__(
        self, store: Store, models: Sequence[Model], zone: ZoneInfo,
        guarded: Callable[[str, Callable[[], Any]], Any],
    ) -> None:  # fmt: skip
        self.store, self.models, self.zone, self.guarded = store, models, zone, guarded
        self._thread: threading.Thread | None = None
        # when nothing came of fitting a model
        self._idle: dict[str, datetime] = {}
        self._scored_at: datetime | None = None
        self._ended = threading.Event()

    def begin(self, now: datetime) -> None:
        """Starts what is due, unless it is under way."""
        if self._thread and self._thread.is_alive():
            return
        models = self.guarded("forecasts due", partial(self._due, now)) or []
        if models or not _is_within(self._scored_at, now, SCORED_EVERY):
            thread = threading.Thread(
                target=self._work, args=(models, now), daemon=True, name="forecasts"
            )
            thread.start()
            self._thread = thread  # whoever waits may only wait for one that was started

    def wait(self, at_most: float | None = None) -> None:
        """Waits for what is under way, for so many seconds; without end if null."""
        if self._thread:
            self._thread.join(at_most)

    def stop(self, at_most: float) -> None:
        """Begins nothing more, and waits for the step under way, for so many seconds: a fit is kept
        whole or not at all."""
        self._ended.set()
        self.wait(at_most)

    def _due(self, now: datetime) -> list[Model]:
        tried = [one for one in self.models if not _is_within(self._idle.get(one.id), now, IDLE)]
        if not tried:
            return []
        with self.store.reader() as session:
            return due(session, tried, now, self.zone)

    def _work(self, models: Sequence[Model], now: datetime) -> None:
        for model in models:
            fits = partial(refit, self.store, [model], now, self.zone, _quietly)
            if self._step(f"forecasts {model.id}", fits):
                self._idle.pop(model.id, None)
            else:
                self._idle[model.id] = now
        for model in self.models:
            scores = partial(score, self.store, [model], now, self.zone)
            self._step(f"scores of {model.id}", scores)
        self._step("old scores", partial(self._forget, now))
        self._scored_at = now

    def _step(self, name: str, fn: Callable[[], Any]) -> Any:
        """What a step gives; null if it broke, or was not begun as all of it is to end."""
        return None if self._ended.is_set() else self.guarded(name, fn)

    def _forget(self, now: datetime) -> None:
        with self.store.writer() as session:
            forget_old(session, now)


def _is_within(at: datetime | None, now: datetime, age: timedelta) -> bool:
    """Whether something was less than an age ago; a stamp of the future is of a wrong clock."""
    return at is not None and at <= now < at + age


def _quietly(what: str, done: int, total: int | None) -> None:
    """Nobody watches at night."""
