"""Words of a question about deliveries that the grammar does not know: level, side, tolerance."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from storage.metrics._due import Tolerance

Level = Literal["line", "order", "value"]
LEVELS: dict[str, Level] = {
    "line": "line", "lines": "line", "order": "order", "orders": "order", "value": "value",
}  # fmt: skip
SUPPLY, SALES = {"suppliers", "vendors", "purchases", "inbound"}, {"customers", "sales", "outbound"}
AMOUNT = re.compile(r"(\d{1,2})(d|%)?")


def without_level(words: Sequence[str]) -> tuple[Level, list[str]]:
    """The level in "per order" or "by value", "line" where none is said; and the other words."""
    for at, pair in enumerate(pairwise(words)):
        before, word = pair[0].lower(), pair[1].lower()
        if before in ("per", "by") and word in LEVELS:
            return LEVELS[word], [*words[:at], *words[at + 2 :]]
    return "line", list(words)


def without_side(words: Sequence[str]) -> tuple[bool | None, list[str]]:
    """Whether the first or last word means suppliers' deliveries, or ours (false); null where it
    says neither; and the other words."""
    for at in (0, len(words) - 1) if words else ():
        word = words[at].lower()
        if word in SUPPLY | SALES and not (at and words[at - 1].lower() == "by"):
            return word in SUPPLY, [*words[:at], *words[at + 1 :]]
    return None, list(words)


def strictness(words: Sequence[str]) -> tuple[Tolerance, list[str]]:
    """What passes by "early 3", "late 2" (days) and "short 5%"; and the other words."""
    found: dict[str, int] = {}
    rest = list(words)
    for name in ("early", "late", "short"):
        for at, word in enumerate(rest[:-1]):
            amount = AMOUNT.fullmatch(rest[at + 1])
            if word.lower() == name and amount:
                found[name] = int(amount[1])
                is_unit = rest[at + 2 : at + 3] and rest[at + 2].lower() in ("day", "days")
                del rest[at : at + (3 if is_unit else 2)]
                break
    tolerance = Tolerance(
        found.get("early"), found.get("late", 0), Decimal(found.get("short", 0)) / 100
    )
    return tolerance, rest
