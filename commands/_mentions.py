"""Which names a text speaks of, and where they stand in it."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands._contract import Ask
from commands._grammar import TOPIC_OF
from storage.known.names import names

KINDS = ("customer", "account", "supplier", "item")
LONGEST_NAME = 8
# A name is known by its first word if that is longer than this, and one name alone begins so.
SHORT_WORD = 4
WORD = re.compile(r"\w+")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A name of some kind, and the part of the text, [start, end), that stands for it."""

    kind: str
    name: str
    start: int
    end: int


def mentions(
    session: Session, ask: Ask, text: str, common: Collection[str] | None = None
) -> list[Mention]:
    """All names in a text that the asker may see, in the order in which they stand there.

    A name stands there in full, or by its first words where no other begins so: by a single one
    only if that is written large, or is none of the `common` words where these are given.
    """
    kinds = [kind for kind in KINDS if ask.grant.allows(TOPIC_OF[kind])]
    every = {(one.kind, one.name): _plain(one.name) for one in names(session, kinds)}
    matches = list(WORD.finditer(text))
    words = [match[0].casefold() for match in matches]
    firsts = _first_words(every.values())
    places = _runs(words)
    found = []
    for (kind, name), plain in every.items():
        at = places.get(plain)
        size = len(plain)
        if at is None and firsts.get(plain[:1]) == 1 and plain[:1] in places:
            at, size = places[plain[:1]], 1
            if not _is_name(matches[at][0], common):
                at = None
        if at is not None:
            found.append(Mention(kind, name, matches[at].start(), matches[at + size - 1].end()))
    return sorted(_longest(found), key=lambda one: (one.start, KINDS.index(one.kind)))


def without(text: str, found: Iterable[Mention]) -> str:
    """The text without the parts that stand for names."""
    kept = text
    for start, end in sorted({(one.start, one.end) for one in found}, reverse=True):
        kept = f"{kept[:start]} {kept[end:]}"
    return kept


def _longest(found: Sequence[Mention]) -> list[Mention]:
    """Those that are not a part of a longer one."""
    return [
        one
        for one in found
        if not any(
            other.start <= one.start and one.end <= other.end
            and other.end - other.start > one.end - one.start
            for other in found
        )
    ]  # fmt: skip


def _is_name(word: str, common: Collection[str] | None) -> bool:
    return word[0].isupper() if common is None else word.casefold() not in common


def _runs(words: Sequence[str]) -> dict[Words, int]:
    """Every run of words of the text with where it first begins."""
    places: dict[Words, int] = {}
    for first in range(len(words)):
        for size in range(1, LONGEST_NAME + 1):
            places.setdefault(tuple(words[first : first + size]), first)
    return places


def _first_words(names_in_words: Iterable[Words]) -> Counter[Words]:
    """How many names begin with each word; short words tell nothing."""
    return Counter(
        words[:1] for words in set(names_in_words) if words and len(words[0]) > SHORT_WORD
    )


def _plain(name: str) -> Words:
    return tuple(word.casefold() for word in WORD.findall(name))
