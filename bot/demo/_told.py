"""What Leadline would have told of the sample company's purchases, had it been there for weeks, so
that there is a track record to look at; and what came of it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from bot.boundary import guarded
from bot.clock import true_time
from commands._lead_time_curves import of_open
from storage.fits import in_use, last_of
from storage.forecasts._fitted import Fitted, fitted_from
from storage.forecasts.lead_time import MODEL
from storage.issued import Statement, keep, score
from storage.known.purchases import purchase_lines
from storage.metrics._durations import LONGEST
from storage.metrics.expected_arrival import Forecast, LeadTimes
from storage.store import Store

WEEK = timedelta(days=7)
# what was told later is mostly not over yet
FIRST, LAST = 9, 4
LOOK_SECONDS = 1.0


@contextmanager
def remembering(store: Store, zone: ZoneInfo, stop: threading.Event) -> Iterator[None]:
    """Tells the past once the models are fitted for the first time, on a thread of its own."""

    def tell() -> None:
        while not stop.wait(LOOK_SECONDS):
            if _is_fitted(store):
                tell_past(store, true_time(), zone)
                return

    thread = threading.Thread(target=guarded, args=("the past", tell), daemon=True, name="past")
    thread.start()
    yield
    thread.join()


def _is_fitted(store: Store) -> bool:
    with store.reader() as session:
        return last_of(session, MODEL.id, true_time()) is not None


def tell_past(store: Store, now: datetime, zone: ZoneInfo) -> None:
    """Keeps what would have been told each week, from what was known then, and scores it.

    It is told by a fit of that day where one of today is in use.
    """
    with store.reader() as session:
        is_used = in_use(session, MODEL, now) is not None
    for week in range(FIRST, LAST - 1, -1):
        then = now - week * WEEK
        with store.reader() as session:
            told = _told(session, then, zone, _fitted(session, then, zone) if is_used else None)
        with store.writer() as session:
            keep(session, told, {MODEL.id: MODEL.version}, then, zone)
    score(store, [MODEL], now, zone)


def _fitted(session: Session, then: datetime, zone: ZoneInfo) -> Fitted | None:
    fit = MODEL.fit(session, then, zone)
    return fitted_from(fit.params) if fit else None


def _told(
    session: Session, then: datetime, zone: ZoneInfo, fitted: Fitted | None
) -> tuple[Statement, ...]:
    """What was told of the newest open purchase of each supplier."""
    today = then.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=LONGEST), time(), zone)
    lines = list(purchase_lines(session, then, since, zone=zone))
    times = LeadTimes(lines, today, fitted)
    newest = {line.supplier: line for line in lines if line.is_open}
    followed = [line for line in newest.values() if times.number(line) is not None]
    told = zip(followed, np.sort(times.draws(followed)).tolist(), strict=True)
    return of_open(times, [(line, Forecast(tuple(draws), today)) for line, draws in told])
