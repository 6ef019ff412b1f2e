"""What a rule sees: the figure of its command line, if its data can be trusted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.rule import Rule
from bot.channel import Desk, Said
from bot.charts import UNITS
from commands import Answer, Command, FollowUp, Grant, Notice, Reading, Topic
from commands._audience import may_ask, visible
from storage.episodes import Sight
from storage.watch import Data, Seen

HIDDEN = "this channel may not see it"
ASK_STATUS = FollowUp("Data status", "status")


@dataclass(frozen=True)
class Look:
    """What a rule saw: the reading and its answer, or why there is none to judge by."""

    seen: Seen
    answer: Answer | None = None
    reading: Reading | None = None
    why: str = ""
    ups: tuple[FollowUp, ...] = ()

    @property
    def sight(self) -> Sight:
        """The same for the rule's episodes; the total has no name."""
        n = self.answer.basis[0].n if self.answer else None
        values = {"": self.seen.value} if self.seen.data == "ok" else {}
        return Sight(self.seen.data, values, n=n)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What the title of the answer, which is that of its summary too, and the figure bear."""
        if self.answer is None or self.reading is None:
            return ()
        return _topics(self.answer, self.reading)


def look(desk: Desk, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo) -> Look:
    """What the rule's first reading is now, if its data can be trusted and `grant` allows it, with
    the title that it is told under.

    Everything is asked for: were a hidden figure left out, the next would be taken for it.
    """
    said = desk.ask(rule.ask, rule.channel, now, zone, Grant.everything())
    ups = (FollowUp("Show", rule.ask), ASK_STATUS)
    allowed = tuple(up for up in ups if may_ask(up, grant, desk.registry))
    return replace(_in_unit(_look(said, grant, desk.registry), rule.unit), ups=allowed)


def _look(said: Said, grant: Grant, registry: Mapping[str, Command]) -> Look:
    if isinstance(said, Notice):
        what = "its question can't be answered" if said.error else "there is no figure"
        return _blind("error" if said.error else "no-data", what)
    if not said.readings:
        return _blind("error", "its question gives no figure")
    reading = said.readings[0]
    if not all(map(grant.allows, _topics(said, reading))):
        return _blind("error", HIDDEN)
    seen = visible(said, grant, registry)
    assert isinstance(seen, Answer)  # its reading is allowed
    return _judged(seen, reading)


def _topics(answer: Answer, reading: Reading) -> tuple[Topic, ...]:
    return tuple(sorted({*answer.summary.topics, reading.topic}))


def _in_unit(found: Look, unit: str) -> Look:
    """What was seen, if it can be held against a threshold in `unit`; without one it can."""
    now = unit_word(found.reading) if found.reading else unit
    if not unit or now == unit:
        return found
    return _blind("error", f"its figure is in {now} now", found.answer, found.reading)


def unit_word(reading: Reading) -> str:
    """The unit in which a threshold on a reading is written."""
    return "%" if reading.unit == "share" else UNITS.get(reading.unit, reading.unit)


def _judged(answer: Answer, reading: Reading) -> Look:
    ages = [age for basis in answer.basis for age in basis.sources]
    if not ages or any(age.stale for age in ages):
        return _blind("stale", "its data is too old", answer, reading)
    if reading.value is None or answer.basis[0].n == 0:
        return _blind("no-data", "there is no figure", answer, reading)
    value = float(reading.value)
    if not math.isfinite(value):
        return _blind("error", f"the figure is {value}", answer, reading)
    return Look(Seen("ok", value), answer, reading)


def _blind(
    data: Data, why: str, answer: Answer | None = None, reading: Reading | None = None
) -> Look:
    return Look(Seen(data), answer, reading, why)
