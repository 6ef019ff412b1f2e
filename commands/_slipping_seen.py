"""Which suppliers slip or are silent these days, and how that is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from commands._basis import basis
from commands._contract import Ask, Basis
from commands._duration_words import days
from commands._grammar import Query
from commands._supplier_seen import Group
from commands._supply_words import day
from commands._window import midnight
from storage.forecasts._slipping_now import Slip
from storage.forecasts.slipping import Fitted, told, used
from storage.known import Named
from storage.metrics.unusual import METRIC, fires

DAILY = timedelta(days=1)


@dataclass(frozen=True)
class Slipping:
    """What a fit tells of suppliers, by "source/reference": nothing where none is in use, or a
    question is not of these days."""

    ask: Ask
    fitted: Fitted | None
    slips: Mapping[str, Slip]
    firing: frozenset[str]

    def of(self, value: Group) -> Slip | None:
        """What a supplier does that slips or is silent; null for one that does not."""
        name = _name(value)
        return self.slips[name] if name in self.firing else None

    def word(self, value: Group) -> str:
        """The same in few words: "slipping since 3 Nov"; "" for one that does not."""
        one = self.of(value)
        return f"{one.kind} since {day(one.since, self.ask.today)}" if one else ""

    def sentence(self, value: Group) -> str | None:
        """The same in a sentence, or why that is not told; null where there is nothing to say."""
        one, name = self.of(value), _name(value)
        if one:
            return (
                f"▲ {one.kind.capitalize()}{self.word(value).removeprefix(one.kind)}: {takes(one)}."
            )
        if self.fitted is None or name in self.slips or not name:
            return None
        if name in self.fitted.usual.names:
            return None  # restless, or nothing was placed lately
        return (
            "Not enough history to tell whether it slips: that needs 40 orders over half a year"
            " or more."
        )

    def basis(self, session: Session, value: Group) -> tuple[Basis, ...]:
        """What the sentence of a supplier that slips rests on."""
        one = self.of(value)
        if one is None:
            return ()
        start = midnight(one.since, self.ask.zone)
        return (basis(session, self.ask, METRIC, start, self.ask.now, n=one.n, open=one.open),)


def slipping(session: Session, ask: Ask, query: Query) -> Slipping:
    """What is told of suppliers at the end of yesterday; nothing where a window is named."""
    fitted = None if query.is_named else used(session, ask.now)
    slips = told(session, ask.now, ask.zone) if fitted else {}
    return Slipping(ask, fitted, slips, frozenset(fires(slips, DAILY)))


def takes(one: Slip) -> str:
    """What it takes since, against before: "45 d against 30"."""
    if one.kind == "silent":
        return f"{one.open} open, and nothing came since, though it takes {days(one.before)}"
    now = "fewer than half have come" if one.median is None else f"{one.median:g} d"
    against = f"{now}, against {one.before:g} d" if one.median is None else (
        f"{now} against {one.before:g}"
    )  # fmt: skip
    return f"{against} ({one.n} placed since, {one.open} open)"


def _name(value: Group) -> str:
    return f"{value.source}/{value.ref}" if isinstance(value, Named) else ""
