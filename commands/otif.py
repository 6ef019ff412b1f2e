"""How much is delivered on time and in full: to customers by us, or to us by suppliers?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Topic,
)
from commands._basis import basis
from commands._deliveries import Asked, Deliveries, deliveries, neighbours, read_deliveries
from commands._otif_rows import rows_behind
from commands._otif_tables import by_dimension, by_month, chart, first_month, misses
from commands._otif_words import FEW, allowed, beside, compared, met, missed
from storage.known.complaints import complaints
from storage.metrics import Metric
from storage.metrics._due import Due, DueIn, Share, Target, per_line, per_order, without_day
from storage.metrics.fill_rate import METRIC as FILL_RATE
from storage.metrics.fill_rate import fill_rate
from storage.metrics.in_full import METRIC as IN_FULL
from storage.metrics.on_time import METRIC as ON_TIME
from storage.metrics.otif import METRIC, holds, in_full, on_time
from storage.metrics.otif import misses as ways
from storage.metrics.perfect_order import METRIC as PERFECT_ORDER
from storage.metrics.perfect_order import Perfect, orders_named, perfect

TARGETS: dict[str, Target] = {
    "day asked for": "requested", "first promise": "first", "latest promise": "latest",
}  # fmt: skip
SUPPLY = ("purchaseorder", "purchaseline", "receipt")


@dataclass(frozen=True)
class _Found:
    """What was computed for a question: its lines due now and before, and their shares."""

    seen: Deliveries
    due: DueIn
    before: DueIn
    share: Share
    share_before: Share
    targets: dict[str, Share]
    perfect: Perfect | None

    @property
    def asked(self) -> Asked:
        return self.seen.asked

    @property
    def lines(self) -> tuple[Due, ...]:
        return self.due.lines


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    asked = read_deliveries(session, ask, words, COMMAND.name)
    if isinstance(asked, Notice):
        return asked
    since = min(asked.query.window.start, asked.query.prior.start).astimezone(ask.zone).date()
    seen = deliveries(session, ask, asked, min(since, first_month(ask.today)))
    found = _found(session, seen)
    if not found.lines:
        return _nothing(found)
    table = _table(found)
    return Answer(
        title=f"On time and in full {asked.query.label or asked.words}".strip(),
        summary=Sentence(met(asked, found.share), (*asked.topics, *_weighed(asked))),
        detail=_detail(found),
        readings=_readings(found),
        chart=chart(seen),
        table=table,
        is_list=bool(asked.query.named) and not asked.query.by,
        evidence=rows_behind(seen, found.due),
        basis=_bases(session, found),
        notes=tuple(Sentence(text, (asked.topic,)) for text in _notes(found)),
        follow_ups=_follow_ups(found, table),
    )


def _found(session: Session, seen: Deliveries) -> _Found:
    query, tolerance = seen.asked.query, seen.asked.tolerance
    due, before = seen.due(query.window), seen.due(query.prior)
    test = holds("due", tolerance)
    return _Found(
        seen, due, before, seen.share(due.lines, test), seen.share(before.lines, test),
        {
            name: per_line(seen.due(query.window, target).lines, on_time(target, tolerance))
            for name, target in TARGETS.items()
        },
        _perfect(session, seen, due) if not seen.asked.is_supply else None,
    )  # fmt: skip


def _perfect(session: Session, seen: Deliveries, due: DueIn) -> Perfect:
    named = orders_named(complaints(session, seen.ask.now, seen.who))
    return perfect(due.lines, named, seen.who, "due", seen.asked.tolerance)


def _weighed(asked: Asked) -> tuple[Topic, ...]:
    """What a share of customers' money speaks of too."""
    return ("revenue",) if asked.level == "value" and not asked.is_supply else ()


def _detail(found: _Found) -> tuple[Sentence, ...]:
    asked, label = found.asked, found.asked.query.prior.label
    how = missed(ways(found.lines, "due", asked.tolerance))
    test = holds("due", asked.tolerance)
    other, share = (
        ("Per line", per_line(found.lines, test))
        if asked.level != "line"
        else ("Per order", per_order(found.lines, test))
    )
    change = compared(found.share, found.share_before, label)
    return (
        Sentence(f"{change} {how}", (asked.topic, *_weighed(asked))),
        Sentence(beside(other, share, found.targets), (asked.topic,)),
    )


def _readings(found: _Found) -> tuple[Reading, ...]:
    asked, test = found.asked, holds("due", found.asked.tolerance)
    shares = {
        "line": per_line(found.lines, test),
        "order": per_order(found.lines, test),
        "value": found.seen.value(found.lines, test),
    }
    first = asked.level
    ordered = {first: shares.pop(first), **shares}
    names = {"line": "OTIF per line", "order": "OTIF per order", "value": "OTIF by value"}
    readings = [_reading(found, names[level], share, METRIC) for level, share in ordered.items()]
    readings += [
        _reading(found, f"on time by the {name}", share, ON_TIME)
        for name, share in found.targets.items()
    ]
    full = per_line(found.lines, in_full("due", asked.tolerance))
    filled = fill_rate(found.lines)
    readings += [
        _reading(found, "in full", full, IN_FULL),
        _reading(found, "lines filled at the first attempt", filled.lines, FILL_RATE),
        _reading(found, "units filled at the first attempt", filled.units, FILL_RATE),
    ]
    if found.perfect:
        readings.append(_reading(found, _perfect_name(found), found.perfect.share, PERFECT_ORDER))
    before = _reading(found, f"{names[first]} before", found.share_before, METRIC)
    return (*readings, before, Reading("lines due", len(found.lines), "", asked.topic, METRIC.id))


def _perfect_name(found: _Found) -> str:
    is_based = found.perfect and found.perfect.is_otif_based
    return "perfect orders (OTIF-based)" if is_based else "perfect orders"


def _reading(found: _Found, name: str, share: Share, metric: Metric) -> Reading:
    is_money = name.startswith("OTIF by value") and not found.asked.is_supply
    return Reading(
        name, share.rate, "share", "revenue" if is_money else found.asked.topic, metric.id,
        low=share.low, high=share.high,
    )  # fmt: skip


def _table(found: _Found) -> Table | None:
    query = found.asked.query
    if query.by == "month":
        return by_month(found.seen)
    if query.named and not query.by:
        return misses(found.seen, found.lines)
    by = query.by or found.asked.party
    return by_dimension(found.seen, by, found.lines, found.before.lines)


def _bases(session: Session, found: _Found) -> tuple[Basis, ...]:
    """One for each metric that is read; what was left out is said with the first."""
    metrics = [METRIC, ON_TIME, IN_FULL, FILL_RATE]
    if found.perfect:
        metrics.append(PERFECT_ORDER)
    made = [_basis(session, found, metric) for metric in metrics]
    notes = tuple(Sentence(text, (found.asked.topic,)) for text in _left_out(found))
    return replace(made[0], notes=notes), *made[1:]


def _basis(session: Session, found: _Found, metric: Metric) -> Basis:
    query, is_supply = found.asked.query, found.asked.is_supply
    needs = tuple(table for table in metric.needs if (table in SUPPLY) == is_supply)
    n = len({one.order for one in found.lines}) if metric is PERFECT_ORDER else len(found.lines)
    return basis(
        session, found.seen.ask, replace(metric, needs=needs), query.window.start,
        query.window.end, n=n, open=sum(1 for one in found.lines if one.is_open),
    )  # fmt: skip


def _left_out(found: _Found) -> list[str]:
    none = _undated(found)
    notes = [f"{_lines(len(none))} without a date"] if none else []
    if off := len(found.due.called_off):
        notes.append(f"{_lines(off)} called off in time")
    return notes


def _undated(found: _Found) -> list[Due]:
    seen = found.seen
    return without_day(seen.every, *seen.days(seen.asked.query.window))


def _notes(found: _Found) -> list[str]:
    asked, lines = found.asked, found.lines
    notes = []
    if len(lines) < FEW:
        notes.append(f"Only {_lines(len(lines))}: one more can change this much.")
    fallback = sum(1 for one in lines if not one.promised_first)
    if fallback:
        notes.append(f"{_lines(fallback)} had no promise: the day asked for counts.")
    unpriced = sum(1 for one in lines if one.value is None)
    if unpriced and asked.level == "value":
        notes.append(f"{_lines(unpriced)} without a price are left out of the value.")
    if said := allowed(asked.tolerance):
        notes.append(said)
    return notes


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


def _follow_ups(found: _Found, table: Table | None) -> tuple[FollowUp, ...]:
    asked = found.asked
    words, when = asked.words, asked.when
    by = "item" if asked.query.by != "item" else asked.party
    ups = [FollowUp(f"By {by}", f"otif{words} by {by}{when}")]
    may_name = found.seen.ask.grant.allows(asked.topic)
    if table and may_name and not asked.query.named and asked.query.by in (None, asked.party):
        worst = str(table.rows[min(table.bold, default=0)][0])
        ups.append(FollowUp(worst, f"otif {worst}{when}"))
    ups.append(FollowUp("What is owed now", f"backorders{words}"))
    if not asked.is_supply:
        ups.append(FollowUp("What do late ones do?", "experience", ("customers",)))
    return (*ups, *neighbours(asked), *_other_side(asked))


def _other_side(asked: Asked) -> tuple[FollowUp, ...]:
    if asked.is_supply or asked.query.named:
        return ()
    return (FollowUp("And suppliers?", f"otif suppliers{asked.when}"),)


def _nothing(found: _Found) -> Notice:
    asked = found.asked
    none = len(_undated(found))
    without = f" {_lines(none)} ordered in that time have no date at all." if none else ""
    whom = f" {'from' if asked.is_supply else 'to'} {asked.parties}" if asked.parties else ""
    return Notice(
        f"Nothing was due{whom} {asked.query.when}",
        "No order line with a promise, or a day asked for, had its day in that time. What is due"
        f" today is judged when the day is over.{without}",
        (
            FollowUp("Last 2 years", f"otif{asked.words} last 2 years"),
            FollowUp("Data status", "status"),
        ),
    )


COMMAND = Command(
    name="otif",
    summary="How much is delivered on time and in full, to customers or by suppliers.",
    usage=(
        "otif [suppliers] [customer, supplier or item] [by customer | supplier | item | category |"
        " site | carrier | country | owner | segment | month] [per order | by value]"
        " [early N] [late N] [short N%] [window] [vs last year]"
    ),
    examples=("otif", "otif suppliers", "otif per order by item last 2 years"),
    topics=("customers", "supply", "revenue"),
    answer=answer,
    synonyms=(
        "on time", "on time in full", "on time delivery", "service level", "dot",
        "delivery performance", "fill rate", "in full", "perfect order", "otd", "difot",
    ),
    asks=(
        "how much do we deliver on time",
        "on time and in full",
        "share of orders delivered on time",
        "delivery performance",
        "service level",
        "how reliable is a supplier",
        "does a supplier deliver on time",
        "on time delivery rate",
        "perfect orders",
        "fill rate",
    ),
)  # fmt: skip
