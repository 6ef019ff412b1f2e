"""From what a rule reads to where it stands; decides and writes it down, sends nothing.

An evaluation finds data that is *ok* and a verdict on its value (breach: `when` holds; clear:
`clear` holds; between: neither), or data that is *stale*, *no-data* or *error* and no verdict.

    phase       breach      between     clear       no verdict
    normal      pending     normal      normal      normal
    pending     pending     normal      normal      normal
    firing      firing      firing      recovering  firing
    recovering  firing      firing      recovering  firing

A rule that has been pending for `pending` evaluations in a row is firing, one that has been
recovering for `recovering` of them is normal, both at once where that number is 1.

    notice      when
    fired       normal or pending became firing
    resolved    firing or recovering became normal, which ends the episode
    blind       data was ok and is not
    sighted     data was not ok and is; said before fired or resolved

So data that can't be trusted never fires and never resolves, breaks a streak, and is told once.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

Phase = Literal["normal", "pending", "firing", "recovering"]
Data = Literal["ok", "stale", "no-data", "error"]
Verdict = Literal["breach", "between", "clear"]
News = Literal["fired", "resolved", "blind", "sighted"]

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
    """When a rule fires and when it is over, and after how many evaluations in a row."""

    when: Bound
    clear: Bound
    pending: int = 1
    recovering: int = 1

    def verdict(self, value: float) -> Verdict:
        if self.when.holds(value):
            return "breach"
        return "clear" if self.clear.holds(value) else "between"

    @property
    def over(self) -> float:
        """A value that is clear: what stands for an entity that is there no more."""
        return self.clear.limit + (1.0 if self.clear.is_upper else -1.0)


@dataclass(frozen=True)
class State:
    """Where a rule stands; `streak` counts the evaluations since it is pending or recovering."""

    phase: Phase = "normal"
    data: Data = "ok"
    streak: int = 0


@dataclass(frozen=True)
class Seen:
    """What one evaluation found: a value if, and only if, the data is ok."""

    data: Data
    value: float | None = None

    def __post_init__(self) -> None:
        if (self.data == "ok") != (self.value is not None and math.isfinite(self.value)):
            raise ValueError(f"data that is {self.data} with the value {self.value}")


def read_watch(when: str, clear: str = "", pending: int = 1, recovering: int = 1) -> Watch:
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
    if pending < 1 or recovering < 1:
        raise BadBound("pending and recovering count evaluations: at least 1")
    return Watch(fires, ends, pending, recovering)


def read_bound(text: str) -> Bound:
    """A threshold like "above 40" or "at most 2.5 %" (of a share); `BadBound` if it is not one."""
    match = BOUND.match(" ".join(text.lower().split()))
    if not match:
        raise BadBound(f"{text!r} is no threshold; write one like 'above 40' or 'at most 5 %'")
    return Bound(match[1], float(match[2]) / (100 if match[3] else 1))


def step(state: State, seen: Seen, watch: Watch) -> tuple[State, tuple[News, ...]]:
    """The state of an entity after an evaluation and what is to be told, as the table has it."""
    if seen.value is None:
        return State(_at_rest(state.phase), seen.data), ()
    verdict = watch.verdict(seen.value)
    was_on = state.phase in ("firing", "recovering")
    if was_on:
        after = _streak(state, "recovering", verdict == "clear", watch.recovering, "normal")
        return after, ("resolved",) if after.phase == "normal" else ()
    after = _streak(state, "pending", verdict == "breach", watch.pending, "firing")
    return after, ("fired",) if after.phase == "firing" else ()


def _streak(state: State, via: Phase, goes_on: bool, needed: int, goal: Phase) -> State:
    if not goes_on:
        return State(_at_rest(state.phase))
    count = state.streak + 1 if state.phase == via else 1
    return State(goal) if count >= needed else State(via, streak=count)


def _at_rest(phase: Phase) -> Phase:
    return "firing" if phase in ("firing", "recovering") else "normal"


def of_data(before: Data, after: Data) -> News | None:
    """What is to be told of data that went bad or came back."""
    if (before == "ok") == (after == "ok"):
        return None
    return "sighted" if after == "ok" else "blind"
