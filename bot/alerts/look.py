"""What a rule sees: its figures in the answer to its line, if the data can be trusted."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.change import changed
from bot.alerts.figures import TOTAL, Figures, Why, basis_of, figures
from bot.alerts.limit import NEVER, watch_of
from bot.alerts.odd import odd
from bot.alerts.rule import Rule
from bot.alerts.scope import scoped
from bot.channel import Desk, Said
from bot.charts import UNITS
from commands import Answer, FollowUp, Grant, Notice, Reading, Sentence, Topic
from commands._audience import may_ask, visible
from storage.episodes import Sight
from storage.watch import BadBound, Seen, Watch

HIDDEN = "this channel may not see it"
ASK_STATUS = FollowUp("Data status", "status")
# the answer to a line as known at an instant, whoever may see it
Asks = Callable[[str, datetime], Said]


@dataclass(frozen=True)
class Look:
    """What a rule saw: the values by entity and their answer, or why there is none to judge by.

    `reading` is the figure that is judged; of rows its column, without a value. `watch` are the
    thresholds, goals in place. `words` say of an entity what its value alone does not. `topics`
    are those of all that is told: of the title, the names and the figures.
    """

    sight: Sight
    answer: Answer | None = None
    reading: Reading | None = None
    why: str = ""
    ups: tuple[FollowUp, ...] = ()
    watch: Watch = NEVER
    words: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Sentence, ...] = ()
    topics: tuple[Topic, ...] = ()

    @property
    def seen(self) -> Seen:
        """What the total is; of a rule on rows whether there is one to judge by at all."""
        value = self.sight.values.get(TOTAL)
        if self.sight.data == "ok" and value is None:
            return Seen("no-data")
        return Seen(self.sight.data, value)


def look(
    desk: Desk, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo, asks: Asks | None = None
) -> Look:
    """What the figures of a rule are now, if its data can be trusted and `grant` allows them, with
    the title that they are told under, and what they are held against.

    Everything is asked for, by `asks` where the answers are known already: were a hidden figure
    left out, the next would be taken for it.
    """
    asks = asks or asking(desk, rule.channel, zone)
    return held(sight_of(desk, rule, grant, now, zone, asks), rule, desk.goals)


def question(rule: Rule) -> tuple[object, ...]:
    """What two rules must have in common to see the same, under one grant at one time."""
    mine = (rule.owner, rule.team) if rule.scope != "all" else ()
    every = rule.every if rule.kind == "unusual" else None
    return (rule.ask, rule.kind, rule.figure, rule.each, rule.versus, rule.unit, rule.scope, mine,
            every)  # fmt: skip


def sight_of(
    desk: Desk, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo, asks: Asks
) -> Look:
    """What there is to see, not yet held against the rule's thresholds."""
    ups = (FollowUp("Show", rule.ask), ASK_STATUS)
    allowed = tuple(up for up in ups if may_ask(up, grant, desk.registry))
    return replace(_look(desk, rule, grant, now, zone, asks), ups=allowed)


def held(found: Look, rule: Rule, goals: Mapping[str, float]) -> Look:
    """The same with the thresholds of the rule; blind where they can't be told."""
    if found.reading is None:
        return found
    try:
        watch = watch_of(rule, goals, found.reading.metric)
    except BadBound as error:
        return _blind(Why("error", str(error)), found)
    return replace(found, watch=watch)


def asking(desk: Desk, channel: str, zone: ZoneInfo) -> Asks:
    """Asks each line anew."""
    return lambda line, at: desk.ask(line, channel, at, zone, Grant.everything())


def unit_word(reading: Reading) -> str:
    """The unit in which a threshold on a reading is written."""
    return "%" if reading.unit == "share" else UNITS.get(reading.unit, reading.unit)


def _look(desk: Desk, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo, asks: Asks) -> Look:
    said = asks(rule.ask, now)
    if isinstance(said, Notice):
        what = "its question can't be answered" if said.error else "there is no figure"
        return _blind(Why("error" if said.error else "no-data", what))
    found = figures(said, rule)
    if isinstance(found, Why):
        return _blind(found)
    if not all(map(grant.allows, found.topics)):
        return _blind(Why("error", HIDDEN))
    seen = visible(said, grant, desk.registry)
    assert isinstance(seen, Answer)  # its figure is allowed
    made = Look(Sight("error"), seen, found.reading, topics=found.topics)
    if why := _untold(said, found.reading, rule):
        return _blind(why, made)
    judged = _of_kind(desk, rule, said, found, now, zone, asks)
    if not isinstance(judged, Why):
        judged = scoped(desk, rule, judged, now)
    if isinstance(judged, Why):
        return _blind(judged, made)
    return _seen(made, judged, basis_of(said, found.reading).n)


def _untold(answer: Answer, reading: Reading, rule: Rule) -> Why | None:
    """Why nothing can be told of an answer's figures at all."""
    ages = [age for basis in answer.basis for age in basis.sources]
    if not ages or any(age.stale for age in ages):
        return Why("stale", "its data is too old")
    if rule.unit and unit_word(reading) != rule.unit:
        return Why("error", f"its figure is in {unit_word(reading)} now")
    return None


def _of_kind(
    desk: Desk, rule: Rule, answer: Answer, found: Figures, now: datetime, zone: ZoneInfo,
    asks: Asks,
) -> Figures | Why:  # fmt: skip
    """The values that the rule's kind makes of the figures."""
    if rule.kind == "unusual":
        return odd(desk.store, rule, found, now, zone)
    if rule.kind == "change":
        return changed(rule, answer, found, now, zone, asks)
    return found


def _seen(made: Look, found: Figures, n: int) -> Look:
    """What is seen of figures that may be judged, if any is there."""
    if found.values.keys() == {TOTAL} and (n == 0 or found.values[TOTAL] is None):
        return _blind(Why("no-data", "there is no figure"), made)
    odd_ones = [one for one in found.values.values() if one is not None and not math.isfinite(one)]
    if odd_ones:
        return _blind(Why("error", f"the figure is {odd_ones[0]}"), made)
    sight = Sight("ok", found.values, found.labels, n, found.is_fleeting)
    return replace(made, sight=sight, reading=found.reading, words=found.words, notes=found.notes)


def _blind(why: Why, made: Look | None = None) -> Look:
    return replace(made or Look(Sight("error")), sight=Sight(why.data), why=why.words)
