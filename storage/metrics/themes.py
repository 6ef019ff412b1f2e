"""Themes: what tickets and unhappy answers are about, by the words in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from storage.known.cases import Case
from storage.known.voices import Voice
from storage.links import Key
from storage.metrics import Metric

METRIC = Metric(
    id="themes",
    version=1,
    title="Themes of complaints",
    formula=(
        "Tickets, and answers of unhappy customers (NPS 0 to 6; CSAT in the lower half of its"
        " scale; CES 1 to 3), whose subject or comment holds a word of a theme. One that holds"
        " words of several themes counts in each."
    ),
    unit="",
    better="lower",
    needs=("ticket", "surveyresponse"),
    caveats=(
        "Themes are found by words, in English and German; what fits none is “other”.",
        "Every ticket counts as a complaint, also a question.",
    ),
    synonyms=("feedback", "feedback themes", "what customers complain about"),
)  # fmt: skip

THEMES = {
    "late or unknown delivery": (
        r"\blate\b|delay|overdue|arriv|\beta\b|when (does|will|is)|tracking|verspät|lieferzeit|"
        r"zu spät|liefertermin|wann kommt"
    ),
    "incomplete": r"incomplete|missing|short(age)?\b|partial|unvollständig|fehl(t|en|menge)",
    "damaged or faulty": (
        r"scratch|damag|broken|defect|fault|quality|crack|beschädig|defekt|kratzer|kaputt|mangel"
    ),
    "wrong item": r"\bwrong\b|incorrect|mix(ed)?[ -]up|falsch",
    "price or invoice": (
        r"invoice|pric(e|ing)|expensive|\bbill|credit note|charge|rechnung|preis|teuer"
    ),
    "return": r"\breturn|refund|send back|retoure|rückgabe|erstattung",
    "service": (
        r"support|respons|rude|unfriendly|nobody (answers|replies)|service|reaktion|unfreundlich"
    ),
}
OTHER = "other"
_WORDS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in THEMES.items()}


@dataclass(frozen=True)
class Said:
    """One complaint: its words, whose it is, and whether it was a ticket or an answer."""

    company: Key | None
    on: date
    words: str
    is_ticket: bool


@dataclass(frozen=True)
class Theme:
    """What is said about one thing, newest first."""

    name: str
    said: tuple[Said, ...]

    @property
    def companies(self) -> int:
        return len({one.company for one in self.said if one.company})


def complaints(cases: Iterable[Case], voices: Iterable[Voice]) -> list[Said]:
    """All tickets and unhappy answers, oldest first."""
    found = [Said(one.company, one.opened_on, one.subject or "", True) for one in cases]
    found += [
        Said(one.company, one.on, one.comment or "", False) for one in voices if is_unhappy(one)
    ]
    return sorted(found, key=lambda one: one.on)


def is_unhappy(one: Voice) -> bool:
    """Whether an answer is a complaint by its score."""
    if one.score is None:
        return False
    if one.kind == "nps":
        return one.score <= 6
    if one.kind == "ces":
        return one.score <= 3
    return one.score <= (one.scale or 5) // 2


def themes(said: Iterable[Said], start: date, end: date) -> list[Theme]:
    """What was said on the days [start, end) by theme, the most frequent first."""
    found: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        if start <= one.on < end:
            for name in themes_of(one.words):
                found[name].append(one)
    every = [Theme(name, tuple(reversed(some))) for name, some in found.items()]
    return sorted(every, key=lambda theme: (theme.name == OTHER, -len(theme.said), theme.name))


def themes_of(words: str) -> Iterator[str]:
    """The themes whose words stand in a text; "other" where there are none."""
    names = [name for name, pattern in _WORDS.items() if pattern.search(words)]
    yield from names or [OTHER]
