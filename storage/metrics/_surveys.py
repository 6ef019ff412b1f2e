"""Which answers to a survey count: the last one of each company in a window, on its scale."""

from collections.abc import Iterable
from datetime import date

from storage.known.voices import Voice
from storage.links import Key


def latest(voices: Iterable[Voice], start: date, end: date) -> list[Voice]:
    """The last answer of each company over the days [start, end); of nobody known, each answer.

    One company, one voice: who was asked ten times does not weigh ten times.
    """
    found: dict[Key, Voice] = {}
    for one in sorted(voices, key=lambda voice: (voice.at, voice.key)):
        if start <= one.on < end and one.score is not None:
            found[one.company or one.who or one.key] = one
    return sorted(found.values(), key=lambda voice: (voice.at, voice.key))
