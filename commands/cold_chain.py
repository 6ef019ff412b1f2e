"""Which shipments were too warm or too cold on their way, and for how long?"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._basis import basis
from commands._cold_chain_words import Journeys, detail, notes, summary, unseen
from commands._grammar import Query, nearest, read, shorten
from storage.known.temperatures import shipments, temperatures
from storage.metrics.cold_chain import METRIC, Range, cold_chain

DAYS = 30
USUAL = Range(Decimal(2), Decimal(8))
NUMBER = r"([-−]?\d{1,3}(?:\.\d{1,2})?)\s*(?:°?\s*[cC]\b|°)?"
BETWEEN = re.compile(rf"\b(?:between|from)\s+{NUMBER}\s+(?:and|to)\s+{NUMBER}(?!\S)", re.IGNORECASE)
TOO_COLD = re.compile(rf"\b(?:below|under|colder than)\s+{NUMBER}(?!\S)", re.IGNORECASE)
TOO_WARM = re.compile(rf"\b(?:above|over|warmer than)\s+{NUMBER}(?!\S)", re.IGNORECASE)


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    within, rest = _range(" ".join(words))
    if within and within.low is not None and within.high is not None and within.low > within.high:
        text = "Write the colder one first: `cold-chain between 2 and 8`."
        return Notice("That range is empty", text, error=True)
    name, left = _named(session, ask, rest)
    query = read(session, ask, left, command=COMMAND.name, kinds=(), by=(), days=DAYS)
    if isinstance(query, Notice):
        return _near(session, ask, query, left)
    every = temperatures(session, ask.now, query.window.start, query.window.end)
    if name:
        every = {one: found for one, found in every.items() if one == name}
    journeys = cold_chain(every, within or USUAL)
    if not journeys:
        return _nothing(query, name)
    return _answer(session, ask, Journeys(query, within or USUAL, within is None, name, journeys))


def _range(text: str) -> tuple[Range | None, list[str]]:
    """The range that must be kept, and the words that are left. "above 8" asks what was above."""
    if found := BETWEEN.search(text):
        return Range(_number(found[1]), _number(found[2])), BETWEEN.sub(" ", text).split()
    low, high = TOO_COLD.search(text), TOO_WARM.search(text)
    if not low and not high:
        return None, text.split()
    made = Range(_number(low[1]) if low else None, _number(high[1]) if high else None)
    return made, TOO_WARM.sub(" ", TOO_COLD.sub(" ", text)).split()


def _number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


def _named(session: Session, ask: Ask, words: list[str]) -> tuple[str, list[str]]:
    """The shipment that is named, "" for none, and the words that are left."""
    known = {one.casefold(): one for one in shipments(session, ask.now)} if words else {}
    for at, word in enumerate(words):
        if found := known.get(word.casefold()):
            return found, [*words[:at], *words[at + 1 :]]
    return "", words


def _near(session: Session, ask: Ask, told: Notice, words: Sequence[str]) -> Notice:
    """The notice, with the shipments that are called nearly as what could not be read."""
    phrase = " ".join(words)
    if not told.title.startswith("I know no"):
        return told
    near = nearest(phrase, shipments(session, ask.now)) if ask.grant.allows("supply") else []
    choices = tuple(FollowUp(name, f"{COMMAND.name} {name}") for name in near)
    text = "Do you mean one of these?" if near else f"Try `{COMMAND.name} help`."
    return replace(told, title=f"I know no “{shorten(phrase)}”", text=text, choices=choices)


def _answer(session: Session, ask: Ask, seen: Journeys) -> Answer:
    window = seen.query.window
    made = basis(
        session, ask, METRIC, window.start, window.end, n=len(seen.journeys),
        open=sum(1 for one in seen.journeys if one.is_outside),
    )  # fmt: skip
    return Answer(
        title=f"Cold chain {seen.shipment}".strip(),
        summary=Sentence(summary(seen), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in detail(seen)),
        readings=_readings(seen),
        table=_table(seen, ask),
        evidence=_evidence(seen, ask) if ask.wants_evidence else None,
        basis=(made,),
        notes=tuple(Sentence(text, ("supply",)) for text in notes(seen)),
        follow_ups=_follow_ups(seen),
    )


def _readings(seen: Journeys) -> tuple[Reading, ...]:
    figures: list[tuple[str, float, str]] = [
        ("shipments outside", len(seen.outside), ""),
        ("minutes outside", round(seen.minutes, 1), "min"),
        ("excursions", sum(len(one.excursions) for one in seen.journeys), ""),
        ("share outside", len(seen.outside) / len(seen.journeys), "share"),
        ("shipments with gaps", len(seen.gaps), ""),
    ]
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _table(seen: Journeys, ask: Ask) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            one.shipment, round(one.minutes, 1), len(one.excursions),
            None if one.worst is None else round(float(one.worst), 1), round(unseen(one), 1),
            one.last.astimezone(ask.zone).date().isoformat(),
        )
        for one in seen.journeys
    ]  # fmt: skip
    columns = (
        Column("Shipment", "supply"),
        Column("Outside", "supply", "min", METRIC.id),
        Column("Excursions", "supply", "", METRIC.id),
        Column("Worst", "supply", "°C", METRIC.id),
        Column("Gaps", "supply", "min", METRIC.id),
        Column("Last read", "supply"),
    )
    bold = frozenset(at for at, one in enumerate(seen.journeys) if one.excursions)
    return Table(columns, tuple(rows), bold, len(rows))


def _evidence(seen: Journeys, ask: Ask) -> Table:
    """One row a shipment's excursion or gap, and one for a shipment without either."""
    rows: list[tuple[Value, ...]] = []
    for one in seen.journeys:
        spans: list[tuple[str, datetime, datetime, float | None]] = [
            *(("outside", part.start, part.end, float(part.worst)) for part in one.excursions),
            *(("left out: gap", gap.start, gap.end, None) for gap in one.gaps),
        ]
        for state, start, end, value in spans or [("inside", one.first, one.last, None)]:
            begun, ended = (at.astimezone(ask.zone).isoformat() for at in (start, end))
            rows.append((one.shipment, begun, ended, value, state))
    columns = (
        Column("Shipment", "supply"), Column("From", "supply"), Column("To", "supply"),
        Column("Worst", "supply", "°C", METRIC.id), Column("State", "supply"),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=len(rows))


def _follow_ups(seen: Journeys) -> tuple[FollowUp, ...]:
    window = f" {seen.query.window.label}" if seen.query.is_named else ""
    ups = []
    if not seen.shipment and seen.outside:
        name = seen.outside[0].shipment
        ups.append(FollowUp(name, f"cold-chain {name}{window}", ("supply",)))
    if seen.is_usual:
        ups.append(FollowUp("Frozen", f"cold-chain between -25 and -15{window}"))
    if not seen.query.is_named:
        ups.append(FollowUp("Last year", "cold-chain last 365 days"))
    return tuple(ups)


def _nothing(query: Query, name: str) -> Notice:
    of = f" of {name}" if name else ""
    return Notice(
        f"No temperature{of} is known {query.when}",
        "It needs readings of devices that bear the number of what they travel with: see `mqtt`"
        " in the README.",
        (FollowUp("Last year", f"cold-chain {name} last 365 days".replace("  ", " ")),
         FollowUp("Data status", "status")),
    )  # fmt: skip


COMMAND = Command(
    name="cold-chain",
    summary="Which shipments were too warm or too cold on their way, and for how long.",
    usage="cold-chain [shipment] [between LOW and HIGH | above N | below N] [window]",
    examples=("cold-chain", "cold-chain between -25 and -15", "cold-chain above 8 last 90 days"),
    topics=("supply",),
    answer=answer,
    synonyms=("cold chain", "temperature excursions", "temperatures"),
    asks=(
        "which shipments were too warm",
        "which shipments got too cold",
        "temperature excursions",
        "was the cold chain broken",
        "how long were shipments outside their temperature",
    ),
)
