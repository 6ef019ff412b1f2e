"""The thresholds of a rule: as it has them, with a goal's number in the place of its word."""

import math
import re
from collections.abc import Mapping

from bot.alerts.rule import Rule
from storage.watch import BadBound, Bound, Watch, read_bound, read_watch, watch_new

GOAL = re.compile(r"\bgoal$", re.IGNORECASE)
# what is unusual has the value 1, what is not has 0
IS_SO = "at least 1"
NEVER = Watch(Bound("above", math.inf), Bound("below", math.inf))


def watch_of(rule: Rule, goals: Mapping[str, float], metric: str = "") -> Watch:
    """When a rule on a figure of `metric` fires and when it is over; `BadBound` if it can't be.

    `goals` are numbers by metric. A change is in percent, written with or without the sign. What
    is unusual or new is so or is not, and has no thresholds of its own.
    """
    times = (rule.pending, rule.recovering, rule.keep, rule.repeat)
    if rule.kind == "new":
        return watch_new(*times)
    if rule.kind == "unusual":
        return read_watch(IS_SO, "", *times)
    when, clear = (_number(one, rule, goals, metric) for one in (rule.when, rule.clear))
    return read_watch(when, clear, *times)


def check(rule: Rule) -> None:
    """`BadBound` for thresholds that no goal could make right."""
    if not has_goal(rule):
        watch_of(rule, {})
    for text in filter(None, (rule.when, rule.clear) if has_goal(rule) else ()):
        read_bound(_number(text, rule, {"": 0.0}, ""))


def has_goal(rule: Rule) -> bool:
    return bool(GOAL.search(rule.when) or GOAL.search(rule.clear))


def _number(text: str, rule: Rule, goals: Mapping[str, float], metric: str) -> str:
    if not GOAL.search(text):
        is_bare = rule.kind == "change" and text and not text.rstrip().endswith("%")
        return f"{text} %" if is_bare else text
    if rule.kind == "change":
        raise BadBound(f"{text!r}: a change has no goal; hold the figure itself against it")
    if metric not in goals:
        raise BadBound(f"there is no goal for {metric}; write one under [goals]")
    return GOAL.sub(f"{goals[metric]:.9f}", text)
