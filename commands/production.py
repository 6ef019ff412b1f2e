"""How long does production take, what is in work, and what waits for which material?"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from commands import Answer, Ask, Basis, Command, FollowUp, Notice, Reading, Sentence
from commands._basis import basis
from commands._duration_words import compared, days, orders, rests_on, takes
from commands._grammar import Query, named_by, read
from commands._making_seen import Open, open_orders, waits_for
from commands._production_rows import Makes, chart, evidence, table
from commands._supply import supply
from commands._window import midnight
from storage.known.making import make_orders
from storage.metrics._durations import LONGEST, Duration
from storage.metrics.manufacturing_lead_time import METRIC, Parts


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("item",),
        by=(*METRIC.dimensions, "month"),
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    seen = _seen(session, ask, query)
    found = seen.figures(seen.every)
    if found.whole.n == 0 and not seen.open:
        return _nothing(query)
    before = seen.before(seen.every, found.whole.since)
    return Answer(
        title=f"Production {query.label}".strip(),
        summary=Sentence(_summary(query, found.whole), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(seen, found, before)),
        readings=_readings(seen, found, before),
        chart=chart(seen),
        table=table(seen, found.whole),
        evidence=evidence(seen, found.whole) if ask.wants_evidence else None,
        basis=(_basis(session, seen, found.whole),),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(found)),
        follow_ups=_follow_ups(seen),
    )


def _seen(session: Session, ask: Ask, query: Query) -> Makes:
    since = midnight(ask.today - timedelta(days=LONGEST), ask.zone)
    if query.is_named:
        since = min(query.window.start, query.prior.start, since)
    makes = list(make_orders(session, ask.now, since))
    every = [
        one for one in makes if named_by(query, "item", one.item) and query.site in (None, one.site)
    ]
    chain = supply(session, ask, makes)
    return Makes(ask, query, every, open_orders(chain, every), chain)


def _summary(query: Query, found: Duration) -> str:
    who = f"Making {query.label}" if query.label else "Production"
    if found.n == 0:
        return f"**{who}: not yet estimable**: nothing was under way {query.when}."
    return takes(who, found, f"of {orders(found.n)} released {query.when}", "orders are finished")


def _detail(seen: Makes, found: Parts, before: Duration) -> list[str]:
    label = seen.query.prior.label if seen.query.is_named else _then(seen, found.whole)
    return [compared(found.whole, before, label), _in_work(seen)]


def _then(seen: Makes, found: Duration) -> str:
    if seen.query.versus_year:
        return "a year before"
    length = (seen.today - found.since).days if found.since else 0
    return f"in the {length} days before"


def _in_work(seen: Makes) -> str:
    """What is open now and for which material it waits."""
    if not seen.open:
        return "Nothing is in work now."
    waiting = [one for one in seen.open if one.waits]
    text = f"{orders(len(seen.open))} open now: {_begun(seen)} in work"
    if not waiting:
        return f"{text}; none waits for material."
    if len(waiting) == 1:
        return f"{text}; 1 waits for {waits_for(seen.chain, waiting[0])}."
    (name, count), *others = _lacking(waiting).most_common()
    most = f"most for {name} ({count})" if others else f"all for {name}"
    return f"{text}; {len(waiting)} wait for material, {most}."


def _begun(seen: Makes) -> int:
    return sum(1 for one in seen.open if one.make.started_on)


def _lacking(waiting: Sequence[Open]) -> Counter[str]:
    """How many orders lack each component, by its name."""
    found: Counter[str] = Counter()
    for one in waiting:
        found.update(sorted({missing.name for missing in one.missing}))
    return found


def _readings(seen: Makes, found: Parts, before: Duration) -> tuple[Reading, ...]:
    whole = found.whole
    figures: list[tuple[str, float | None, str]] = [
        ("median", whole.median, "d"),
        ("9 in 10 within", whole.p90, "d"),
        ("queue, median", found.queue.median, "d"),
        ("run, median", found.run.median, "d"),
        ("orders", whole.n, ""),
        ("open share", whole.open / whole.n if whole.n else None, "share"),
        ("median before", before.median, "d"),
        ("open now", len(seen.open), ""),
        ("in work", _begun(seen), ""),
        ("waiting for material", sum(1 for one in seen.open if one.waits), ""),
    ]
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _notes(found: Parts) -> list[str]:
    notes = list(rests_on(found.whole))
    queue, run = found.queue.median, found.run.median
    if queue is not None and run is not None:
        notes.insert(0, f"Half wait {days(queue)} or less to be begun, and half of the work takes"
                        f" {days(run)} or less.")  # fmt: skip
    elif found.queue.n == 0 or found.run.n == 0:
        notes.insert(0, "When work began is not told, so queue and run can't be split.")
    return notes


def _basis(session: Session, seen: Makes, found: Duration) -> Basis:
    query = seen.query
    start = query.window.start
    if found.since:
        start = midnight(found.since, seen.ask.zone)
    end = query.window.end if query.is_named else seen.ask.now
    absurd = f"{found.absurd} finished before they were released, left out"
    notes = (Sentence(absurd, ("supply",)),) if found.absurd else ()
    return basis(session, seen.ask, METRIC, start, end, n=found.n, open=found.open, notes=notes)


def _follow_ups(seen: Makes) -> tuple[FollowUp, ...]:
    query = seen.query
    name = f" {query.label}" if query.named else ""
    window = f" {query.window.label}" if query.is_named else ""
    ups = []
    if seen.open:
        number = seen.open[0].make.number
        ups.append(FollowUp(number, f"order {number}", ("supply",)))
    if lacking := _lacking([one for one in seen.open if one.waits]):
        part = lacking.most_common(1)[0][0]
        ups.append(FollowUp(f"Who waits for {part}?", f"impact {part}", ("supply",)))
    ups.append(FollowUp("By month", f"production{name} by month"))
    if not query.by and not query.named:
        ups.append(FollowUp("By item", f"production by item{window}"))
    return tuple(ups)


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    longer = f"production {query.label} last 2 years".replace("  ", " ")
    return Notice(
        f"No production{of} {query.when}" if query.is_named else f"No production{of} is known",
        "It needs production orders with the days on which they were released and finished.",
        (FollowUp("Last 2 years", longer), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="production",
    summary="How long production takes, what is in work, and what waits for which material.",
    usage="production [item] [by item | site | month] [window] [vs last year] [in site]",
    examples=("production", "production by item", "production last 2 years by month"),
    topics=("supply",),
    answer=answer,
    synonyms=("manufacturing", "manufacturing lead time", "work orders", "wip", "in production"),
    asks=(
        "which production orders wait for material",
        "how long does production take",
        "how long does it take to make an item",
        "manufacturing lead time",
        "what is in work",
        "what are we making now",
        "which production lacks material",
        "what holds up production",
        "is production slower",
    ),
)
