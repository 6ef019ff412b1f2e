"""The card of a production order: what is made, what it lacks, and which customers wait."""

from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import Session

from commands import Answer, Ask, Column, FollowUp, Reading, Sentence, Table, Value
from commands._basis import basis
from commands._making_seen import Missing, Open, seen, stands
from commands._making_seen import comes as comes_by
from commands._supply import Supply, supply
from commands._supply_words import comes, day, item_name
from commands._window import midnight
from storage.known.making import Making, make_orders
from storage.known.orders import Numbered
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics._trace import Node
from storage.metrics.expected_arrival import METRIC, lateness

NAMED = 3


def make_card(session: Session, ask: Ask, order: Numbered) -> Answer:
    chain = supply(session, ask)
    (make,) = (one for one in make_orders(session, ask.now) if one.key == order.key)
    state = seen(chain, make) if make.is_open else None
    lines = _for_whom(chain, make)
    begun = make.released_on or make.started_on
    return Answer(
        title=f"Production {order.number}",
        summary=Sentence(_summary(chain, make, state), ("supply",)),
        detail=_detail(chain, state, lines),
        readings=_readings(chain, make, state, lines),
        table=_table(chain, make, state),
        basis=(
            basis(
                session, ask, METRIC, midnight(begun, ask.zone) if begun else ask.now, ask.now,
                n=1, open=int(make.is_open),
            ),
        ),
        notes=_notes(chain, make),
        follow_ups=_follow_ups(chain, make, state, lines),
    )  # fmt: skip


def _for_whom(chain: Supply, make: Making) -> list[SalesLine]:
    """Open sales lines that wait for it, however many productions lie between; first due first."""
    ways = chain.trace.affected(Node("makeorder", make.key))
    ends = {way[-1].demand.key for way in ways if way[-1].demand.kind == "salesline"}
    lines = [chain.chain.sales[key] for key in ends]
    return sorted(lines, key=lambda line: (str(line.due_on or "9"), line.number, line.key))


def _summary(chain: Supply, make: Making, state: Open | None) -> str:
    what = f"{make.qty:g} {make.item.name}" if make.item else f"{make.qty:g} of an unknown item"
    of = f"{make.number}: {what}"
    if make.finished_on:
        return f"**{of}, finished** on {day(make.finished_on, chain.today)}."
    if make.cancelled_on or state is None:
        return f"**{of}, called off** on {day(make.cancelled_on, chain.today)}."
    if not (make.released_on or make.started_on):
        return f"**{of}, planned** and not released; {comes(state.forecast)}."
    return f"**{of}, {stands(state, chain.today)}**; {comes(state.forecast)}."


def _detail(chain: Supply, state: Open | None, lines: Sequence[SalesLine]) -> tuple[Sentence, ...]:
    found = []
    if state:
        found.append(Sentence(_lacks(chain, state), ("supply",)))
    if lines:
        found.append(Sentence(_who_waits(lines), ("customers",)))
    return tuple(found)


def _lacks(chain: Supply, state: Open) -> str:
    last = state.last()
    if last is None:
        return "All that it needs is there."
    of = f" of {chain.number_of(last.supply)}" if last.supply else ""
    when = comes(last.forecast) if last.supply else "nothing is ordered that is left for it"
    verb = "waits for" if state.waits else "still lacks"
    return f"It {verb} {last.qty:g} {last.name}{of}: {when}."


def _who_waits(lines: Sequence[SalesLine]) -> str:
    names = list(dict.fromkeys(
        f"{line.customer.name if line.customer else 'an unknown customer'} ({line.number})"
        for line in lines
    ))  # fmt: skip
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    verb = "waits" if len(names) == 1 else "wait"
    return f"{', '.join(names[:NAMED])}{more} {verb} for it."


def _readings(
    chain: Supply, make: Making, state: Open | None, lines: Sequence[SalesLine]
) -> tuple[Reading, ...]:
    planned = make.planned_finish_on
    forecast = state.forecast if state else None
    figures: list[tuple[str, float | Decimal | None, str]] = [
        ("still to make", make.rest, ""),
        ("components missing", len({one.item for one in state.missing}) if state else 0, ""),
        ("days late", (chain.today - planned).days if planned and make.is_open else None, "d"),
        ("chance to miss the date", forecast.after(planned) if forecast and planned else None,
         "share"),
    ]  # fmt: skip
    customers = len({line.customer for line in lines if line.customer})
    return (
        *(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures),
        Reading("customers who wait", customers, "", "customers", METRIC.id),
    )


def _table(chain: Supply, make: Making, state: Open | None) -> Table | None:
    """What goes into it: how much is needed, used and missing, and when that comes."""
    needed = _needed(chain, make)
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for item, qty in needed.items():
        missing = [one for one in state.missing if one.item == item] if state else []
        last = max(missing, key=lambda one: lateness(one.forecast), default=None)
        if missing:
            bold.add(len(rows))
        rows.append(
            (
                item_name(chain.chain, item), qty, make.used.get(item, Decimal(0)),
                sum((one.qty for one in missing), Decimal(0)), _source(chain, last, make),
                comes_by(last, chain.today) if last else None,
            )
        )  # fmt: skip
    names = ("Component", "Needed", "Used", "Missing", "From", "Half by")
    columns = tuple(Column(name, "supply") for name in names)
    return Table(columns, tuple(rows), frozenset(bold), len(rows)) if rows else None


def _needed(chain: Supply, make: Making) -> dict[Key, Decimal]:
    """Of each component what the bill says; of one that it does not name what was used."""
    bill = chain.chain.bills.get((make.item.source, make.item.ref), ()) if make.item else ()
    found: dict[Key, Decimal] = dict.fromkeys(make.used, Decimal(0))
    for need in bill:
        key = (need.component.source, need.component.ref)
        found[key] = found.get(key, Decimal(0)) + need.qty * make.qty
    return found


def _source(chain: Supply, last: Missing | None, make: Making) -> str | None:
    if last is None:
        return "stock" if make.is_open else None
    if last.supply is None:
        return None
    supplier = chain.supplier_of(last.supply)
    return f"{chain.number_of(last.supply)}{f', {supplier.name}' if supplier else ''}"


def _notes(chain: Supply, make: Making) -> tuple[Sentence, ...]:
    if not make.is_open or _needed(chain, make):
        return ()
    text = "What goes into it is not known: it has no bill of material."
    return (Sentence(text, ("supply",)),)


def _follow_ups(
    chain: Supply, make: Making, state: Open | None, lines: Sequence[SalesLine]
) -> tuple[FollowUp, ...]:
    ups = []
    last = state.last() if state else None
    if last and last.supply:
        number = chain.number_of(last.supply)
        ups.append(FollowUp(number, f"order {number}", ("supply",)))
    if lines:
        number = lines[0].number
        ups.append(FollowUp(f"Why {number}?", f"why {number}", ("customers",)))
    if make.item:
        name = make.item.name
        ups.append(FollowUp(f"Production of {name}", f"production {name}", ("supply",)))
    return tuple(ups)
