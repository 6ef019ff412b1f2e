"""From what a rule reads to where it stands, and what of that is told; decides, writes nothing.

An evaluation finds data that is *ok* and a verdict on the value of an entity (breach: `when`
holds; clear: `clear` holds; between: neither), or no verdict: the data is *stale*, *no-data* or
*error*, or this entity has no figure. One that is gone for good, as a row of late orders, is clear.
Rows that drop to nothing are no data (`storage/sight.py`).

    phase       breach      between     clear       no verdict
    normal      pending     normal      normal      normal
    pending     pending     normal      normal      normal
    firing      firing      firing      recovering  firing
    recovering  firing      firing      recovering  firing

An entity that has been pending for `pending` evaluations in a row is firing. One that has been
recovering for `recovering` of them and has fired for `keep` is normal, which ends its episode. Both
happen at once where the number is 1. A pending one that goes back to normal never was.

There is to tell of it the first that holds, and *again* is what a woken one is told as:

    notice      phase after   verdict   told before   and
    fired       firing        any       no
    resolved    normal        any       yes
    worse       firing        breach    yes           beyond the value told by a fifth of the limit
    woken       firing        any       yes           its snooze has ended
    again       firing        any       yes           told `repeat` ago or longer

A fifth of the value told, where the limit is 0. Telling anything ends a snooze that is over. Of
these cells the strictest that applies decides what becomes of the notice, *left* before *held*
before *told*:

    notice      free     acknowledged   snoozed   snoozed-out   silenced   quiet
    fired       told     told           left      left          left       held
    resolved    told     told           left      told          left       held
    worse       told     told           left      left          left       held
    woken       told     told           left      left          left       held
    again       told     left           left      left          left       held

What is left is asked anew at the next evaluation; what was over by then is never told, but its
message is edited. Of what is held the gravest is kept (fired, worse, resolved, woken, again), also
when the episode ends. The first evaluation out of quiet hours takes it up whatever the data are:
it is released, with *resolved* if it is over by now, where its cell says told, else forgotten.

Of the data of a rule, for all its entities, nothing is told but this, which is told or left:

    notice      data now   told before   free   silenced   quiet
    blind       not ok     sighted       told   left       left
    sighted     ok         blind         told   left       left

So data that can't be trusted never fires and never resolves, breaks a streak, and is told once. A
clock that was put back makes what lies ahead of it happen now: nothing is told twice or never.
"""

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Literal

Phase = Literal["normal", "pending", "firing", "recovering"]
Data = Literal["ok", "stale", "no-data", "error"]
Verdict = Literal["breach", "between", "clear"]
News = Literal["fired", "worse", "again", "resolved", "blind", "sighted"]

BOUND = re.compile(r"^(above|below|at least|at most) (-?\d{1,15}(?:\.\d{1,9})?) ?(%?)$", re.ASCII)
OPPOSITE = {"above": "below", "below": "above", "at least": "below", "at most": "above"}
# A clear value that nobody chose lies this share beyond the threshold, so that noise can't flap.
MARGIN = 0.05


class BadBound(ValueError):
    """A threshold that can't be read, or a pair of them that contradict each other."""


@dataclass(frozen=True)
class Bound:
    """A half-line: `word` is above, below, at least or at most."""

    word: str
    limit: float

    def holds(self, value: float) -> bool:
        if self.word in ("above", "at least"):
            return value > self.limit or (self.word == "at least" and value == self.limit)
        return value < self.limit or (self.word == "at most" and value == self.limit)

    @property
    def is_upper(self) -> bool:
        return self.word in ("above", "at least")

    def __str__(self) -> str:
        return f"{self.word} {self.limit:g}"


@dataclass(frozen=True)
class Watch:
    """When a rule fires and when it is over, and after how many evaluations in a row.

    It fires for `keep` at least, and is told again every `repeat`, never if null. One that `is_new`
    watches which rows there are: each that is there has the value 1, and one that was not there at
    the first evaluation fires until it is gone.
    """

    when: Bound
    clear: Bound
    pending: int = 1
    recovering: int = 1
    keep: timedelta = timedelta(0)
    repeat: timedelta | None = None
    is_new: bool = False

    def verdict(self, value: float) -> Verdict:
        if self.when.holds(value):
            return "breach"
        return "clear" if self.clear.holds(value) else "between"

    @property
    def over(self) -> float:
        """A value that is clear."""
        return self.clear.limit + (1.0 if self.clear.is_upper else -1.0)


@dataclass(frozen=True)
class State:
    """Where a rule stands; `streak` counts the evaluations since it is pending or recovering."""

    phase: Phase = "normal"
    data: Data = "ok"
    streak: int = 0


@dataclass(frozen=True)
class Seen:
    """What one evaluation found: a value if, and only if, the data is ok. Of an entity that
    `is_gone` for good it is none that was measured, but one that is clear.
    """

    data: Data
    value: float | None = None
    is_gone: bool = False

    def __post_init__(self) -> None:
        if (self.data == "ok") != (self.value is not None and math.isfinite(self.value)):
            raise ValueError(f"data that is {self.data} with the value {self.value}")


@lru_cache(maxsize=100_000)  # every rule is read in every round
def read_watch(
    when: str,
    clear: str = "",
    pending: int = 1,
    recovering: int = 1,
    keep: timedelta = timedelta(0),
    repeat: timedelta | None = None,
) -> Watch:
    """The thresholds of a rule as they are written, such as "above 40" and "below 34"; `BadBound`.

    Without `clear` the rule is over 5 % beyond its threshold.
    """
    fires = read_bound(when)
    if clear:
        ends = read_bound(clear)
    else:
        sign = -1 if fires.is_upper else 1
        ends = Bound(OPPOSITE[fires.word], fires.limit + sign * MARGIN * abs(fires.limit))
    if ends.is_upper == fires.is_upper:
        raise BadBound(f"clear = {clear!r} points the same way as when = {when!r}")
    gap = fires.limit - ends.limit if fires.is_upper else ends.limit - fires.limit
    if gap < 0:
        raise BadBound(f"clear = {clear!r} and when = {when!r} can both hold")
    if gap == 0 and fires.holds(fires.limit) and ends.holds(fires.limit):
        raise BadBound(f"clear = {clear!r} and when = {when!r} both hold at {fires.limit:g}")
    return _checked(Watch(fires, ends, pending, recovering, keep, repeat))


def watch_new(
    pending: int = 1,
    recovering: int = 1,
    keep: timedelta = timedelta(0),
    repeat: timedelta | None = None,
) -> Watch:
    """For a rule on rows that were not there; `BadBound`."""
    there, gone = Bound("at least", 1), Bound("below", 1)
    return _checked(Watch(there, gone, pending, recovering, keep, repeat, is_new=True))


def _checked(watch: Watch) -> Watch:
    if watch.pending < 1 or watch.recovering < 1:
        raise BadBound("pending and recovering count evaluations: at least 1")
    if watch.keep < timedelta(0) or (watch.repeat is not None and watch.repeat <= timedelta(0)):
        raise BadBound("keep and repeat are times that pass: write one like '2h'")
    return watch


def read_bound(text: str) -> Bound:
    """A threshold like "above 40" or "at most 2.5 %" (of a share); `BadBound` if it is not one."""
    match = BOUND.match(" ".join(text.lower().split()))
    if not match:
        raise BadBound(f"{text!r} is no threshold; write one like 'above 40' or 'at most 5 %'")
    return Bound(match[1], float(match[2]) / (100 if match[3] else 1))


def step(
    state: State, seen: Seen, watch: Watch, kept: bool = True
) -> tuple[State, tuple[News, ...]]:
    """The state of an entity after an evaluation and what that makes news of, by the first table.

    `kept`: it has fired for `keep` by now.
    """
    if seen.value is None:
        return State(_at_rest(state.phase), seen.data), ()
    verdict = watch.verdict(seen.value)
    was_on = state.phase in ("firing", "recovering")
    if not was_on:
        after = _streak(state, "pending", verdict == "breach", watch.pending, "firing")
        return after, ("fired",) if after.phase == "firing" else ()
    after = _streak(state, "recovering", verdict == "clear", watch.recovering, "normal", kept)
    return after, ("resolved",) if after.phase == "normal" else ()


def _streak(
    state: State, via: Phase, goes_on: bool, needed: int, goal: Phase, may_end: bool = True
) -> State:
    if not goes_on:
        return State(_at_rest(state.phase))
    count = state.streak + 1 if state.phase == via else 1
    return State(goal) if count >= needed and may_end else State(via, streak=count)


def _at_rest(phase: Phase) -> Phase:
    return "firing" if phase in ("firing", "recovering") else "normal"


def of_data(told: Data, data: Data) -> News | None:
    """What there is to tell of data, when people were last told that they are `told`."""
    if (told == "ok") == (data == "ok"):
        return None
    return "sighted" if data == "ok" else "blind"
