"""How long do purchases take from order to receipt, and is that longer than it was?"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
    Chart,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._basis import basis
from commands._duration_words import compared, is_slower, orders, rests_on, takes
from commands._grammar import Query, named_by, read
from commands._keys import keys_of
from commands._lead_time_curves import NewOrder, new_order, to_come
from commands._lead_time_rows import rows_behind
from commands._lead_time_seen import Bought, bought, first_of
from commands._lead_time_tryton import answer_by_tryton, without_tryton
from commands._slipping_seen import slipping
from commands._window import midnight, month_starts
from storage.forecasts.lead_time import used
from storage.known import Named
from storage.known.columns import Lines
from storage.known.purchases import purchase_lines
from storage.metrics._durations import Duration
from storage.metrics._durations_by import (
    trend,
    working_days,
)
from storage.metrics.lead_time import METRIC

CHART_MONTHS, FEWEST_POINTS = 6, 3


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    if (rest := without_tryton(words)) is not None:
        return answer_by_tryton(session, ask, rest)
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("supplier", "item"),
        by=(*METRIC.dimensions, "month"),
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    seen = bought(session, ask, query)
    every = seen.spans()
    (found,) = seen.figures(every)
    if found.n == 0:
        return _nothing(query)
    (before,) = seen.before(every, found.since)
    (working,) = seen.figures(every, working_days)
    new, (slip, of_slip) = _new_order(session, seen), _slip(session, ask, query)
    return Answer(
        title=f"Lead time {query.label}".strip(),
        summary=Sentence(_summary(query, found), ("supply",)),
        detail=tuple(
            Sentence(text, ("supply",))
            for text in [
                *_detail(seen, found, before),
                *slip,
                *to_come(session, new, seen.ask),
            ]
        ),
        readings=_readings(found, before, working),
        chart=_chart(seen),
        table=_by_month(seen) if query.by == "month" else _table(seen, found),
        evidence=_evidence(session, seen, found) if ask.wants_evidence else None,
        basis=(_basis(session, seen, found), *of_slip),
        notes=tuple(Sentence(text, ("supply",)) for text in rests_on(found)),
        follow_ups=_follow_ups(query, seen.every),
        statements=new.statements() if new else (),
    )


def _evidence(session: Session, seen: Bought, found: Duration) -> Table:
    """The rows behind the figures, for which every line is read as it is."""
    query, ask = seen.query, seen.ask
    lines = [
        line
        for line in purchase_lines(session, ask.now, first_of(ask, query), ask.now, zone=ask.zone)
        if named_by(query, "supplier", line.supplier) and named_by(query, "item", line.item)
        and query.site in (None, line.site)
        and (not query.is_named or query.window.start <= line.ordered_at < query.window.end)
    ]  # fmt: skip
    return rows_behind(lines, found, seen.today)


def _summary(query: Query, found: Duration) -> str:
    who = query.label or "A purchase"
    return takes(who, found, f"of {orders(found.n)} placed {query.when}", "orders arrive")


def _detail(seen: Bought, found: Duration, before: Duration) -> list[str]:
    label = seen.query.prior.label if seen.query.is_named else _then(seen, found)
    return [compared(found, before, label)]


def _new_order(session: Session, seen: Bought) -> NewOrder | None:
    """An order placed today, where the question is of these days and a fit knows of it."""
    query = seen.query
    if query.is_named or query.site:
        return None
    dimension = "item" if query.refs("item") else "supplier"
    return new_order(
        used(session, seen.ask.now), query.named, dimension, query.label, seen.ask
    )  # fmt: skip


def _slip(session: Session, ask: Ask, query: Query) -> tuple[list[str], tuple[Basis, ...]]:
    """Whether the supplier slips that the question is about, where it is one alone and whole."""
    if len(query.named) != 1 or not query.refs("supplier") or query.site:
        return [], ()
    slips, (one,) = slipping(session, ask, query), query.named
    return [*filter(None, [slips.sentence(one)])], slips.basis(session, one)


def _then(seen: Bought, found: Duration) -> str:
    if seen.query.versus_year:
        return "a year before"
    length = (seen.today - found.since).days if found.since else 0
    return f"in the {length} days before"


def _chart(seen: Bought) -> Chart | None:
    """How long purchases took at the beginning of each of the last months, and take now."""
    days_, found = _course(seen)
    if sum(one.median is not None and not one.is_thin for one in found) < FEWEST_POINTS:
        return None
    return Chart(
        "line",
        "Days from order to receipt, 30 days to each date",
        tuple(f"{day:%-d %b}" for day in days_),
        (
            Series("median", tuple(None if one.is_thin else one.median for one in found)),
            Series("9 in 10 within", tuple(None if one.is_thin else one.p90 for one in found)),
        ),
        "supply",
        "d",
    )


def _course(seen: Bought) -> tuple[list[date], list[Duration]]:
    """How long they took before the beginning of each of the last months, and before today."""
    days = [*month_starts(CHART_MONTHS, seen.today), seen.today]
    found = trend(seen.spans(), [day.toordinal() for day in days])
    return days, [whole for (whole,) in found]


def _readings(found: Duration, before: Duration, working: Duration) -> tuple[Reading, ...]:
    figures: list[tuple[str, float | None, str]] = [
        ("median", found.median, "d"),
        ("9 in 10 within", found.p90, "d"),
        ("median in working days", working.median, "wd"),
        ("9 in 10 within working days", working.p90, "wd"),
        ("orders", found.n, ""),
        ("open share", found.open / found.n, "share"),
        ("cancelled share", found.cancelled / found.n, "share"),
        ("median before", before.median, "d"),
        ("9 in 10 before", before.p90, "d"),
        ("orders before", before.n, ""),
    ]
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _table(seen: Bought, whole: Duration) -> Table:
    query = seen.query
    dimension = query.by or ("item" if query.refs("supplier") else "supplier")
    split = seen.every.by(dimension)
    spans = seen.spans(split)
    found = dict(zip(split.values, seen.figures(spans), strict=True))
    before = dict(zip(split.values, seen.before(spans, whole.since), strict=True))
    ranked = sorted(
        (value for value in found if found[value].n),
        key=lambda value: (-found[value].n, _name(value), str(value)),
    )
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for number, value in enumerate(ranked):
        one, then = found[value], before[value]
        rows.append((_name(value), one.median, one.p90, then.median, one.n, one.open))
        if is_slower(one, then):
            bold.add(number)
    return Table(_columns(dimension.capitalize()), tuple(rows), frozenset(bold), len(rows),
                 keys_of(ranked))  # fmt: skip


def _by_month(seen: Bought) -> Table:
    """A row for each month's beginning and for today, the newest first."""
    days_, found = _course(seen)
    rows = [
        (f"to {day:%-d %b %Y}", one.median, one.p90, before.median if before else None,
         one.n, one.open)
        for day, one, before in zip(days_, found, [None, *found], strict=False)
    ]  # fmt: skip
    return Table(_columns("30 days"), tuple(reversed(rows)), total=len(rows))


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column(first, "supply"),
        Column("Median", "supply", "d", METRIC.id),
        Column("9 in 10", "supply", "d", METRIC.id),
        Column("Before", "supply", "d", METRIC.id),
        Column("Orders", "supply", "", METRIC.id),
        Column("Open", "supply", "", METRIC.id),
    )


def _basis(session: Session, seen: Bought, found: Duration) -> Basis:
    start = seen.query.window.start
    if found.since:
        start = midnight(found.since, seen.ask.zone)
    end = seen.query.window.end if seen.query.is_named else seen.ask.now
    absurd = f"{found.absurd} received before they were ordered, left out"
    notes = (Sentence(absurd, ("supply",)),) if found.absurd else ()
    return basis(session, seen.ask, METRIC, start, end, n=found.n, open=found.open, notes=notes)


def _follow_ups(query: Query, lines: Lines) -> tuple[FollowUp, ...]:
    window = f" {query.window.label}" if query.is_named else ""
    name = f" {query.label}" if query.named else ""
    other = "item" if query.by == "supplier" or not query.named else "supplier"
    ups = [FollowUp(f"By {other}", f"lead-time{name} by {other}{window}")]
    if not query.named and (busiest := _busiest(lines)):
        ups.append(FollowUp(busiest, f"lead-time {busiest}{window}", ("supply",)))
    if not query.is_named:
        ups.append(FollowUp("Last year", f"lead-time{name} last 365 days"))
    return tuple(ups)


def _busiest(lines: Lines) -> str | None:
    """The name of most lines; of several the first by the alphabet."""
    split = lines.by("supplier")
    counts: Counter[str] = Counter()
    for value, count in zip(split.values, split.counts, strict=True):
        if value:
            counts[_name(value)] += count
    return min(counts, key=lambda name: (-counts[name], name), default=None)


def _nothing(query: Query) -> Notice:
    of = f" from {query.label}" if query.named else ""
    longer = f"lead-time {query.label} last 2 years".replace("  ", " ")
    return Notice(
        f"No purchases{of} {query.when}" if query.is_named else f"No purchases{of} yet",
        "Nothing was ordered in that time, as far as I know.",
        (FollowUp("Last 2 years", longer), FollowUp("Data status", "status")),
    )


def _name(value: Named | str | None) -> str:
    if value is None:
        return "unknown"
    return value.name if isinstance(value, Named) else value


COMMAND = Command(
    name="lead-time",
    summary="How many days purchases take from order to receipt, open orders counted.",
    usage=(
        "lead-time [supplier or item] [by supplier | item | category | site | lane | country |"
        " month] [window] [vs last year] [in site] | lead-time tryton [by supplier | item]"
    ),
    examples=("lead-time", "lead-time by item", "lead-time last 2 years by supplier"),
    topics=("supply",),
    answer=answer,
    synonyms=("leadtimes", "supplier lead time", "delivery time"),
    slash="/leadtime",
    asks=(
        "lead time",
        "how long do purchases take",
        "how long does delivery from our supplier take",
        "when do goods arrive after ordering",
        "days from order to receipt",
        "average lead time",
        "leadtime",
        "lead time trend",
        "is it slower",
        "is it faster",
        "delivery time of a supplier",
        "delivery time",
        "how fast does a supplier deliver",
        "procurement replenishment time",
        "wait for material",
    ),
)
