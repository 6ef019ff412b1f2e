"""When the next purchase of an item will be here, by the lead times that were fitted."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from commands._basis import basis
from commands._contract import Ask, Basis
from commands._supply_words import LATER, SHARES, chance, day
from commands._track_record import Track, record
from commands._window import midnight
from storage.entities import entity
from storage.forecasts._fitted import NEVER
from storage.forecasts.lead_time import MODEL, used
from storage.issued import Statement
from storage.metrics._replenishment import Due
from storage.metrics.expected_arrival import METRIC


@dataclass(frozen=True)
class Coming:
    """The days by which half, and 8 in 10, of such purchases as old as this are here, null where
    that is later than any so far; and the chance that it misses its promise, null without one."""

    due: Due
    days: tuple[date | None, ...]
    misses: float | None
    track: Track

    def sentence(self, today: date) -> str:
        half, most = (day(one, today) or LATER for one in self.days)
        says = [self.track.said(share) for share in SHARES]
        text = f"{says[0]} of such orders of its age are here by {half}, {says[1]} by {most}"
        text = text[:1].upper() + text[1:]
        if half == most:
            text = f"Such an order is here by {half}" if self.days[0] else f"It is {LATER}"
        if self.misses is None:
            return f"{text}."
        return (
            f"{text}; it misses {day(self.due.on, today)} with a chance of {chance(self.misses)}."
        )

    def statements(self) -> tuple[Statement, ...]:
        subject = entity("purchaseline", self.due.key)
        return tuple(
            Statement(MODEL.id, subject, "arrives", share, on)
            for share, on in zip(SHARES, self.days, strict=True)
            if on
        )

    def basis(self, session: Session, ask: Ask) -> Basis:
        start = midnight(self.due.begun_on, ask.zone)
        return basis(session, ask, METRIC, start, ask.now, n=1, open=1)


def coming(session: Session, ask: Ask, due: Due | None) -> Coming | None:
    """What is told of the next receipt; null where it is no purchase, or no fit is in use."""
    fitted = used(session, ask.now) if due and not due.is_made else None
    if due is None or fitted is None or not len(fitted.knots.times):
        return None
    curve = np.array([fitted.follow(due.names).number])
    age = np.array([max(0, (ask.today - due.begun_on).days)])
    reached = [int(fitted.knots.reached(curve, share, age)[0]) for share in SHARES]
    days = tuple(None if at == NEVER else due.begun_on + timedelta(days=at) for at in reached)
    misses = None
    if due.is_promise and due.on:
        promised = np.array([(due.on - due.begun_on).days])
        waits = float(fitted.knots.survival(curve, age)[0])
        later = float(fitted.knots.survival(curve, np.maximum(promised, age))[0])
        misses = later / waits if waits > 0 else None
    return Coming(due, days, misses, record(session, MODEL.id, ask.now))
