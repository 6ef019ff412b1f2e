"""The card of one supplier: how long it takes, how it delivers, what is open, what is not true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from commands._basis import basis
from commands._churn_words import percent
from commands._contract import (
    Answer,
    Basis,
    Column,
    FollowUp,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._duration_words import days, orders, rests_on
from commands._lead_time_curves import NewOrder, new_order, to_come
from commands._money import readings, said
from commands._purchase_rows import purchase_rows
from commands._slipping_seen import slipping
from commands._supplier_seen import Card, Group, Seen, name_of, oldest
from commands._supplier_words import (
    change,
    line_count,
    moves,
    moves_rest,
    of_lines,
    on_time_and_in_full,
    overdue,
    plan,
    scope,
)
from commands._window import midnight
from storage.forecasts.lead_time import used
from storage.known import Named
from storage.known.purchases import Line
from storage.metrics import lead_time, lead_time_variability, otif, promise_slip, slowdown
from storage.metrics import unacknowledged as acknowledgements
from storage.metrics._durations import Duration
from storage.metrics.lead_time_variability import Spread
from storage.metrics.planned_vs_actual import by_item_and_supplier, gaps
from storage.metrics.supplier_lead_time import METRIC as SHIPPING
from storage.metrics.supplier_lead_time import shipping
from storage.metrics.unacknowledged import Waiting, unacknowledged

Row = tuple[str, str, str, str]
# where a figure has no counterpart before, or rests on nothing more
NONE = "–"
MOST_PLANS = 2


def answer_of(session: Session, seen: Seen, value: Group, card: Card, spread: Spread) -> Answer:
    """The card of a supplier, of whose orders there is at least one; `spread`: how much its lead
    times differ, or those of what it is part of."""
    name = name_of(value)
    lines = card.lines
    ships = _ships(seen, lines)
    waiting = unacknowledged(lines, seen.told.acknowledged, seen.ask.today)
    table = _table(seen, name, card, spread, ships, waiting)
    slips = slipping(session, seen.ask, seen.query)
    new = _new_order(session, seen, value, name)
    return Answer(
        title=f"Supplier {name}",
        summary=Sentence(_summary(name, card), ("supply",)),
        detail=tuple(
            Sentence(text, ("supply",))
            for text in [
                change(card, seen.then), *filter(None, [slips.sentence(value)]), _overdue(card),
                *to_come(session, new, seen.ask),
            ]
        ),
        readings=_readings(card, spread, ships, waiting),
        table=table,
        evidence=purchase_rows(seen.counted(lines)) if seen.ask.wants_evidence else None,
        basis=(*_basis(session, seen, card, spread), *slips.basis(session, value)),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(seen, card)),
        follow_ups=_follow_ups(seen, name, card, waiting),
        statements=new.statements() if new else (),
    )  # fmt: skip


def _overdue(card: Card) -> str:
    return overdue(len(card.open), len(card.overdue), card.owed)


def _new_order(session: Session, seen: Seen, value: Group, name: str) -> NewOrder | None:
    """An order placed today, where the question is of these days and a fit knows of it."""
    if seen.query.is_named or not isinstance(value, Named):
        return None
    return new_order(used(session, seen.ask.now), [value], "supplier", name, seen.ask)


def _ships(seen: Seen, lines: Sequence[Line]) -> Duration | None:
    """The supplier's own time; null where the source does not tell of both days."""
    tells = seen.told.acknowledged & seen.told.shipped
    if not any(line.key[0] in tells for line in lines):
        return None
    if seen.query.is_named:
        return shipping(seen.placed(lines), tells).placed(seen.ask.today)
    return shipping(lines, tells).now(seen.ask.today)


def _summary(name: str, card: Card) -> str:
    now = card.pace.now
    if now.median is None:
        text = f"**{name}: lead time not yet estimable** ({orders(now.n)}, {now.open} open)"
    else:
        text = f"**{name} takes {days(now.median)}** (median)"
    return f"{text}; {on_time_and_in_full(card.shares)}."


def _table(
    seen: Seen, name: str, card: Card, spread: Spread, ships: Duration | None,
    waiting: list[Waiting] | None,
) -> Table:  # fmt: skip
    now, before = card.pace.now, card.pace.before
    rests = f"{orders(now.n)}, {now.open} open"
    rows: list[Row] = [
        ("Lead time, median", _days(now.median), _days(before.median), rests),
        ("9 in 10 within", _days(now.p90), _days(before.p90), rests),
        ("9 in 10 by median", _times(spread.ratio), NONE, scope(spread, name)),
        ("Standard deviation", _days(spread.sd), NONE, scope(spread, name)),
        _own(ships),
        *_shares(card),
        ("Promise moved", moves(card.slips), NONE, moves_rest(card.slips)),
        _acknowledged(waiting),
        ("Open", line_count(len(card.open)), NONE, f"{said(card.owed)} to come"),
        ("Overdue", line_count(len(card.overdue)), NONE, _since(card)),
    ]
    columns = tuple(Column(one, "supply") for one in ("", "Now", "Before", "Rests on"))
    found: tuple[tuple[Value, ...], ...] = tuple(rows)
    bold = frozenset({0}) if card.change == "slower" else frozenset()
    return Table(columns, found, bold, len(rows))


def _shares(card: Card) -> list[Row]:
    pairs = [
        ("On time", card.shares.on_time, card.before.on_time),
        ("In full", card.shares.in_full, card.before.in_full),
        ("On time and in full", card.shares.both, card.before.both),
    ]
    return [
        (label, percent(share.rate), percent(then.rate), of_lines(share))
        for label, share, then in pairs
    ]


def _own(ships: Duration | None) -> Row:
    label = "Acknowledged to shipped"
    if ships is None:
        return label, "n/a", NONE, "this source does not tell of both days"
    return label, _days(ships.median), NONE, f"{orders(ships.n)}, {ships.open} open"


def _acknowledged(waiting: list[Waiting] | None) -> Row:
    if waiting is None:
        return "Unacknowledged", "n/a", NONE, "this source tells of no acknowledgements"
    oldest_one = f"oldest {days(waiting[0].days)}" if waiting else NONE
    return "Unacknowledged", orders(len(waiting)), NONE, oldest_one


def _since(card: Card) -> str:
    first = oldest(card.overdue)
    return f"the first since {first:%-d %b %Y}" if first else NONE


def _readings(
    card: Card, spread: Spread, ships: Duration | None, waiting: list[Waiting] | None
) -> tuple[Reading, ...]:
    now, before, test = card.pace.now, card.pace.before, card.pace.test
    lead, slower, due = lead_time.METRIC.id, slowdown.METRIC.id, otif.METRIC.id
    varies, slip = lead_time_variability.METRIC.id, promise_slip.METRIC.id
    figures: list[tuple[str, float | None, str, str]] = [
        ("median", now.median, "d", lead),
        ("9 in 10 within", now.p90, "d", lead),
        ("orders", now.n, "", lead),
        ("open share", now.open / now.n if now.n else None, "share", lead),
        ("median before", before.median, "d", lead),
        ("9 in 10 before", before.p90, "d", lead),
        ("log-rank p", test.p if test else None, "", slower),
        ("9 in 10 by median", spread.ratio, "times", varies),
        ("median distance from the median", spread.mad, "d", varies),
        ("standard deviation", spread.sd, "d", varies),
        ("coefficient of variation", spread.cv, "times", varies),
        ("acknowledged to shipped", ships.median if ships else None, "d", SHIPPING.id),
        ("on time", card.shares.on_time.rate, "share", "on-time"),
        ("in full", card.shares.in_full.rate, "share", "in-full"),
        ("on time and in full", card.shares.both.rate, "share", due),
        ("on time and in full before", card.before.both.rate, "share", due),
        ("promise slip", card.slips.mean, "d", slip),
        ("promise changes a line", card.slips.changes, "", slip),
        ("lines with unknown slip", card.slips.unknown, "", slip),
        ("unacknowledged", None if waiting is None else len(waiting), "",
         acknowledgements.METRIC.id),
        ("open lines", len(card.open), "", due),
        ("overdue lines", len(card.overdue), "", due),
    ]  # fmt: skip
    return (
        *(Reading(name, value, unit, "supply", metric) for name, value, unit, metric in figures),
        *readings("to come", card.owed, "supply", due),
    )


def _basis(session: Session, seen: Seen, card: Card, spread: Spread) -> tuple[Basis, ...]:
    window, ask, now = seen.query.window, seen.ask, card.pace.now

    def start(since: date | None) -> datetime:
        return midnight(since, ask.zone) if since else window.start

    promised = basis(
        session, ask, promise_slip.METRIC, seen.begin, window.end, n=card.slips.n
    )  # fmt: skip
    return (
        basis(session, ask, lead_time.METRIC, start(now.since), window.end, n=now.n, open=now.open),
        basis(session, ask, slowdown.METRIC, start(now.since), window.end, n=now.n, open=now.open),
        basis(session, ask, otif.METRIC, window.start, window.end, n=int(card.shares.both.n)),
        basis(session, ask, lead_time_variability.METRIC, start(spread.since), window.end,
              n=spread.n),
        replace(promised, history_from=card.slips.history_from),
    )  # fmt: skip


def _notes(seen: Seen, card: Card) -> list[str]:
    notes = list(rests_on(card.pace.now))
    groups = by_item_and_supplier(seen.planned(card.lines))
    wrong = [
        (item.name if item else "an unknown item", found)
        for (item, _), found in gaps(groups, seen.ask.today).items()
        if found.is_wrong
    ]
    wrong.sort(key=lambda one: (-abs(one[1].gap or 0), one[0]))
    notes += [plan(item, found) for item, found in wrong[:MOST_PLANS]]
    if len(wrong) > MOST_PLANS:
        notes.append(f"So are the planned lead times of {len(wrong) - MOST_PLANS} more items.")
    return notes


def _follow_ups(
    seen: Seen, name: str, card: Card, waiting: list[Waiting] | None
) -> tuple[FollowUp, ...]:
    window = f" {seen.query.window.label}" if seen.query.is_named else ""
    ups = [
        FollowUp("By item", f"lead-time {name} by item{window}"),
        FollowUp(f"Who waits for {name}?", f"impact {name}", ("supply",)),
    ]
    if card.overdue:
        first = min(card.overdue, key=lambda one: (one.day() or one.ordered_on, one.number))
        ups.append(FollowUp(f"Order {first.number}", f"order {first.number}"))
    if waiting:
        ups.append(FollowUp("Unacknowledged", f"unacknowledged {name}"))
    return (*ups, FollowUp("All suppliers", f"suppliers{window}"))


def _days(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3g} d"


def _times(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.2g} times"
