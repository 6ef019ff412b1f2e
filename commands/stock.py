"""Which items run out before more of them comes, and how long does the rest last?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

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
)
from commands._basis import basis
from commands._churn_words import percent
from commands._grammar import Query, read
from commands._money import readings, said
from commands._stock_chance import came_out, drawn_basis, expected, is_none_free, statements
from commands._stock_one import answer_of
from commands._stock_seen import (
    Demand,
    Shelf,
    demand,
    evidence,
    lately,
    left_out,
    no_stock,
    shelf,
)
from commands._stock_service import SERVICE_HELP, ServiceError, read_service
from commands._stock_tables import by_group, by_item
from commands._stock_words import fate, quantity
from commands._window import midnight
from storage.known.rates import Amount, Rates, Sums, rates
from storage.metrics import obsolescence, run_out, stockout_rate
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import METRIC, WINDOW
from storage.metrics.obsolescence import Old, obsolete, worth
from storage.metrics.stockout_rate import Outs, out_now, outs, total

BY = ("category", "site")


@dataclass(frozen=True)
class _Found:
    """All that was computed for a question about many items."""

    query: Query
    shelf: Shelf
    demand: Demand
    outs: Outs
    old: list[Old]
    rates: Rates

    @property
    def risks(self) -> list[Risk]:
        return self.demand.risks

    @property
    def at_risk(self) -> list[Risk]:
        return [one for one in self.risks if one.is_at_risk]

    @property
    def untold(self) -> int:
        """Items in use of which nobody can tell: no lead time, and nothing to come on a day."""
        return sum(
            1
            for one in self.risks
            if one.cover.days is not None and not one.is_at_risk
            and (one.next is None or one.next.on is None) and one.lead.p90 is None
        )  # fmt: skip

    def value(self, amounts: Sequence[Amount]) -> Sums:
        return self.rates.total(amounts, self.query.currency or "")


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    only_risk, rest = _at_risk(words)
    try:
        service, rest = read_service(rest)
    except ServiceError:
        return Notice("I can't read that service level", SERVICE_HELP, error=True)
    query = read(
        session, ask, rest, command=COMMAND.name, kinds=("item", "category"), by=BY
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    seen = shelf(session, ask, query)
    if not seen.stock:
        return no_stock(query)
    wants = demand(session, ask, seen)
    if len(wants.risks) == 1 and query.refs("item"):
        return answer_of(session, ask, query, seen, wants, service)
    if service is not None:
        return Notice("A service level of which item?", SERVICE_HELP, error=True)
    found = _measured(session, ask, query, seen, wants)
    return _answer(session, ask, found, only_risk)


def _measured(
    session: Session, ask: Ask, query: Query, seen: Shelf, wants: Demand
) -> _Found:  # fmt: skip
    days = lately(ask, seen, wants)
    known_from = {one.key[0]: one.known_from for one in seen.stock}
    return _Found(
        query, seen, wants,
        total(outs(days, wants.uses, wants.first).values()),
        obsolete(wants.covers, wants.last, known_from),
        rates(session, ask.now, ask.currency),
    )  # fmt: skip


def _answer(session: Session, ask: Ask, found: _Found, only_risk: bool) -> Answer:
    shown = found.at_risk if only_risk else found.risks
    table = by_item(shown, found.demand.chances, only_risk=only_risk)
    if found.query.by:
        table = by_group(found.risks, found.query.by, found.value, found.rates.home)
    return Answer(
        title=f"Stock {'at risk ' if only_risk else ''}{found.query.label}".strip(),
        summary=Sentence(_summary(found), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(session, ask, found)),
        readings=_readings(found),
        table=table if table.rows else None,
        is_list=only_risk and not found.query.by,
        evidence=evidence(found.shelf, found.demand) if ask.wants_evidence else None,
        basis=_basis(session, ask, found),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(found)),
        follow_ups=_follow_ups(found, only_risk),
        statements=() if found.query.by or found.query.site else statements(shown, found.demand),
    )


def _at_risk(words: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether only what is at risk is asked for, and the other words."""
    plain = [word.lower() for word in words]
    for at in range(len(words) - 1):
        if plain[at : at + 2] == ["at", "risk"]:
            return True, [*words[:at], *words[at + 2 :]]
    return False, list(words)


def _summary(found: _Found) -> str:
    used = sum(1 for one in found.risks if one.cover.per_day)
    if not used:
        return f"**Nothing is used**: no demand for any of {_items(len(found.risks))}."
    risky, out = len(found.at_risk), sum(1 for one in found.risks if one.state == "out")
    if not risky:
        return _nothing_short(used, found.untold)
    text = f"**{risky} of {_items(used)} in use may run out** before more comes"
    text += f"; of {out} none is free already" if out else ""
    return f"{text}; of {found.untold} it can't be told." if found.untold else f"{text}."


def _nothing_short(used: int, untold: int) -> str:
    """That nothing is short; no all-clear for what can't be told."""
    if untold >= used:
        return (
            f"**What runs out can't be told**: no lead time is known of {_items(used)} in use, and"
            " nothing is to come on a known day."
        )
    if untold:
        can = f"**Nothing of the {used - untold} that can be told runs out** before more comes"
        return f"{can}; of {untold} it can't be told."
    return f"**Nothing runs out** before more comes, of {_items(used)} in use."


def _detail(session: Session, ask: Ask, found: _Found) -> list[str]:
    said = []
    if found.at_risk:
        worst = found.at_risk[0]
        said.append(f"Worst: {worst.cover.item.name}, {fate(worst)}.")
    sure, of = expected(found.risks, found.demand)
    if sure is not None:
        said.append(
            f"By their chances {quantity(sure)} of {_items(of)} with some free are expected to run"
            " out."
        )
        said += came_out(session, ask, found.demand)
    if found.outs.rate is not None:
        said.append(
            f"Out of stock on {percent(found.outs.rate)} of all days of {found.outs.n} items at"
            f" sites in the last {WINDOW} days."
        )
    return said


def _readings(found: _Found) -> tuple[Reading, ...]:
    out, used = out_now(found.demand.covers)
    stock = found.value([one for cover in found.demand.covers for one in worth(cover)])
    old = found.value([amount for one in found.old for amount in one.worth])
    figures: list[tuple[str, float | int | None, str, str]] = [
        ("items at risk", len(found.at_risk), "", METRIC.id),
        ("items in use", used, "", METRIC.id),
        ("stock-out rate", found.outs.rate, "share", stockout_rate.METRIC.id),
        ("items out now", out / used if used else None, "share", stockout_rate.METRIC.id),
        ("items that don't move", len(found.old), "", obsolescence.METRIC.id),
        ("expected to run out", expected(found.risks, found.demand)[0], "", run_out.METRIC.id),
    ]
    return (
        *(Reading(name, value, unit, "supply", id_) for name, value, unit, id_ in figures),
        *readings("stock at cost", stock, "supply", METRIC.id),
        *readings("stock that doesn't move", old, "supply", obsolescence.METRIC.id),
    )


def _notes(found: _Found) -> list[str]:
    notes = []
    if found.query.is_named:
        notes.append(f"Stock is what lies there now; demand and stock-outs are of {WINDOW} days.")
    if found.untold:
        notes.append(
            f"{_items(found.untold)} in use without any lead time known: not said to be short."
        )
    new = sum(1 for one in found.risks if one.cover.state == "too new")
    if new:
        notes.append(f"{_items(new)} too new to tell what is used a day.")
    if found.old:
        value = said(found.value([amount for one in found.old for amount in one.worth]))
        notes.append(f"Does not move or lasts over a year: {_items(len(found.old))}, {value}.")
    held = sum(is_none_free(one) and one.cover.key in found.demand.chances for one in found.risks)
    if held:
        notes.append(
            f"{_items(held)} of which none is free: what is reserved lies there until it is used,"
            " so that the chance to run out is of what is on hand."
        )
    if all(one.reserved is None for one in found.shelf.stock):
        notes.append("What is reserved is not known: all on hand counts as available.")
    return notes


def _basis(session: Session, ask: Ask, found: _Found) -> tuple[Basis, ...]:
    start = midnight(ask.today - timedelta(days=WINDOW), ask.zone)
    end, notes = ask.now, left_out(found.shelf)
    coming = sum(1 for one in found.risks if one.next)
    made = basis(session, ask, METRIC, start, end, n=len(found.risks), open=coming, notes=notes)
    since = found.shelf.known_from
    short: tuple[Sentence, ...] = ()
    if since and midnight(since, ask.zone) > start:
        short = (Sentence(f"Stock is known from {since.isoformat()} on", ("supply",)),)
    days = basis(session, ask, stockout_rate.METRIC, start, end, n=found.outs.n, notes=short)
    old = basis(session, ask, obsolescence.METRIC, start, end, n=len(found.risks))
    return (made, days, old, *drawn_basis(session, ask, found.demand, len(found.demand.chances)))


def _follow_ups(found: _Found, only_risk: bool) -> tuple[FollowUp, ...]:
    name = f" {found.query.label}" if found.query.named else ""
    ups = [FollowUp(one.cover.item.name, f"stock {one.cover.item.name}")
           for one in found.at_risk[:2]]  # fmt: skip
    if only_risk:
        ups.append(FollowUp("All stock", f"stock{name}"))
    elif found.at_risk:
        ups.append(FollowUp("At risk only", f"stock{name} at risk"))
    if not found.query.by:
        ups.append(FollowUp("By category", f"stock{name} by category"))
    return (*ups, FollowUp("How often it turns", f"turnover{name}"))


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


COMMAND = Command(
    name="stock",
    summary="What runs out before more comes, how long the rest lasts, what lies still.",
    usage="stock [item or category] [at risk] [service 95 %] [by category | site] [in site]",
    examples=("stock", "stock at risk", "stock by category"),
    topics=("supply",),
    answer=answer,
    synonyms=("stocks", "inventory", "cover", "stock cover", "stock-outs", "stockouts"),
    asks=(
        "what will run out",
        "which items run out of stock soon",
        "how much stock do we have",
        "how long does our inventory last",
        "days of cover",
        "do we have enough",
        "what should we reorder",
        "which items are out of stock",
        "reorder point",
        "safety stock",
    ),
)
