"""Themes: what tickets and unhappy answers are about, by the words in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from storage.known.complaints import Complaint
from storage.metrics import Metric

METRIC = Metric(
    id="themes",
    version=1,
    title="Themes of complaints",
    formula=(
        "Tickets, and bad answers to surveys (NPS 0 to 6; the lower two fifths of a satisfaction"
        " scale), whose subject or comment holds a word of a theme. One that holds words of"
        " several themes counts in each."
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
        r"\blate\b|delay|overdue|arriv|\beta\b|when (does|will|is|they|it)\b|where is|tracking|"
        r"\bdates?\b|unreliable|verspät|lieferzeit|zu spät|liefertermin|wann kommt|wo ist"
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
class Theme:
    """What is said about one thing, newest first."""

    name: str
    said: tuple[Complaint, ...]

    @property
    def companies(self) -> int:
        return len({one.customer for one in self.said if one.customer})


def themes(said: Iterable[Complaint], start: date, end: date) -> list[Theme]:
    """What was said on the days [start, end) by theme, the most frequent first."""
    found: dict[str, list[Complaint]] = defaultdict(list)
    for one in said:
        if start <= one.on < end:
            for name in themes_of(one.text or ""):
                found[name].append(one)
    every = [Theme(name, tuple(reversed(some))) for name, some in found.items()]
    return sorted(every, key=lambda theme: (theme.name == OTHER, -len(theme.said), theme.name))


def themes_of(words: str) -> Iterator[str]:
    """The themes whose words stand in a text; "other" where there are none."""
    names = [name for name, pattern in _WORDS.items() if pattern.search(words)]
    yield from names or [OTHER]
