"""Which customers will feel it when a supplier, an order or an item is late?"""

from collections.abc import Sequence

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
from commands._grammar import find
from commands._money import column, readings, said
from commands._order_told import told_of
from commands._supply import Supply, supply
from commands._supply_words import by, heading, late, way
from commands._window import last_days
from storage.entities import entity
from storage.known.orders import numbered
from storage.known.rates import Sums
from storage.links import Key
from storage.metrics.supplier_impact import METRIC, Hit, Impact, impact, purchases_of

LATE, OPEN = "late purchases", "open purchases"


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    chain, phrase = supply(session, ask), " ".join(words)
    late_ones = _overdue(chain)
    label = phrase or (LATE if late_ones else OPEN)
    if words:
        chosen = _of_order(session, ask, chain, phrase)
    else:
        chosen = late_ones or list(chain.chain.purchases)
    if chosen is None:
        named = find(session, ask, phrase, ("supplier", "item"), COMMAND.name)
        if isinstance(named, Notice):
            return named
        keys = {
            kind: [(one.source, one.ref) for one in named if one.kind == kind]
            for kind in ("supplier", "item")
        }
        chosen = purchases_of(chain.chain, suppliers=keys["supplier"], items=keys["item"])
        label = ", ".join(dict.fromkeys(one.name for one in named))
    if not chosen:
        return _nothing(label)
    found = impact(chosen, chain.chain, chain.trace, chain.arrivals, chain.rates, ask.today)
    year = last_days(365, ask.now, ask.zone)
    return Answer(
        title=f"Impact of {label}",
        summary=Sentence(_summary(label, found), ("supply", "customers")),
        detail=_detail(found),
        readings=_readings(found),
        table=_table(chain, found) if found.hits else None,
        is_list=True,
        basis=(
            basis(
                session, ask, METRIC, year.start, ask.now, n=found.purchases, open=found.purchases
            ),
        ),
        notes=_notes(chain, found),
        follow_ups=_follow_ups(label, found),
        statements=told_of(chain, [hit.line for hit in found.hits if hit.state], (0.8,)),
    )


def _overdue(chain: Supply) -> list[Key]:
    """Open purchase lines whose first promise is over."""
    return [
        line.key
        for line in chain.chain.purchases.values()
        if (due := line.promised_first or line.promised_on) and due < chain.today
    ]


def _of_order(session: Session, ask: Ask, chain: Supply, number: str) -> list[Key] | None:
    """The open lines of a purchase of that number; null where there is no such purchase."""
    if not ask.grant.allows("supply"):
        return None
    orders = {one.key for one in numbered(session, ask.now, number) if one.kind == "purchase"}
    if not orders:
        return None
    return [line.key for line in chain.chain.purchases.values() if line.order in orders]


def _summary(label: str, found: Impact) -> str:
    lines = f"{found.purchases} open purchase line{'s' if found.purchases != 1 else ''}"
    if not found.hits:
        return f"**Nobody is known to wait for {label}**: no order can be traced to {lines}."
    customers = f"{found.customers} customer{'s' if found.customers != 1 else ''}"
    wait = "wait" if found.customers != 1 else "waits"
    return f"**{customers} {wait} for {label}**: {len(found.hits)} lines hang on {lines}."


def _detail(found: Impact) -> tuple[Sentence, ...]:
    if not found.hits:
        return ()
    count = len(found.late)
    text = f"{count} of {len(found.hits)} are late or will likely be"
    return (
        Sentence(f"{text}.", ("customers",)),
        Sentence(f"What has not gone out to them is worth {said(found.value)}.", ("revenue",)),
    )


def _readings(found: Impact) -> tuple[Reading, ...]:
    counts: list[tuple[str, int, Topic]] = [
        ("customers", found.customers, "customers"),
        ("lines that wait", len(found.hits), "customers"),
        ("lines late or likely late", len(found.late), "customers"),
        ("open purchase lines", found.purchases, "supply"),
        ("purchase lines that nobody waits for", found.idle, "supply"),
    ]
    return (
        *(Reading(name, value, "", topic, METRIC.id) for name, value, topic in counts),
        *readings("value that waits", found.value, "revenue", METRIC.id),
    )


def _table(chain: Supply, found: Impact) -> Table:
    sums = [chain.rates.total([hit.rest]) if hit.rest.value is not None else Sums(unknown=1)
            for hit in found.hits]  # fmt: skip
    money, unit = column(sums)
    rows: list[tuple[Value, ...]] = [
        (
            hit.line.customer.name if hit.line.customer else "unknown",
            f"{hit.line.number}, {late(hit.line.due_on, chain.today)}",
            amount,
            by(hit.state.forecast, 0.8) if hit.state else None,
            way(chain, hit.way, upwards=False),
        )
        for hit, amount in zip(found.hits, money, strict=True)
    ]
    columns = (
        Column("Customer", "customers"),
        Column("Order", "customers"),
        Column("Not sent", "revenue", unit, METRIC.id),
        Column(heading(0.8, chain.track), "customers"),
        Column("How it hangs together", "supply"),
    )
    late_ones = set(found.late)
    bold = frozenset(at for at, hit in enumerate(found.hits) if hit in late_ones)
    keys = tuple(entity("salesline", hit.line.key) for hit in found.hits)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _notes(chain: Supply, found: Impact) -> tuple[Sentence, ...]:
    notes = []
    if found.hits and chain.left_out:
        notes.append(Sentence(chain.left_out, ("customers",)))
    if found.idle:
        text = f"{found.idle} of {found.purchases} purchase lines have nobody waiting that is known"
        notes.append(Sentence(f"{text}.", ("supply",)))
    if any(hit.how == "inferred" for hit in found.hits):
        text = "Inferred: first in, first out, where the source reserves nothing"
        notes.append(Sentence(f"{text}.", ("supply",)))
    return tuple(notes)


def _follow_ups(label: str, found: Impact) -> tuple[FollowUp, ...]:
    ups = []
    if found.hits:
        first: Hit = (found.late or found.hits)[0]
        if first.line.customer:
            number = first.line.number
            ups.append(FollowUp(f"Why is {number} late?", f"why {number}", ("customers",)))
    return (
        *ups,
        FollowUp("Exposed", "exposed"),
        _times(label),
    )


def _times(label: str) -> FollowUp:
    if label in (LATE, OPEN):
        return FollowUp("Lead times", "lead-time")
    return FollowUp("Lead time", f"lead-time {label}", ("supply",))


def _nothing(label: str) -> Notice:
    return Notice(
        "Nothing is open" if label == OPEN else f"Nothing is open of {label}",
        "No purchase of it is open, so nobody waits for it.",
        (_times(label), FollowUp("Exposed", "exposed")),
    )


COMMAND = Command(
    name="impact",
    summary="Which customers wait for what a supplier has not delivered yet.",
    usage="impact [supplier, item or purchase number]",
    examples=("impact",),
    topics=("supply", "customers", "revenue"),
    answer=answer,
    synonyms=("blast radius", "who is affected", "who waits for", "affected by"),
    asks=(
        "who is affected by a supplier",
        "who waits for it",
        "which customers wait for a supplier",
        "who feels it if a supplier is late",
        "blast radius of a supplier",
        "impact of a delay",
        "which orders hang on a purchase",
        "which customer orders depend on an item",
    ),
)
