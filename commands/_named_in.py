"""Which orders and names a text speaks of, and the lines that tell more about each."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands._contract import Ask, Command, FollowUp, Notice, Topic
from commands._grammar import TOPIC_OF, shorten
from storage.known.names import names
from storage.known.numbers import orders_numbered

LONGEST_TEXT = 20_000
MOST = 5
LONGEST_NAME = 8
WORD = re.compile(r"\w+")
# P00012, SO-4711, 2024/0815: a figure in it, and nothing that no number has
NUMBER = re.compile(r"(?<![\w/-])(?=[\w/-]*\d{2})[A-Za-z]{0,8}[\w/-]{1,20}(?![\w-])")
TOPIC_OF_ORDER: dict[str, Topic] = {"purchase": "supply", "sale": "customers"}
# The command that tells of each kind of thing; the first that there is.
TELLS = {
    "purchase": ("order",), "sale": ("order",), "customer": ("customer", "churn"),
    "account": ("customer", "churn"), "supplier": ("supplier", "lead-time"),
    "item": ("item", "lead-time"),
}  # fmt: skip
KINDS = ("customer", "account", "supplier", "item")
# A name is known by its first word if that is longer than this, and one name alone begins so.
SHORT_WORD = 4


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
        for number in (match[0], match[0].upper()):
            places.setdefault(number, match.start())
    kinds = [kind for kind, topic in TOPIC_OF_ORDER.items() if ask.grant.allows(topic)]
    found = orders_numbered(session, ask.now, kinds, list(places)) if places else []
    return [_Found(one.kind, one.name, places[one.name]) for one in found]


def _names(session: Session, ask: Ask, text: str) -> list[_Found]:
    kinds = [kind for kind in KINDS if ask.grant.allows(TOPIC_OF[kind])]
    every = {(one.kind, one.name): _plain(one.name) for one in names(session, kinds)}
    words = [(match[0].casefold(), match.start()) for match in WORD.finditer(text)]
    places = _runs(words)
    begins = _first_words(every.values())
    written = {match[0].casefold() for match in WORD.finditer(text) if match[0][0].isupper()}
    found = []
    for (kind, name), plain in every.items():
        at = places.get(plain)
        if at is None and begins.get(plain[:1]) == 1 and plain and plain[0] in written:
            at = places[plain[:1]]
        if at is not None:
            found.append(_Found(kind, name, at))
    return found


def _runs(words: Sequence[tuple[str, int]]) -> dict[tuple[str, ...], int]:
    """Every run of words of the text with where it first begins."""
    places: dict[tuple[str, ...], int] = {}
    for first in range(len(words)):
        for size in range(1, LONGEST_NAME + 1):
            run = tuple(word for word, _ in words[first : first + size])
            places.setdefault(run, words[first][1])
    return places


def _first_words(names_in_words: Iterable[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    """How many names begin with each word; short words tell nothing."""
    return Counter(
        words[:1] for words in set(names_in_words) if words and len(words[0]) > SHORT_WORD
    )


def _plain(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in WORD.findall(name))


def _label(one: _Found) -> str:
    return f"Order {one.name}" if one.kind in TOPIC_OF_ORDER else shorten(one.name)
