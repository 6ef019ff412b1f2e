"""Which promised days of open orders have moved, how often and how far?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from statistics import median

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
from commands._deliveries_read import without_side
from commands._grammar import Query, read
from commands._promise_words import moved
from commands._promises_seen import Found, Moved, moved_lines, party
from storage.entities import Kind, entity
from storage.known.purchases import Line
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics.promise_slip import METRIC

SUPPLIERS, CUSTOMERS = ("supplier",), ("customer", "account")
SALES_NEEDS = ("salesorder", "salesline")


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    is_supply, rest = without_side(words)
    kinds = {None: (*SUPPLIERS, *CUSTOMERS), True: SUPPLIERS, False: CUSTOMERS}[is_supply]
    query = read(session, ask, rest, command=COMMAND.name, kinds=kinds, by=())
    if isinstance(query, Notice):
        return query
    if is_supply is None:
        is_supply = _is_supply(query, ask)
    found = moved_lines(session, ask, query, is_supply)
    return _answer(session, ask, found) if found.lines else _nothing(found)


def _is_supply(query: Query, ask: Ask) -> bool:
    """Whether suppliers' promises are meant: unless customers are named, or all one may see."""
    if query.named:
        return any(one.kind == "supplier" for one in query.named)
    return ask.grant.allows("supply")


def _answer(session: Session, ask: Ask, found: Found) -> Answer:
    metric = METRIC if found.is_supply else replace(METRIC, needs=SALES_NEEDS)
    window = found.query.window
    made = basis(
        session, ask, metric, window.start, window.end, n=len(found.lines), open=len(found.lines)
    )
    return Answer(
        title=f"Moved promises {found.query.label}".strip(),
        summary=Sentence(_summary(found), (found.topic,)),
        detail=tuple(Sentence(text, (found.topic,)) for text in _detail(found)),
        readings=_readings(found),
        table=_table(found) if found.moved else None,
        is_list=True,
        evidence=_evidence(found) if ask.wants_evidence else None,
        basis=(replace(made, history_from=found.history_from),),
        notes=tuple(Sentence(text, (found.topic,)) for text in _notes(found)),
        follow_ups=_follow_ups(found),
    )


def _summary(found: Found) -> str:
    of = f" of {found.query.label}" if found.query.named else ""
    count, every = len(found.moved), len(found.lines)
    lines = "1 open line" if every == 1 else f"{every:,} open lines"
    if not count:
        return f"**No promise{of} moved** {found.query.when}, of {lines}."
    first = found.moved[0]
    who = party(first.line)
    whose = f" {'from' if found.is_supply else 'for'} {who.name}" if who else ""
    now = first.line.promised_on
    stands = f", now {now:%-d %b %Y}" if now else ", now without a day"
    back = f"the promise was taken back{' and given again' if now else ''}"
    return (
        f"**The promise of {count:,} of {lines}{of} moved** {found.query.when}; the latest is"
        f" {first.line.number}{whose}: {moved(first.ledger) or back}{stands}."
    )


def _detail(found: Found) -> list[str]:
    days = [one.days for one in found.moved if one.days is not None]
    if not days:
        return []
    later, sooner = len(found.later), sum(1 for one in days if one < 0)
    are, farthest = "is" if later == 1 else "are", max(days, key=abs)
    text = f"{later:,} {are} later than first promised, {sooner:,} sooner"
    return [f"{text}; the farthest by {farthest:+d} d."]


def _readings(found: Found) -> tuple[Reading, ...]:
    days = [one.days for one in found.moved if one.days is not None]
    figures: list[tuple[str, float | None, str]] = [
        ("moved", len(found.moved), ""),
        ("later", len(found.later), ""),
        ("moved by, median", median(days) if days else None, "d"),
        ("farthest", max(days, default=None), "d"),
        ("moves", sum(one.times for one in found.moved), ""),
        ("open lines", len(found.lines), ""),
    ]
    return tuple(
        Reading(name, value, unit, found.topic, METRIC.id) for name, value, unit in figures
    )


def _table(found: Found) -> Table:
    """The line that moved last first; bold what moved often."""
    rows: list[tuple[Value, ...]] = []
    for one in found.moved:
        who, now = party(one.line), one.line.promised_on
        rows.append((one.line.number, who.name if who else "unknown", _day(one.first), _day(now),
                     one.days, one.times))  # fmt: skip
    columns = (
        Column("Order", found.topic),
        Column("Supplier" if found.is_supply else "Customer", found.topic),
        Column("First", found.topic),
        Column("Now", found.topic),
        Column("Moved", found.topic, "d", METRIC.id),
        Column("Times", found.topic, "", METRIC.id),
    )
    kind: Kind = "purchaseline" if found.is_supply else "salesline"
    keys = tuple(entity(kind, one.line.key) for one in found.moved)
    bold = frozenset(at for at, one in enumerate(found.moved) if one.times > 1)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _evidence(found: Found) -> Table:
    """Every open line, with what became of its promise."""
    by_key: Mapping[Key, Moved] = {one.line.key: one for one in found.moved}
    rows: list[tuple[Value, ...]] = []
    for line in found.lines:
        one, who = by_key.get(line.key), party(line)
        rows.append((
            line.number, who.name if who else None, line.item.name if line.item else None,
            line.ordered_on.isoformat(), _day(one.first if one else line.promised_first),
            _day(line.promised_on), one.days if one else None, one.times if one else 0,
            _state(line, one),
        ))  # fmt: skip
    names = ("Order", "Supplier" if found.is_supply else "Customer", "Item", "Ordered", "First",
             "Now", "Moved", "Times", "State")  # fmt: skip
    columns = tuple(Column(one, "supply" if one == "Item" else found.topic) for one in names)
    return Table(columns, tuple(rows), total=len(rows))


def _state(line: Line | SalesLine, one: Moved | None) -> str:
    if one is not None:
        return "moved"
    return "as it was" if line.promised_on else "left out: no promise"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _notes(found: Found) -> list[str]:
    notes = ["Of what is open; a move counts on the day on which it was seen."]
    if found.history_from is None:
        notes.append("No promise has been seen yet.")
    return notes


def _follow_ups(found: Found) -> tuple[FollowUp, ...]:
    other = "customers" if found.is_supply else "suppliers"
    ups = []
    if found.moved:
        first = found.moved[0].line
        ups.append(FollowUp(f"Order {first.number}", f"order {first.number}", (found.topic,)))
        who = party(first)
        if who:
            line = f"{'suppliers' if found.is_supply else 'customer'} {who.name}"
            ups.append(FollowUp(who.name, line, (found.topic,)))
    return (*ups, FollowUp(f"Promises of {other}", f"promises {other}"))


def _nothing(found: Found) -> Notice:
    of = f" of {found.query.label}" if found.query.named else ""
    return Notice(
        f"Nothing{of} is open",
        "No order there waits for anything, as far as I know, so no promise can move.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="promises",
    summary="Which promised days of open orders moved, how often and how far.",
    usage="promises [suppliers | customers] [supplier or customer] [window] [in site]",
    examples=("promises", "promises customers", "promises last 30 days"),
    topics=("supply", "customers"),
    answer=answer,
    synonyms=("moved promises", "promise changes", "slipped promises", "promise slips"),
    asks=(
        "which promises moved",
        "which promised dates were moved",
        "which promises slipped",
        "which delivery dates were postponed",
        "who keeps moving promised dates",
        "promised date changed",
        "postponed deliveries",
    ),
)
