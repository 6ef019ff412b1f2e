"""From a sentence to a command line: "which suppliers got slower?" is `suppliers`.

What a sentence asks is told by the words that each command says it is asked with (`asks`), what
it is about by names that the asker may see, when by a window. A sentence with a word that nothing
explains is not guessed at: it may be a name that we don't know. No figure is made here.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from rapidfuzz import fuzz, process
from sqlmodel import Session

from commands._contract import Ask, Command
from commands._mentions import Mention, mentions, without
from commands._sentence_time import time_in
from storage.known.orders import numbered

Choose = Callable[[str, Sequence[str]], str | None]

SURE, MARGIN, LIKE = 0.6, 0.05, 86
CHOICES, SHORTEST = 4, 3
WORD = re.compile(r"[^\W_][\w'-]*")
NUMBER = re.compile(r"^(?=.*\d{2})[\w/-]{3,20}$")
SLOTS = re.compile(r"[<\[]([^>\]]*)[>\]]")
KIND = re.compile(r"supplier|item|customer|number|category")
BY = re.compile(r"\[by ([a-z |]+)\]")
# words that carry no question of their own
_SMALL = """
a about again all am an and any anything are as at be been being but can could did do does doing
each ever every for from get gets getting give go goes going got had has have hello hey hi i if in
into is it its just let lets like list look me my need needs now of on or our ours out please right
s see shall should show so some tell than that the their them then there these they this those to
today up us want was we were what whats when where which who whom whose will with would you your
currently actually really still per by there's i'd i'm we're it's what's how's who's
"""
SMALL = frozenset(_SMALL.split())


@dataclass(frozen=True)
class Read:
    """A sentence read as a line, or lines it may mean; `unknown` words that nothing explains."""

    line: str | None
    choices: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def read_sentence(
    session: Session, ask: Ask, text: str, registry: Mapping[str, Command],
    choose: Choose | None = None,
) -> Read:  # fmt: skip
    """What a sentence asks; null where that is not clear. `choose` may pick one of the lines."""
    allowed = {
        name: one for name, one in registry.items()
        if one.asks and one.tells(ask.grant)
    }  # fmt: skip
    when, rest = time_in(text, ask.today)
    common = SMALL | _spoken(registry)
    found = mentions(session, ask, rest, common)
    number, words = _number(session, ask, WORD.findall(without(rest, found).casefold()))
    splits = {dimension for one in allowed.values() for dimension in _dimensions(one)}
    dimension, words = _dimension(words, splits)
    meant, unknown = _explained(words, allowed, splits)
    if number:
        found = [Mention("number", number, 0, 0), *found]
    scored = _scored(meant, allowed, {one.kind for one in found}, dimension)
    lines = [_line(allowed[name], found, dimension, when) for name, _ in scored[:CHOICES]]
    if unknown or not scored:
        return Read(None, tuple(dict.fromkeys(lines)), unknown)
    is_clear = len(scored) == 1 or scored[0][1] - scored[1][1] >= MARGIN
    if scored[0][1] >= SURE and is_clear:
        return Read(lines[0], tuple(lines[1:]))
    picked = choose(text, lines) if choose else None
    return Read(picked if picked in lines else None, tuple(dict.fromkeys(lines)))


def vocabulary(registry: Mapping[str, Command]) -> frozenset[str]:
    """All words that some command is asked with."""
    return frozenset(word for one in registry.values() for ask in one.asks for word in _words(ask))


def _spoken(registry: Mapping[str, Command]) -> set[str]:
    """The words of all phrases as they are written."""
    return {
        w for one in registry.values() for ask in one.asks for w in WORD.findall(ask.casefold())
    }


def _words(text: str) -> list[str]:
    return [_stem(word) for word in WORD.findall(text.casefold()) if word not in SMALL]


def _stem(word: str) -> str:
    """A word without its ending, near enough to know it again."""
    for ending in ("'s", "ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            return f"{stem}y" if ending == "ies" else stem.rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


def _number(session: Session, ask: Ask, words: list[str]) -> tuple[str | None, list[str]]:
    """The number of an order that the asker may see, and the words that are left."""
    for at, word in enumerate(words):
        if not NUMBER.match(word):
            continue
        for one in numbered(session, ask.now, word):
            if ask.grant.allows("customers" if one.kind == "sale" else "supply"):
                return one.number, [*words[:at], *words[at + 1 :]]
    return None, words


def _dimension(words: list[str], splits: set[str]) -> tuple[str | None, list[str]]:
    """What to split by: "by month", "per supplier", "for each item"."""
    for at, word in enumerate(words[:-1]):
        if word in ("by", "per", "each", "every"):
            singular = _singular(words[at + 1])
            if singular in splits:
                return singular, [*words[:at], *words[at + 2 :]]
    return None, words


def _explained(
    words: Sequence[str], allowed: Mapping[str, Command], splits: set[str]
) -> tuple[list[str], tuple[str, ...]]:
    """The words that commands are asked with, misspelt ones put right, and those nobody knows."""
    known = vocabulary(allowed) | {_stem(one) for one in splits}
    meant, unknown = [], []
    for word in words:
        stem = _stem(word)
        if word in SMALL or len(word) < 2 or word.isdigit():
            continue
        if stem in known:
            meant.append(stem)
        elif near := _near(stem, known):
            meant.append(near)
        elif not _near(word, SMALL):
            unknown.append(word)
    return meant, tuple(unknown)


def _near(word: str, known: Collection[str]) -> str | None:
    """The word that a misspelt one of some length must be, if there is one."""
    if len(word) <= SHORTEST:
        return None
    found = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=LIKE)
    return found[0] if found else None


def _scored(
    meant: Sequence[str], allowed: Mapping[str, Command], kinds: set[str], dimension: str | None
) -> list[tuple[str, float]]:
    """Commands by how well one of their phrases covers the words and the words cover it."""
    rare = _rarity(allowed)
    asked = Counter(meant)
    scores = []
    for name, command in allowed.items():
        if not (kinds <= _takes(command)) or not _splits(command, dimension):
            continue
        best = max((_cover(_words(phrase), asked, rare) for phrase in command.asks), default=0.0)
        if kinds and not asked:
            best = 1.0 if command.is_card else 0.0
        if best:
            scores.append((name, best))
    return sorted(scores, key=lambda found: (-found[1], found[0]))


def _cover(phrase: Sequence[str], asked: Counter[str], rare: Mapping[str, float]) -> float:
    common = sum(rare.get(word, 1.0) for word in set(phrase) & set(asked))
    of_phrase = sum(rare.get(word, 1.0) for word in set(phrase)) or 1.0
    of_asked = sum(rare.get(word, 1.0) for word in asked) or 1.0
    return sqrt(common / of_phrase * common / of_asked)


def _rarity(allowed: Mapping[str, Command]) -> dict[str, float]:
    """How much a word tells: one that many commands are asked with tells little."""
    used = Counter(
        word for one in allowed.values() for word in {w for ask in one.asks for w in _words(ask)}
    )
    return {word: log(1 + len(allowed) / count) for word, count in used.items()}


def _takes(command: Command) -> set[str]:
    """The kinds of name that a command can be asked about, as its usage says."""
    slots = [slot for slot in SLOTS.findall(command.usage) if not slot.startswith(("by ", "for "))]
    found = {kind for slot in slots for kind in KIND.findall(slot)}
    return found | ({"account"} if "customer" in found else set())


def _splits(command: Command, dimension: str | None) -> bool:
    return dimension is None or dimension in _dimensions(command)


def _dimensions(command: Command) -> list[str]:
    """What its answers can be split by, as its usage says."""
    said = BY.search(command.usage)
    return re.split(r"\W+", said[1].strip()) if said else []


def _line(
    command: Command, found: Sequence[Mention], dimension: str | None, when: str | None
) -> str:
    names = dict.fromkeys(one.name for one in found if one.kind in _takes(command))
    by = f"by {dimension}" if dimension else None
    window = when if when and "window" in command.usage else None
    return " ".join(filter(None, [command.name, *names, by, window]))


def _singular(word: str) -> str:
    return {"categories": "category", "countries": "country"}.get(word, word.removesuffix("s"))
