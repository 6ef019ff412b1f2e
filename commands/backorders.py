"""What is owed past its day: to customers by us, or to us by suppliers?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
    Chart,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    Topic,
    _money,
)
from commands._all_deliveries import all_deliveries, some_deliveries
from commands._backorder_rows import rows_behind
from commands._backorder_tables import by_dimension, line_by_line
from commands._basis import basis
from commands._deliveries import Asked, neighbours, read_deliveries
from commands._duration_words import FEW, days, takes
from commands._otif_words import percent
from commands._window import midnight
from storage.known.rates import Rates, rates
from storage.metrics._backorders_by import backlogs, lasted, lasts
from storage.metrics._due import Due
from storage.metrics._due_by import Dues
from storage.metrics._durations import Duration
from storage.metrics.backorders import METRIC, Backlog, Backorders, backorders

SUPPLY = ("purchaseorder", "purchaseline", "receipt")
# the last day of each band of ages, in days
BANDS = (7, 14, 30, 60, 90)


@dataclass(frozen=True)
class _Found:
    """What is owed late among the lines of a question, and how long such lines have waited.

    `first` has waited longest. `lines` are all that are open, one by one, where each is told of.
    """

    asked: Asked
    ask: Ask
    dues: Dues
    rates: Rates
    owed: Backlog
    first: Due | None
    lines: Sequence[Due]
    lasting: Duration

    @property
    def money(self) -> Topic:
        return "supply" if self.asked.is_supply else "revenue"


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    asked = read_deliveries(session, ask, words, COMMAND.name)
    if isinstance(asked, Notice):
        return asked
    found = _found(session, ask, asked)
    if not found.owed.share.n and not found.owed.undated:
        return _nothing(asked)
    return Answer(
        title=f"Backorders{asked.words}",
        summary=Sentence(_summary(found), asked.topics),
        detail=_detail(found),
        readings=_readings(found),
        chart=_chart(found),
        table=_table(found),
        is_list=not asked.query.by,
        evidence=rows_behind(ask, asked, found.lines),
        basis=(_basis(session, found),),
        notes=tuple(Sentence(text, (asked.topic,)) for text in _notes(found)),
        follow_ups=_follow_ups(found),
    )


def _found(session: Session, ask: Ask, asked: Asked) -> _Found:
    query, today = asked.query, ask.today
    every = all_deliveries(session, ask, asked)
    if query.is_named:
        since, until = (
            at.astimezone(ask.zone).date() for at in (query.window.start, query.window.end)
        )
        within = (every.day >= since.toordinal()) & (every.day < until.toordinal())
        open_, lasting = (
            every.only(within & every.lines.is_open),
            lasted(every, since, until, today),
        )
    else:
        open_, lasting = every.only(every.lines.is_open), lasts(every, today)
    known, into = rates(session, ask.now, ask.currency), query.currency or ""
    if not query.by or ask.wants_evidence:
        lines = some_deliveries(session, ask, asked, open_.lines["id"].tolist())
        owed = backorders(lines, today, known, into)
        first = owed.lines[0].due if owed.lines else None
        return _Found(asked, ask, open_, known, owed, first, lines, lasting)
    (whole,) = backlogs(open_, np.zeros(len(open_), np.int64), 1, today, known, into)
    first = _first(session, ask, asked, open_, whole)
    return _Found(asked, ask, open_, known, whole, first, (), lasting)


def _first(session: Session, ask: Ask, asked: Asked, open_: Dues, whole: Backlog) -> Due | None:
    """The line that has waited longest; of several the first by number."""
    if whole.oldest is None:
        return None
    oldest = open_.only(open_.day == ask.today.toordinal() - whole.oldest)
    some = some_deliveries(session, ask, asked, oldest.lines["id"].tolist())
    return min(some, key=lambda one: (one.number, one.key))


def _table(found: _Found) -> Table | None:
    if found.asked.query.by:
        return by_dimension(found.asked, found.dues, found.rates, found.ask.today)
    assert isinstance(found.owed, Backorders)  # it was made of lines
    return line_by_line(found.asked, found.owed, found.lasting.p90)


def _summary(found: _Found) -> str:
    asked, owed = found.asked, found.owed
    who = asked.parties or ("Suppliers" if asked.is_supply else "Customers")
    of = f" of {asked.items}" if asked.items else ""
    when = f" due {asked.query.when}" if asked.query.is_named else ""
    if not owed.share.n:
        count = _lines(owed.undated)
        return f"**What{of} is late can't be told**: {count} open{when}, none with a date."
    undated = f"; {owed.undated} more {'has' if owed.undated == 1 else 'have'} no date"
    undated = undated if owed.undated else ""
    if not owed.ages:
        count = _lines(owed.share.n)
        return f"**Nothing{of} is owed past its day{undated}**: {count} open{when}, none late."
    verb = "owe" if asked.is_supply else "wait"
    verb += "s" * bool(asked.parties) + (" us" if asked.is_supply else " for")
    late = f"{_lines(len(owed.ages))}{of} past {'its' if len(owed.ages) == 1 else 'their'} day"
    share = f"{percent(owed.share.rate)} of the {owed.share.n} open"
    return (
        f"**{who} {verb} {late}{undated}**{when}, {share}; the oldest for {days(owed.oldest or 0)}."
    )


def _detail(found: _Found) -> tuple[Sentence, ...]:
    owed, lasting = found.owed, found.lasting
    said = []
    if owed.ages and owed.value.by_currency:
        share = "" if owed.value_share is None else f", {percent(owed.value_share)} of all open"
        text = f"What is owed late is worth {_money.said(owed.value)}{share}."
        said.append(Sentence(text, (found.money, found.asked.topic)))
    if lasting.n:
        text = takes("A backorder", lasting, f"of {lasting.n} backorders", "are filled")
        said.append(Sentence(text.replace("**", ""), (found.asked.topic,)))
    return tuple(said)


def _readings(found: _Found) -> tuple[Reading, ...]:
    owed, lasting, topic = found.owed, found.lasting, found.asked.topic
    ages = owed.ages[::-1]
    figures: list[tuple[str, float | None, str]] = [
        ("lines owed late", len(owed.ages), ""),
        ("share of open lines", owed.share.rate, "share"),
        ("oldest", owed.oldest, "d"),
        ("median age", ages[(len(ages) - 1) // 2] if ages else None, "d"),
        ("a backorder lasts", lasting.median, "d"),
        ("9 in 10 are filled within", lasting.p90, "d"),
    ]
    return (
        *(Reading(name, value, unit, topic, METRIC.id) for name, value, unit in figures),
        *_money.readings("value owed late", owed.value, found.money, METRIC.id),
        Reading("share of the open value", owed.value_share, "share", found.money, METRIC.id),
    )


def _chart(found: _Found) -> Chart | None:
    """How many lines have waited how long."""
    ages = found.owed.ages
    if len(ages) < FEW:
        return None
    firsts = (1, *(last + 1 for last in BANDS))
    labels = (*(f"{a} to {b} d" for a, b in zip(firsts, BANDS, strict=False)), f"over {BANDS[-1]}")
    lasts_ = (*BANDS, max(ages))
    counts = tuple(
        float(sum(first <= age <= last for age in ages))
        for first, last in zip(firsts, lasts_, strict=True)
    )
    return Chart("bar", "Lines owed, by days past their day", labels, (Series("lines", counts),),
                 found.asked.topic)  # fmt: skip


def _basis(session: Session, found: _Found) -> Basis:
    asked, ask, owed = found.asked, found.ask, found.owed
    needs = tuple(table for table in METRIC.needs if (table in SUPPLY) == asked.is_supply)
    start = ask.now
    if owed.oldest is not None:
        start = midnight(ask.today - timedelta(days=owed.oldest), ask.zone)
    if asked.query.is_named:
        start = asked.query.window.start
    notes = [f"{_lines(owed.undated)} open without a date"] if owed.undated else []
    return basis(
        session, ask, replace(METRIC, needs=needs), start, ask.now,
        n=int(owed.share.n), open=int(owed.share.n),
        notes=tuple(Sentence(text, (asked.topic,)) for text in notes),
    )  # fmt: skip


def _notes(found: _Found) -> list[str]:
    notes = []
    if found.owed.value.unknown:
        notes.append(f"{_lines(found.owed.value.unknown)} without a price in no value.")
    if found.lasting.is_thin and found.lasting.since:
        since = f"{found.lasting.since:%-d %b %Y}"
        notes.append(
            f"Few were waiting at a time: how long it lasts is of those due since {since}."
        )
    if found.lasting.cancelled:
        notes.append(f"{_lines(found.lasting.cancelled)} called off, counted until then.")
    return notes


def _follow_ups(found: _Found) -> tuple[FollowUp, ...]:
    asked = found.asked
    by = asked.party if not asked.parties and asked.query.by != asked.party else "item"
    ups = [FollowUp(f"By {by}", f"backorders{asked.words} by {by}{asked.when}")]
    ups.append(FollowUp("On time and in full", f"otif{asked.words}"))
    ups += neighbours(asked)
    if asked.is_supply:
        return tuple(ups)
    oldest = found.first.party if found.first else None
    if oldest and not asked.parties and found.ask.grant.allows("customers"):
        ups.append(FollowUp(oldest.name, f"backorders {oldest.name}"))
    ups.append(FollowUp("What suppliers owe us", "backorders suppliers"))
    return tuple(ups)


def _nothing(asked: Asked) -> Notice:
    whom = f" {'from' if asked.is_supply else 'to'} {asked.parties}" if asked.parties else ""
    when = f" of what was due {asked.query.when}" if asked.query.is_named else ""
    return Notice(
        f"Nothing is owed{whom}{when}",
        "I know no open order line there: all was delivered or called off.",
        (FollowUp("On time and in full", f"otif{asked.words}"), FollowUp("Data status", "status")),
    )


def _lines(count: object) -> str:
    return f"{count} line{'' if count == 1 else 's'}"


COMMAND = Command(
    name="backorders",
    summary="What is owed past its day, how old it is, and how long that lasts.",
    usage=(
        "backorders [suppliers] [customer, supplier or item] [by customer | supplier | item |"
        " category | site | country | owner | segment | month] [window] [in site | currency]"
    ),
    examples=("backorders", "backorders suppliers", "backorders by item"),
    topics=("customers", "supply", "revenue"),
    answer=answer,
    synonyms=("backorder", "back orders", "overdue", "open shortages", "late orders", "shortages"),
    asks=(
        "what do we owe our customers",
        "how many orders are overdue",
        "overdue lines",
        "oldest backorder",
        "open shortages",
        "late orders list",
        "what is overdue",
    ),
)
