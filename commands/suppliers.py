"""Which suppliers got slower, and how well does each deliver?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
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
from commands._grammar import Query, read
from commands._keys import keys_of
from commands._money import column, readings
from commands._purchase_rows import purchase_rows
from commands._slipping_seen import Slipping, slipping
from commands._supplier_list import Bought, Figures, bought
from commands._supplier_one import answer_of
from commands._supplier_seen import (
    BY,
    Group,
    asked_about,
    name_of,
    suppliers_seen,
)
from commands._supplier_words import joined, on_time_and_in_full, overdue, takes
from commands._track_record import Track, record
from commands._window import midnight
from storage.forecasts.lead_time import MODEL as LEAD_TIME
from storage.metrics import expected_arrival, lead_time, otif, slowdown


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(session, ask, words, command=COMMAND.name, kinds=("supplier",), by=BY)
    if isinstance(query, Notice):
        return query
    if choice := _two_of_a_name(query):
        return choice
    every = bought(session, ask, query)
    if query.named and query.by in (None, "supplier"):
        found = asked_about(query, every.by("supplier"))
        if len(found) == 1:
            return _one(session, every, query, found)
    else:
        found = every.of(query).by(query.by or "supplier")
    if not found:
        return _nothing(query)
    return _answer(session, every.of(query), found)


def _one(session: Session, every: Bought, query: Query, found: Mapping[Group, Figures]) -> Answer:
    """The card of the one supplier that was found, of whose lines each is read."""
    ((value, figures),) = found.items()
    ids = every.of(query).lines["id"].tolist()
    seen = suppliers_seen(session, every.ask, query, ids)
    (card,) = asked_about(query, seen.cards("supplier")).values()
    spread = seen.spreads().of(card.lines[0].supplier)
    if spread.scope != "supplier":  # its own orders are too few: those of all others are needed
        whole = suppliers_seen(session, every.ask, query)
        spread = whole.spreads().of(card.lines[0].supplier)
    # whether it got slower is told beside all others
    return answer_of(session, seen, value, replace(card, change=figures.change), spread)


def _answer(session: Session, seen: Bought, found: Mapping[Group, Figures]) -> Answer:
    whole, ranked = seen.whole(), _ranked(found)
    query, ask = seen.query, seen.ask
    slips = slipping(session, ask, query)
    slip = [value for value in ranked if slips.of(value)]
    return Answer(
        title=f"Suppliers {query.label}".strip(),
        summary=Sentence(_summary(seen, found, whole), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(found, whole, slips)),
        readings=_readings(found, whole, seen.slip()),
        table=_table(seen, found, ranked, record(session, LEAD_TIME.id, ask.now), slips),
        evidence=_evidence(session, ask, query) if ask.wants_evidence else None,
        basis=(*_basis(session, seen, whole), *(slips.basis(session, slip[0]) if slip else ())),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(seen, found)),
        follow_ups=_follow_ups(query, found, ranked),
    )


def _evidence(session: Session, ask: Ask, query: Query) -> Table:
    """The rows behind the figures, for which every line is read as it is."""
    seen = suppliers_seen(session, ask, query)
    return purchase_rows(seen.of(query).counted())


def _ranked(found: Mapping[Group, Figures]) -> list[Group]:
    """Who got slower first, the surest first; then who has most overdue."""

    def rank(value: Group) -> tuple[bool, float, int, int, str, str]:
        card = found[value]
        is_slower = card.change == "slower"
        p = card.pace.test.p if is_slower and card.pace.test else 1.0
        return not is_slower, p, -card.overdue, -card.pace.now.n, name_of(value), str(value)

    return sorted(found, key=rank)


def _summary(seen: Bought, found: Mapping[Group, Figures], whole: Figures) -> str:
    slower = [value for value in _ranked(found) if found[value].change == "slower"]
    came = on_time_and_in_full(whole.shares)
    if not any(card.pace.test for card in found.values()):
        return f"**Too few orders to tell whether a supplier slowed down**; {came}."
    if not slower:
        return f"**No supplier slowed down**: {_others(found)}; {came}."
    names = joined([name_of(value) for value in slower])
    text = f"**{names} slowed down**"
    if len(slower) == 1:
        text += f": {takes(found[slower[0]].pace, seen.then)}"
    others = _others(found)
    return f"{text}; {others}; {came}." if others else f"{text}; {came}."


def _others(found: Mapping[Group, Figures]) -> str:
    """How many are faster or as usual, which counts only what was tested; the rest is named."""
    changes = Counter(card.change for card in found.values() if card.pace.test)
    untested = sum(1 for card in found.values() if card.pace.test is None)
    counts = (
        (changes["faster"], "faster"),
        (changes[None], "as usual"),
        (untested, "with too few orders to tell"),
    )
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _detail(found: Mapping[Group, Figures], whole: Figures, slips: Slipping) -> list[str]:
    counts = Counter({value: card.overdue for value, card in found.items()})
    most = max(counts, key=lambda value: (counts[value], name_of(value)))
    text = overdue(whole.open, whole.overdue, whole.owed)
    if len(found) > 1 and counts[most] > 1:
        text = f"{text[:-1]}. Most overdue: {name_of(most)} with {counts[most]}."
    faster = [name_of(value) for value, card in found.items() if card.change == "faster"]
    slip = [f"{name_of(one)} is {slips.word(one)}" for one in _ranked(found) if slips.of(one)]
    if slip:
        text = f"▲ {joined(slip)}. {text}"
    return [text, *([f"▼ Faster than before: {joined(sorted(faster))}."] if faster else [])]


def _readings(
    found: Mapping[Group, Figures], whole: Figures, slip: float | None
) -> tuple[Reading, ...]:
    slower = sum(card.change == "slower" for card in found.values())
    tested = sum(card.pace.test is not None for card in found.values())
    both, before = whole.shares.both, whole.before.both
    figures: list[tuple[str, float | None, str, str]] = [
        ("slowed down", slower if tested else None, "", slowdown.METRIC.id),
        ("tested", tested, "", slowdown.METRIC.id),
        ("median lead time", whole.pace.now.median, "d", lead_time.METRIC.id),
        ("median lead time before", whole.pace.before.median, "d", lead_time.METRIC.id),
        ("on time", whole.shares.on_time.rate, "share", "on-time"),
        ("in full", whole.shares.in_full.rate, "share", "in-full"),
        ("open lines", whole.open, "", otif.METRIC.id),
        ("overdue lines", whole.overdue, "", otif.METRIC.id),
        ("promise slip", slip, "d", "promise-slip"),
    ]
    return (
        *(Reading(name, value, unit, "supply", metric) for name, value, unit, metric in figures),
        Reading("on time and in full", both.rate, "share", "supply", otif.METRIC.id, both.low,
                both.high),
        Reading("on time and in full before", before.rate, "share", "supply", otif.METRIC.id,
                before.low, before.high),
        *readings("to come", whole.owed, "supply", otif.METRIC.id),
    )  # fmt: skip


def _table(
    seen: Bought, found: Mapping[Group, Figures], ranked: Sequence[Group], track: Track,
    slips: Slipping,
) -> Table:  # fmt: skip
    query, today = seen.query, seen.ask.today
    money, unit = column([found[value].owed for value in ranked])
    rows: list[tuple[Value, ...]] = []
    for value, amount in zip(ranked, money, strict=True):
        card = found[value]
        rows.append(
            (
                name_of(value), card.pace.now.median, card.pace.before.median,
                card.shares.both.rate, card.overdue, amount,
                card.to_come.said(today) if card.to_come else None,
            )
        )  # fmt: skip
    columns: tuple[Column, ...] = (
        Column((query.by or "supplier").capitalize(), "supply"),
        Column("Days", "supply", "d", lead_time.METRIC.id),
        Column("Before", "supply", "d", lead_time.METRIC.id),
        Column("On time, full", "supply", "share", otif.METRIC.id),
        Column("Overdue", "supply", "", otif.METRIC.id),
        Column("To come", "supply", unit, otif.METRIC.id),
        Column(f"{track.said(0.5)}, {track.said(0.8)} by".capitalize(), "supply"),
    )
    words = [slips.word(value) for value in ranked]
    if any(words):
        columns = (*columns, Column("Since", "supply"))
        rows = [(*row, word) for row, word in zip(rows, words, strict=True)]
    bold = frozenset(at for at, one in enumerate(ranked) if found[one].change == "slower")
    return Table(columns, tuple(rows), bold, len(rows), keys_of(ranked))


def _basis(session: Session, seen: Bought, whole: Figures) -> tuple[Basis, ...]:
    window, ask, now = seen.query.window, seen.ask, whole.pace.now
    start = midnight(now.since, ask.zone) if now.since else window.start
    due = int(whole.shares.both.n)
    return (
        basis(session, ask, slowdown.METRIC, start, window.end, n=now.n, open=now.open),
        basis(session, ask, lead_time.METRIC, start, window.end, n=now.n, open=now.open),
        basis(session, ask, otif.METRIC, window.start, window.end, n=due),
        basis(session, ask, expected_arrival.METRIC, start, ask.now, n=whole.open, open=whole.open),
    )


def _notes(seen: Bought, found: Mapping[Group, Figures]) -> list[str]:
    notes = []
    untested = sum(card.pace.test is None for card in found.values())
    if untested:
        have = "has" if untested == 1 else "have"
        notes.append(
            f"{untested} of {len(found)} {have} too few orders to tell whether they changed."
        )
    when = seen.query.window.label
    notes.append(
        f"Days are now against {seen.then.removeprefix('in ')}; deliveries are those due in the"
        f" {when}." if not seen.query.is_named
        else f"Days are of orders placed, deliveries of lines due, {seen.query.when}."
    )  # fmt: skip
    return notes


def _follow_ups(
    query: Query, found: Mapping[Group, Figures], ranked: Sequence[Group]
) -> tuple[FollowUp, ...]:
    window = f" {query.window.label}" if query.is_named else ""
    first = name_of(ranked[0])
    ups = []
    if query.by in (None, "supplier") and ranked[0] is not None:
        ups.append(FollowUp(first, f"suppliers {first}{window}", ("supply",)))
        ups.append(FollowUp(f"Who waits for {first}?", f"impact {first}", ("supply",)))
    other = "country" if query.by == "category" else "category"
    name = f" {query.label}" if query.named else ""
    ups.append(FollowUp(f"By {other}", f"suppliers{name} by {other}{window}"))
    ups.append(FollowUp("Lead times", f"lead-time{name} by supplier{window}"))
    return tuple(ups)


def _two_of_a_name(query: Query) -> Notice | None:
    """A choice where two suppliers of one source bear the name that was asked for."""
    if len(query.named) < 2 or len({(one.source, one.name) for one in query.named}) > 1:
        return None
    name = query.named[0].name
    ranked = sorted(query.named, key=lambda one: one.ref)
    choices = tuple(FollowUp(f"{one.name} ({one.ref})", f"suppliers {one.ref}") for one in ranked)
    return Notice(f"{len(ranked)} suppliers are called {name}", "Which one?", choices)


def _nothing(query: Query) -> Notice:
    return Notice(
        f"No purchases from {query.label}" if query.named else "No purchases yet",
        "Nothing was ordered, as far as I know. I need purchase orders and their receipts.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="suppliers",
    summary="Which suppliers got slower, and how well each delivers.",
    usage="suppliers [supplier] [by category | country] [window] [in site | currency]",
    examples=("suppliers", "suppliers by country", "suppliers this quarter"),
    topics=("supply",),
    answer=answer,
    synonyms=("supplier", "vendors", "vendor", "score card", "scorecard", "who slowed down"),
    asks=(
        "which suppliers got slower",
        "which suppliers slowed down",
        "how are our suppliers doing",
        "supplier score card",
        "rank our suppliers",
        "best and worst suppliers",
        "compare suppliers",
        "score card of a supplier",
        "supplier performance",
    ),
)
