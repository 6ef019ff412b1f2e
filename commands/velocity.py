"""How many days are goods in the house, in which stage, and which stage moved?"""

import re
from collections.abc import Sequence

from sqlmodel import Session

from commands import Answer, Ask, Chart, Command, FollowUp, Notice, Reading, Sentence, Series, Table
from commands._basis import basis
from commands._grammar import Query, read
from commands._house import days_of, read_house
from commands._velocity_words import compared, evidence, notes, summary, table, through
from storage.known.names import names
from storage.metrics.velocity import METRIC, House, Velocity, velocity

DAYS, LONGEST = 90, 3_660
WITHIN = re.compile(r"\bwithin\s+(\d{1,5})\s*(d|days?|w|weeks?)?(?!\w)", re.IGNORECASE)


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    within, rest = _within(" ".join(words))
    if within is not None and not 1 <= within <= LONGEST:
        text = "Write it like `velocity within 30 days`."
        return Notice("I can't read that number of days", text, error=True)
    query = read(
        session, ask, rest.split(), command=COMMAND.name, kinds=("item",), by=(), days=DAYS
    )
    if isinstance(query, Notice):
        return query
    first, last = days_of(query.window, ask)
    earlier = days_of(query.prior, ask)
    seen = read_house(session, ask, frozenset(query.refs("item")), min(first, earlier[0]))
    found, before = velocity(seen, first, last), velocity(seen, *earlier)
    if found.total is None:
        return _nothing(query)
    made = basis(
        session, ask, METRIC, query.window.start, query.window.end,
        n=sum(one.n for one in found.stages if one.days is not None),
        coverage=None if found.untold is None else 1 - found.untold,
    )  # fmt: skip
    return Answer(
        title=f"Velocity {query.label}".strip(),
        summary=Sentence(summary(query.label or "Material", found), ("supply",)),
        detail=tuple(
            Sentence(text, ("supply",))
            for text in (compared(found, before, query.prior.label), through(found, within))
            if text
        ),
        readings=_readings(found, before, within),
        chart=_chart(query, found, before),
        table=table(found, before),
        evidence=_rows(session, seen, query, ask) if ask.wants_evidence else None,
        basis=(made,),
        notes=notes(found),
        follow_ups=_follow_ups(query, found),
    )


def _within(text: str) -> tuple[int | None, str]:
    """The number of days asked for, and the words that are left."""
    found = WITHIN.search(text)
    if not found:
        return None, text
    days = int(found[1]) * (7 if (found[2] or "d").lower().startswith("w") else 1)
    return days, WITHIN.sub(" ", text)


def _readings(found: Velocity, before: Velocity, within: int | None) -> tuple[Reading, ...]:
    figures: list[tuple[str, float | None, str]] = [
        ("days in all", found.total, "d"),
        *((one.name, one.days, "d") for one in found.stages),
        ("days in all before", before.total, "d"),
        ("half within", found.by(0.5), "d"),
        ("9 in 10 within", found.by(0.9), "d"),
    ]
    if within is not None:
        figures.append((f"within {within} days", found.within(within), "share"))
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _chart(query: Query, found: Velocity, before: Velocity) -> Chart:
    """The days of each stage that is told, in the window and in the time before."""
    pairs = [
        (one, then)
        for one, then in zip(found.stages, before.stages, strict=True)
        if one.days is not None or then.days is not None
    ]
    return Chart(
        "bar",
        "Days by stage",
        tuple(one.name.capitalize() for one, _ in pairs),
        (
            Series(query.prior.label, tuple(then.days for _, then in pairs)),
            Series(query.window.label, tuple(one.days for one, _ in pairs)),
        ),
        "supply",
        "d",
    )


def _rows(session: Session, seen: House, query: Query, ask: Ask) -> Table:
    first, last = days_of(query.window, ask)
    left = [one for one in seen.passed if first <= one.out_on <= last and seen.asks(one.item)]
    return evidence(left, names(session, ["item"]))


def _follow_ups(query: Query, found: Velocity) -> tuple[FollowUp, ...]:
    name = f" {query.label}" if query.named else ""
    half = found.by(0.5)
    ups = [FollowUp("Production", f"production{name}"), FollowUp("Stock", f"stock{name}")]
    if half and not query.is_named:
        ups.append(FollowUp(f"Within {half} days", f"velocity{name} within {half} days"))
    if not query.is_named:
        ups.append(FollowUp("Last year", f"velocity{name} last 365 days"))
    return tuple(ups)


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"Nothing is known to have moved{of} {query.when}",
        "It needs receipts, production orders with what they used, and shipments, each with its"
        " day. See what has been read so far.",
        (FollowUp("Last 2 years", f"velocity {query.label} last 2 years".replace("  ", " ")),
         FollowUp("Data status", "status")),
    )  # fmt: skip


COMMAND = Command(
    name="velocity",
    summary="How many days goods are in the house, by stage, and which stage moved.",
    usage="velocity [item] [within N days] [window] [vs last year]",
    examples=("velocity", "velocity within 60 days", "velocity last 365 days"),
    topics=("supply",),
    answer=answer,
    synonyms=("throughput time", "flow time", "days by stage", "dock to stock"),
    asks=(
        "velocity",
        "how fast does material flow through the company",
        "where do goods spend the most time",
        "how long do goods stay in the house",
        "how many days from receipt of material to delivery",
        "which stage takes longest",
        "which stage slowed down",
        "throughput time of an item",
        "days by stage",
        "how long does putting away take",
        "dock to stock time",
    ),
)
