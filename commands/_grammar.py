"""The one language: `<command> [name…] [by dimension] [window] [vs prior]`, and typos of it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlmodel import Session

from commands._contract import Ask, FollowUp, Notice, Topic
from commands._window import Window, WindowError, last_days, read_window
from storage.known import Named
from storage.known.names import currencies, names
from storage.links import Key, pairs

LONGEST_LINE = 500
NEAR = 72
QUOTES = str.maketrans(dict.fromkeys('“”„«»"', " ") | {"’": "'", "\u00a0": " "})
VERSUS = {"prior": False, "before": False, "last year": True, "year before": True}
SMALL = frozenset({"at", "for", "from", "of", "to", "with"})
TOPIC_OF: dict[str, Topic] = {
    "supplier": "supply", "item": "supply", "category": "supply", "site": "supply",
    "customer": "customers", "account": "customers",
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """What the words after a command's name ask for.

    `named` are the things asked about, those of one name together; `window` what time, and
    `is_named` whether the asker said so. `prior` is what to compare with: the time before, or the
    same a year before. `site` and `currency` are what stands after "in".
    """

    named: tuple[Named, ...]
    by: str | None
    window: Window
    is_named: bool
    prior: Window
    site: str | None = None
    currency: str | None = None
    versus_year: bool = False

    def refs(self, kind: str) -> set[tuple[str, str]]:
        """(source, reference) of the things of one kind that are asked about."""
        return {(one.source, one.ref) for one in self.named if one.kind == kind}

    @property
    def when(self) -> str:
        """The window as one says it in a sentence."""
        label = self.window.label
        return f"in the {label}" if label.startswith("last") else label

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
        # "vs last year" is no window: what stands after "vs" is put away first
        versus_year, rest = _versus(words)
        window, rest = read_window(rest, ask.now, ask.zone)
    except WindowError as error:
        text = f"{error}. Try `last 90 days`, `this quarter` or `in 2025`."
        return Notice("I can't read that time", text, error=True)
    dimension, rest = _by(rest)
    if dimension is not None and dimension not in by:
        return _unknown_dimension(command, dimension, by)
    site, currency, rest = _place(session, rest)
    phrase = " ".join(_without_small_words(rest))
    named = find(session, ask, phrase, kinds, command) if phrase else ()
    if isinstance(named, Notice):
        return named
    used = window or last_days(days, ask.now, ask.zone)
    prior = used.year_before(ask.zone) if versus_year else used.prior(ask.zone)
    return Query(named, dimension, used, window is not None, prior, site, currency, versus_year)


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


def named_by(query: Query, kind: str, thing: Named | None) -> bool:
    """Whether a thing is among those of its kind that are asked about; any is where none is."""
    wanted = query.refs(kind)
    return not wanted or (thing is not None and (thing.source, thing.ref) in wanted)


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
    if exact := [one for one in every if wanted in _spelled(one)]:
        return tuple(exact)
    pattern = re.compile(r"(?<!\w)" + r"\w*\W+".join(map(re.escape, wanted.split())))
    begun = [one for one in every if pattern.search(one.name.casefold())]
    keys = {same.get((one.source, one.ref), (one.source, one.ref)) for one in begun}
    is_one = len(keys) == 1 or len({one.name for one in begun}) == 1
    return tuple(begun) if is_one else ()


def _spelled(one: Named) -> tuple[str, ...]:
    """How a thing can be called: by its name, its reference, its source and reference, or by these
    with its kind, as what is of another kind may bear the same reference.
    """
    key = f"{one.source}/{one.ref}"
    return tuple(map(str.casefold, (one.name, one.ref, key, f"{one.kind}:{key}")))


def _by(words: Sequence[str]) -> tuple[str | None, list[str]]:
    for at, word in enumerate(words[:-1]):
        if word.lower() == "by":
            dimension = words[at + 1].lower()
            singular = {"categories": "category", "countries": "country"}.get(dimension)
            return singular or dimension.removesuffix("s"), [*words[:at], *words[at + 2 :]]
    return None, list(words)


def _versus(words: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether to compare with the year before, and the words without saying so.

    Every answer compares with the window before, so "vs prior" changes nothing.
    """
    for at, word in enumerate(words):
        if word.lower() not in ("vs", "versus", "against"):
            continue
        for size, said in (
            (2, " ".join(words[at + 1 : at + 3])),
            (1, "".join(words[at + 1 : at + 2])),
        ):
            if said.lower() in VERSUS:
                return VERSUS[said.lower()], [*words[:at], *words[at + 1 + size :]]
    return False, list(words)


def _place(session: Session, words: Sequence[str]) -> tuple[str | None, str | None, list[str]]:
    """The site and the currency after "in", and the words that are left."""
    site = currency = None
    rest = list(words)
    for at in [at for at, word in enumerate(words) if word.lower() == "in"][::-1]:
        after = rest[at + 1 :]
        code = after[0].upper() if after else ""
        if re.fullmatch("[A-Z]{3}", code) and code in currencies(session):
            currency, rest = code, [*rest[:at], *after[1:]]
            continue
        known = {one.name.casefold(): one.name for one in names(session, ["site"])}
        for size in range(len(after), 0, -1):
            if found := known.get(" ".join(after[:size]).casefold()):
                site, rest = found, [*rest[:at], *after[size:]]
                break
    return site, currency, rest


def _without_small_words(words: Sequence[str]) -> list[str]:
    """The words without the small one that may stand before a name: "for Acme"."""
    return list(words[1:]) if len(words) > 1 and words[0].lower() in SMALL else list(words)


def _unknown_dimension(command: str, given: str, by: Sequence[str]) -> Notice:
    choices = tuple(FollowUp(f"by {name}", f"{command} by {name}") for name in by)
    title = f"`{command}` can't be split by “{shorten(given)}”"
    text = "It can be split by:" if by else f"Ask for it as a whole: `{command}`."
    return Notice(title, text, choices, error=True)
