"""The one language: `<command> [name…] [by dimension] [window] [vs prior]`, and typos of it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlmodel import Session

from commands._contract import Ask, FollowUp, Notice, Topic
from commands._window import Window, WindowError, last_days, read_window
from storage.known import Named, names
from storage.links import Key, pairs

LONGEST_LINE = 500
NEAR = 72
QUOTES = str.maketrans(dict.fromkeys('“”„«»"', " ") | {"’": "'", "\u00a0": " "})
TOPIC_OF: dict[str, Topic] = {
    "supplier": "supply", "item": "supply", "site": "supply",
    "customer": "customers", "account": "customers",
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """What the words after a command's name ask for.

    `named` are the things asked about, those of one name together; `window` what time, and
    `is_named` whether the asker said so.
    """

    named: tuple[Named, ...]
    by: str | None
    window: Window
    is_named: bool
    prior: Window

    def refs(self, kind: str) -> set[tuple[str, str]]:
        """(source, reference) of the things of one kind that are asked about."""
        return {(one.source, one.ref) for one in self.named if one.kind == kind}

    @property
    def label(self) -> str:
        return ", ".join(dict.fromkeys(one.name for one in self.named))


def clean(line: str) -> str:
    """The line without what cannot be seen, in one spacing; never longer than it should be."""
    kept = "".join(char for char in line.translate(QUOTES) if not _is_hidden(char))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cc", "Cs") and not char.isspace()


def read(
    session: Session,
    ask: Ask,
    words: Sequence[str],
    *,
    command: str,
    kinds: Sequence[str],
    by: Sequence[str],
    days: int = 90,
) -> Query | Notice:
    """The query in the words; a Notice with choices where it can't be one."""
    try:
        window, rest = read_window(words, ask.now, ask.zone)
    except WindowError as error:
        text = f"{error}. Try `last 90 days`, `this quarter` or `in 2025`."
        return Notice("I can't read that time", text, error=True)
    dimension, rest = _by(rest)
    if dimension is not None and dimension not in by:
        return _unknown_dimension(command, dimension, by)
    phrase = " ".join(word for word in _without_versus(rest))
    named = find(session, ask, phrase, kinds, command) if phrase else ()
    if isinstance(named, Notice):
        return named
    used = window or last_days(days, ask.now, ask.zone)
    return Query(named, dimension, used, window is not None, used.prior(ask.zone))


def find(
    session: Session, ask: Ask, phrase: str, kinds: Sequence[str], command: str
) -> tuple[Named, ...] | Notice:
    """The things that a phrase names; a Notice with the nearest names when it is not clear.

    Only names that the asker may see are looked at, so that one withheld and one invented read
    the same.
    """
    seen = [kind for kind in kinds if ask.grant.allows(TOPIC_OF[kind])]
    every = names(session, seen)
    same = pairs(session) if "account" in seen else {}
    if found := _matching(phrase, every, same):
        return found
    words = phrase.split()
    for cut in range(1, len(words)):
        left = _matching(" ".join(words[:cut]), every, same)
        right = _matching(" ".join(words[cut:]), every, same)
        if left and right:
            return left + right
    near = nearest(phrase, {one.name for one in every})
    choices = tuple(FollowUp(name, f"{command} {name}") for name in near)
    text = "Do you mean one of these?" if near else f"Try `{command} help`."
    return Notice(f"I know no “{shorten(phrase)}”", text, choices, error=True)


def nearest(phrase: str, known: Iterable[str], limit: int = 5) -> list[str]:
    """Names like the phrase, best first."""
    scored = process.extract(
        phrase.casefold(), {name: name.casefold() for name in known}, scorer=fuzz.WRatio,
        limit=limit, score_cutoff=60,
    )  # fmt: skip
    return [key for _, _, key in sorted(scored, key=lambda found: (-found[1], found[2]))]


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _matching(phrase: str, every: Sequence[Named], same: Mapping[Key, Key]) -> tuple[Named, ...]:
    """Things of exactly that name or reference, else the only one whose words begin so.

    `same` tells which account and which customer are one.
    """
    wanted = phrase.casefold()
    if exact := [one for one in every if wanted in (one.name.casefold(), one.ref.casefold())]:
        return tuple(exact)
    pattern = re.compile(r"(?<!\w)" + r"\w*\W+".join(map(re.escape, wanted.split())))
    begun = [one for one in every if pattern.search(one.name.casefold())]
    keys = {same.get((one.source, one.ref), (one.source, one.ref)) for one in begun}
    is_one = len(keys) == 1 or len({one.name for one in begun}) == 1
    return tuple(begun) if is_one else ()


def _by(words: Sequence[str]) -> tuple[str | None, list[str]]:
    for at, word in enumerate(words[:-1]):
        if word.lower() == "by":
            dimension = words[at + 1].lower()
            singular = {"categories": "category", "countries": "country"}.get(dimension)
            return singular or dimension.removesuffix("s"), [*words[:at], *words[at + 2 :]]
    return None, list(words)


def _without_versus(words: Sequence[str]) -> list[str]:
    """Every answer compares with the window before, so saying so changes nothing."""
    kept = list(words)
    for at, word in enumerate(kept):
        if word.lower() in ("vs", "versus") and kept[at + 1 : at + 2] in (["prior"], ["before"]):
            return kept[:at] + kept[at + 2 :]
    return kept


def _unknown_dimension(command: str, given: str, by: Sequence[str]) -> Notice:
    choices = tuple(FollowUp(f"by {name}", f"{command} by {name}") for name in by)
    return Notice(
        f"`{command}` can't be split by “{shorten(given)}”", "It can be split by:", choices,
        error=True,
    )  # fmt: skip
