"""Why is a customer, or an order, late? Each link back to the purchase that is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
    Topic,
    Value,
)
from commands._basis import basis
from commands._grammar import find, shorten
from commands._lead_time_curves import of_open
from commands._order_told import told_of
from commands._supply import Supply, supply
from commands._supply_words import by, comes, day, heading, item_name, late, way
from commands._track_record import record
from commands._window import last_days
from storage.forecasts import lead_time
from storage.issued import Statement
from storage.known.customers import identities
from storage.known.orders import numbered
from storage.known.sales import SalesLine
from storage.metrics._trace import Hop, Node
from storage.metrics.expected_arrival import METRIC

ALL: tuple[Topic, ...] = ("customers", "supply")
LATE = "late orders"


@dataclass(frozen=True)
class _Cause:
    """An open line and the slowest of the ways up from it; null where nothing is traced."""

    line: SalesLine
    way: tuple[Hop, ...] | None
    gap: str | None

    def supply(self) -> Node | None:
        return self.way[-1].supply if self.way else None


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    chain, phrase = supply(session, ask), " ".join(words)
    lines = _of_order(session, ask, chain, phrase) if words else _late(chain)
    label = phrase.upper() or LATE
    if lines is None:
        named = find(session, ask, phrase, ("customer", "account"), COMMAND.name)
        if isinstance(named, Notice):
            return named
        label = named[0].name
        who = identities(session)
        asked = {who.get(key, key) for one in named for key in [(one.source, one.ref)]}
        lines = chain.lines_of({key for key, top in who.items() if top in asked} | asked)
    if not lines:
        undated = sum(1 for line in chain.chain.sales.values() if line.due_on is None)
        return _nothing(label, undated)
    chain.arrivals.tell([Node("salesline", line.key) for line in lines])
    causes = [_cause(chain, line) for line in lines]
    first = _worst(chain, causes)
    year = last_days(365, ask.now, ask.zone)
    return Answer(
        title=f"Why {label}",
        summary=Sentence(_summary(chain, first) if words else _overview(chain, causes), ALL),
        detail=_detail(session, ask, chain, first) if words else (),
        readings=_readings(chain, causes),
        table=_table(chain, causes),
        basis=(basis(session, ask, METRIC, year.start, ask.now, n=len(causes), open=len(causes)),),
        notes=_notes(chain, causes),
        follow_ups=_follow_ups(chain, first),
        statements=(*told_of(chain, lines, (0.8,)), *(_of_supply(chain, first) if words else ())),
    )


def _of_order(session: Session, ask: Ask, chain: Supply, number: str) -> list[SalesLine] | None:
    """The open lines of a sales order of that number; null where there is none."""
    if not ask.grant.allows("customers"):
        return None
    orders = {one.key for one in numbered(session, ask.now, number) if one.kind == "sale"}
    if not orders:
        return None
    return [line for line in chain.chain.sales.values() if line.order in orders]


def _late(chain: Supply) -> list[SalesLine]:
    """All open lines that are past their day."""
    late = (line for line in chain.chain.sales.values() if line.due_on)
    return sorted(
        (line for line in late if line.due_on and line.due_on < chain.today),
        key=lambda line: (line.due_on, line.number, line.key),
    )


def _cause(chain: Supply, line: SalesLine) -> _Cause:
    node = Node("salesline", line.key)
    slowest = chain.slowest(node)
    gaps = chain.trace.gaps.get(slowest[-1].supply if slowest else node) or (
        chain.trace.gaps.get(node)
    )
    gap = item_name(chain.chain, gaps[0].item) if gaps else None
    return _Cause(line, slowest, gap)


def _worst(chain: Supply, causes: Sequence[_Cause]) -> _Cause:
    """The one to speak of: the most days late, then the one whose supply is there last."""

    def rank(one: _Cause) -> tuple[int, int]:
        due = one.line.due_on
        forecast = chain.forecast(one.line)
        half = forecast.draws[len(forecast.draws) // 2] if forecast else 0
        return ((chain.today - due).days if due else -(10**6), half)

    return max(causes, key=rank)


def _summary(chain: Supply, one: _Cause) -> str:
    line = one.line
    what = f"{line.number} ({line.item.name})" if line.item else line.number
    of = f" of {line.customer.name}" if line.customer else ""
    stands = late(line.due_on, chain.today)
    at = one.supply()
    if at is None or one.gap:
        missing = f"nothing known is for {one.gap}" if one.gap else "no supply is known for it"
        return f"**{what}{of} can't be traced**: it is {stands}, and {missing}."
    if at.kind == "stock":
        return f"**{what}{of} waits for nothing**: what it needs lies in stock; it is {stands}."
    if at.kind == "makeorder":
        return f"**{what}{of} waits for production {chain.number_of(at)}**; it is {stands}."
    supplier = chain.supplier_of(at)
    purchase = chain.chain.purchases[at.key]
    who = supplier.name if supplier else "an unknown supplier"
    item = purchase.item.name if purchase.item else "goods"
    return f"**{what}{of} waits for {who}**: {item} of {purchase.number}; it is {stands}."


def _overview(chain: Supply, causes: Sequence[_Cause]) -> str:
    """Whom most of the late lines wait for."""
    found = Counter(_waits_for(chain, one) for one in causes)
    (who, count), *_ = found.most_common(1)
    others = len(found) - 1
    text = f"**{count} of {len(causes)} late lines wait for {who}**"
    return f"{text}, the others for {others} more." if others else f"{text}."


def _waits_for(chain: Supply, one: _Cause) -> str:
    at = one.supply()
    if at is None or one.gap:
        return "what can't be traced"
    if at.kind == "stock":
        return "what lies in stock"
    if at.kind == "makeorder":
        return "production"
    supplier = chain.supplier_of(at)
    return supplier.name if supplier else "an unknown supplier"


def _of_supply(chain: Supply, one: _Cause) -> tuple[Statement, ...]:
    """What is told of the purchase that a line waits for."""
    at = one.supply()
    if at is None or at.kind != "purchaseline":
        return ()
    told = (chain.chain.purchases[at.key], chain.arrivals.forecast(at))
    return of_open(chain.arrivals.lead_times, [told])


def _detail(session: Session, ask: Ask, chain: Supply, one: _Cause) -> tuple[Sentence, ...]:
    at = one.supply()
    if at is None or at.kind != "purchaseline":
        return ()
    purchase = chain.chain.purchases[at.key]
    promised = purchase.promised_first or purchase.promised_on
    stands = f"promised for {day(promised, chain.today)}" if promised else "without a promise"
    age = (chain.today - purchase.ordered_on).days
    text = f"{purchase.number} was ordered {age} days ago, {stands};"
    track = record(session, lead_time.MODEL.id, ask.now)
    return (
        Sentence(f"{text} {comes(chain.arrivals.forecast(at), track)}.", ("supply",)),
        Sentence(
            f"So {one.line.number} can {'be there' if chain.reaches else 'go out'}"
            f" {comes(chain.forecast(one.line), chain.track)}.",
            ("customers",),
        ),
    )


def _readings(chain: Supply, causes: Sequence[_Cause]) -> tuple[Reading, ...]:
    due = [(chain.today - one.line.due_on).days for one in causes if one.line.due_on]
    figures: list[tuple[str, float | None, str]] = [
        ("open lines", len(causes), ""),
        ("late lines", sum(1 for days in due if days > 0), ""),
        ("days late", max(due, default=None), "d"),
        ("can't be traced", sum(1 for one in causes if one.way is None or one.gap), ""),
    ]
    return tuple(
        Reading(name, value, unit, "customers", METRIC.id) for name, value, unit in figures
    )


def _table(chain: Supply, causes: Sequence[_Cause]) -> Table:
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for number, one in enumerate(causes):
        forecast = chain.forecast(one.line)
        traced = way(chain, one.way) if one.way else "can't be traced"
        rows.append(
            (
                one.line.number, late(one.line.due_on, chain.today), by(forecast, 0.8),
                _waits_for(chain, one),
                f"{traced}; nothing is for {one.gap}" if one.gap and one.way else traced,
            )
        )  # fmt: skip
        if one.line.due_on and one.line.due_on < chain.today:
            bold.add(number)
    columns = (
        Column("Order", "customers"),
        Column("Stands", "customers"),
        Column(heading(0.8, chain.track), "customers"),
        Column("Waits for", "supply"),
        Column("How it hangs together", "supply"),
    )
    return Table(columns, tuple(rows), frozenset(bold), len(rows))


def _notes(chain: Supply, causes: Sequence[_Cause]) -> tuple[Sentence, ...]:
    notes = []
    if chain.left_out and any(one.way for one in causes):
        notes.append(Sentence(chain.left_out, ("customers",)))
    stages = chain.arrivals.stages
    if stages and stages.together:
        text = "Nearly all orders leave whole: a line waits for the last one of its order."
        notes.append(Sentence(text, ("customers",)))
    if any(hop.how == "inferred" for one in causes for hop in one.way or ()):
        text = "Inferred: first in, first out, where the source reserves nothing."
        notes.append(Sentence(text, ("supply",)))
    return tuple(notes)


def _follow_ups(chain: Supply, one: _Cause) -> tuple[FollowUp, ...]:
    at = one.supply()
    supplier = chain.supplier_of(at) if at else None
    ups = []
    if supplier:
        label = f"Who else waits for {supplier.name}?"
        ups.append(FollowUp(label, f"impact {supplier.name}", ("supply",)))
        ups.append(FollowUp(supplier.name, f"lead-time {supplier.name}", ("supply",)))
    note = f"order {one.line.number} for the customer"
    return (*ups, FollowUp("Note for the customer", note, ("customers",)))


def _nothing(label: str, undated: int) -> Notice:
    if label == LATE and undated:
        text = f"No open line with a day is past it; {undated} have none, so these can't be told."
        return Notice("Nothing is known to be late", text, (FollowUp("Data status", "status"),))
    if label == LATE:
        text = "No open line is past its day. Write a customer or an order number after `why`."
        return Notice("Nothing is late", text, (FollowUp("Exposed customers", "exposed"),))
    return Notice(
        f"Nothing is open of {shorten(label)}",
        "All that was ordered has gone out or was called off, as far as I know.",
        (FollowUp("Exposed customers", "exposed"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="why",
    summary="Why a customer or an order is late: each link back to the purchase that is missing.",
    usage="why [customer or order number]",
    examples=("why",),
    topics=("customers", "supply"),
    answer=answer,
    synonyms=("why is", "what holds up", "cause of"),
    asks=(
        "why is a customer late",
        "why is an order late",
        "what holds up an order",
        "what is blocking the delivery",
        "reason for the delay",
        "what is missing for an order",
        "why are we late",
        "which supplier causes our late orders",
    ),
)
