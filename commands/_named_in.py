"""Which orders and names a text speaks of, and the lines that tell more about each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from commands._contract import Ask, Command, FollowUp, Notice, Topic
from commands._grammar import shorten
from commands._mentions import mentions
from storage.known.orders import numbered

LONGEST_TEXT = 20_000
MOST = 5
# P00012, SO-4711, 2024/0815: a figure in it, and nothing that no number has
NUMBER = re.compile(r"(?<![\w/-])(?=[\w/-]*\d{2})[A-Za-z]{0,8}[\w/-]{1,20}(?![\w-])")
TOPIC_OF_ORDER: dict[str, Topic] = {"purchase": "supply", "sale": "customers"}
# The command that tells of each kind of thing; the first that there is.
TELLS = {
    "purchase": ("order",), "sale": ("order",), "customer": ("customer", "churn"),
    "account": ("customer", "churn"), "supplier": ("supplier", "lead-time"),
    "item": ("item", "lead-time"),
}  # fmt: skip


@dataclass(frozen=True)
class _Found:
    kind: str
    name: str
    at: int


def named_in(session: Session, ask: Ask, text: str, registry: Mapping[str, Command]) -> Notice:
    """The orders, customers, suppliers and items that a text names, as far as the asker may see
    them, each with the line that tells more; in the order in which they stand there.
    """
    kept = text[:LONGEST_TEXT]
    found = [*_orders(session, ask, kept), *_names(session, ask, kept)]
    lines = {
        f"{command} {one.name}": _label(one)
        for one in sorted(found, key=lambda one: one.at)
        if (command := next((name for name in TELLS[one.kind] if name in registry), None))
    }
    if not lines:
        return Notice(
            "I find nothing that I know in that message",
            "I look for numbers of orders and for names of customers, suppliers and items.",
        )
    choices = tuple(FollowUp(label, line) for line, label in lines.items())
    more = f" The first {MOST} of {len(choices)}." if len(choices) > MOST else ""
    return Notice("That message names", f"Ask for more about one of them.{more}", choices[:MOST])


def _orders(session: Session, ask: Ask, text: str) -> list[_Found]:
    places: dict[str, int] = {}
    for match in NUMBER.finditer(text):
        places.setdefault(match[0].casefold(), match.start())
    found = numbered(session, ask.now, *places) if places else []
    return [
        _Found(one.kind, one.number, places[one.number.casefold()])
        for one in found
        if one.kind in TOPIC_OF_ORDER and ask.grant.allows(TOPIC_OF_ORDER[one.kind])
    ]


def _names(session: Session, ask: Ask, text: str) -> list[_Found]:
    return [_Found(one.kind, one.name, one.start) for one in mentions(session, ask, text)]


def _label(one: _Found) -> str:
    return f"Order {one.name}" if one.kind in TOPIC_OF_ORDER else shorten(one.name)
