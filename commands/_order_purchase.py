"""The card of a purchase: what has come, how its promise moved, when the rest will come."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from commands import Answer, Ask, Column, FollowUp, Reading, Sentence, Table, Value
from commands._basis import basis
from commands._lead_time_curves import carried_by, of_open
from commands._promise_words import moved
from commands._supply import Supply, supply
from commands._supply_words import SHARES, by, comes, day, heading, late
from commands._track_record import Track, record
from storage.forecasts.lead_time import MODEL
from storage.known.orders import Numbered, promises
from storage.known.purchases import Line, purchase_lines
from storage.metrics._trace import Node
from storage.metrics.expected_arrival import METRIC, Forecast, lateness


def purchase_card(session: Session, ask: Ask, order: Numbered) -> Answer:
    lines = [line for line in purchase_lines(session, ask.now) if line.order == order.key]
    chain = supply(session, ask)
    ledger = promises(session, ask.now, "purchaseline", [line.key for line in lines])
    slips = [text for line in lines if (text := moved(ledger.get(line.key, ())))]
    start = lines[0].ordered_at if lines else ask.now
    waiting = [line for line in lines if line.is_open]
    track = record(session, MODEL.id, ask.now)
    return Answer(
        title=f"Purchase {order.number}",
        summary=Sentence(_summary(chain, order, lines, track), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(chain, lines, slips, track)),
        readings=_readings(chain, lines),
        table=_table(chain, lines, track) if lines else None,
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=len(lines), open=len(waiting)),
        ),
        follow_ups=_follow_ups(order, waiting),
        statements=of_open(
            chain.arrivals.lead_times, ((line, _forecast(chain, line)) for line in waiting)
        ),
    )  # fmt: skip


def _due(line: Line) -> date | None:
    return line.promised_first or line.promised_on or line.planned_on


def _forecast(chain: Supply, line: Line) -> Forecast | None:
    return chain.arrivals.forecast(Node("purchaseline", line.key)) if line.is_open else None


def _summary(chain: Supply, order: Numbered, lines: Sequence[Line], track: Track) -> str:
    of = f"{order.number} from {order.party or 'an unknown supplier'}"
    waiting = [line for line in lines if line.is_open]
    if not lines:
        return f"**{of} has no lines** that are known."
    if not waiting:
        ends = [line.completed_on for line in lines if line.completed_on]
        if not ends:
            return f"**{of} was called off**."
        if off := sum(1 for line in lines if line.cancelled_on):
            return (
                f"**{len(lines) - off} of {len(lines)} lines of {of} are here**, {off} called off."
            )
        last_on = day(max(ends), chain.today)
        if any(line.called_off for line in lines):
            return f"**{of} is here, less what was called off**, the last since {last_on}."
        return f"**{of} is all here**, the last since {last_on}."
    last = max(waiting, key=lambda line: lateness(_forecast(chain, line)))
    stands = late(_due(last), chain.today)
    when = comes(_forecast(chain, last), track)
    return f"**{of}: {len(waiting)} of {len(lines)} lines open**, {stands}; {when}."


def _detail(chain: Supply, lines: Sequence[Line], slips: Sequence[str], track: Track) -> list[str]:
    if not lines:
        return []
    first = lines[0]
    parts = [f"Ordered {day(first.ordered_on, chain.today)}"]
    if first.acknowledged_on:
        parts.append(f"acknowledged {day(first.acknowledged_on, chain.today)}")
    if first.shipped_on:
        parts.append(f"shipped {day(first.shipped_on, chain.today)}")
    if slips:
        parts.append(slips[0])
    waiting = [line for line in lines if line.is_open]
    rests = carried_by(chain.arrivals.lead_times, waiting)
    told = [text for text in (rests, track.sentence() if waiting else None) if text]
    return [", ".join(parts) + ".", *told]


def _readings(chain: Supply, lines: Sequence[Line]) -> tuple[Reading, ...]:
    waiting = [line for line in lines if line.is_open]
    days = [(chain.today - due).days for line in waiting if (due := _due(line))]
    chances = [
        forecast.after(due)
        for line in waiting
        if (forecast := _forecast(chain, line)) and (due := _due(line))
    ]
    figures: list[tuple[str, float | None, str]] = [
        ("open lines", len(waiting), ""),
        ("lines", len(lines), ""),
        ("days late", max(days, default=None), "d"),
        ("chance to miss the date", max(chances, default=None), "share"),
    ]
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _table(chain: Supply, lines: Sequence[Line], track: Track) -> Table:
    rows: list[tuple[Value, ...]] = []
    for line in lines:
        forecast = _forecast(chain, line)
        rows.append(
            (
                line.item.name if line.item else "unknown", f"{line.received:g} of {line.qty:g}",
                day(line.promised_first, chain.today), day(line.promised_on, chain.today),
                by(forecast, 0.5), by(forecast, 0.8),
            )
        )  # fmt: skip
    shares = [heading(share, track) for share in SHARES]
    names = ("Item", "Received", "First promise", "Promised now", *shares)
    bold = frozenset(
        at for at, line in enumerate(lines)
        if line.is_open and (due := _due(line)) and due < chain.today
    )  # fmt: skip
    return Table(tuple(Column(name, "supply") for name in names), tuple(rows), bold, len(rows))


def _follow_ups(order: Numbered, waiting: Sequence[Line]) -> tuple[FollowUp, ...]:
    ups = []
    if waiting:
        ups.append(FollowUp("Who is affected?", f"impact {order.number}", ("supply",)))
    if order.party:
        ups.append(FollowUp(order.party, f"lead-time {order.party}", ("supply",)))
    return tuple(ups)
