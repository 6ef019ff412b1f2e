"""The condition of a digest as it is written: "changed", or a question and a threshold."""

import re
from dataclasses import dataclass

from storage.watch import BadBound, Bound, read_bound

CHANGED = "changed"
FIGURE = re.compile(r"^(.*\S)\s+((?:above|below|at least|at most)\s.*)$", re.IGNORECASE)


class BadCondition(ValueError):
    """A condition that can't be read, in words for whoever wrote it."""


@dataclass(frozen=True)
class Condition:
    """The first figure of a `line`, held against a `bound`."""

    line: str
    bound: Bound

    def __str__(self) -> str:
        return f"{self.line} {self.bound}"


def read_condition(text: str) -> Condition | None:
    """The condition in "exposed above 0"; null for "" and "changed". `BadCondition` else."""
    if text.strip().lower() in ("", CHANGED):
        return None
    found = FIGURE.match(" ".join(text.split()))
    if not found:
        raise BadCondition("Write a question and a threshold, such as `exposed above 0`")
    try:
        return Condition(found[1], read_bound(found[2]))
    except BadBound as error:
        raise BadCondition(str(error)) from None
