"""One item's stock: how long it lasts, when more comes, when to order, what lay there."""

from datetime import timedelta

from sqlmodel import Session

from commands._basis import basis
from commands._churn_words import percent
from commands._contract import (
    Answer,
    Ask,
    Basis,
    Chart,
    Column,
    FollowUp,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._grammar import Query
from commands._stock_chance import came_out, drawn_basis, reading, rests_on, statements, told
from commands._stock_coming import coming
from commands._stock_seen import Demand, Shelf, evidence, lately, left_out
from commands._stock_words import days, next_receipt, on_day, quantity
from commands._window import midnight
from storage.metrics import reorder_point, stockout_rate
from storage.metrics._stock_days import Held
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import METRIC, WINDOW, Cover, daily, uses_of
from storage.metrics.reorder_point import SERVICE, Reorder, drawn, reorder
from storage.metrics.run_out import used_by
from storage.metrics.stockout_rate import outs, total

EVERY_DAYS = 7


def answer_of(
    session: Session, ask: Ask, query: Query, seen: Shelf, wants: Demand,
    service: float | None = None,
) -> Answer:  # fmt: skip
    """The answer about the one item that the shelf holds; with a service level, when to order to
    have that."""
    (risk,) = wants.risks
    cover, held = risk.cover, lately(ask, seen, wants)
    point = _reorder(risk, wants, service or SERVICE)
    record, more = came_out(session, ask, wants), coming(session, ask, risk.next)
    chance = reading(wants.chances.get(cover.key))
    missed = total(outs(held, wants.uses, wants.first).values())
    at = f" at {query.site}" if query.site else ""
    return Answer(
        title=f"Stock {cover.item.name}{at}",
        summary=Sentence(_summary(cover, risk, at), ("supply",)),
        detail=tuple(
            Sentence(text, ("supply",))
            for text in (
                *_detail(risk, wants, point, service),
                *([more.sentence(ask.today)] if more else []),
                *record,
            )
        ),
        readings=(*_readings(cover, risk, point, missed.rate), chance),
        chart=_chart(held, ask, cover),
        table=_sites(cover),
        evidence=evidence(seen, wants) if ask.wants_evidence else None,
        basis=(
            *_basis(session, ask, seen, wants, risk),
            *([more.basis(session, ask)] if more else ()),
        ),
        notes=tuple(
            Sentence(text, ("supply",)) for text in _notes(risk, wants, point, missed.rate)
        ),
        statements=(
            *(() if query.site else statements([risk], wants)),
            *(more.statements() if more else ()),
        ),
        follow_ups=(
            FollowUp("Lead time", f"lead-time {cover.item.name}"),
            FollowUp("How often it turns", f"turnover {cover.item.name}"),
            FollowUp("Chance to run out", f"launch {cover.item.name}"),
            FollowUp("All at risk", "stock at risk"),
        ),
    )


def _summary(cover: Cover, risk: Risk, at: str) -> str:
    name, uom = f"{cover.item.name}{at}", cover.stock[0].uom
    there = f"{quantity(cover.on_hand, uom)} on hand"
    if cover.available != cover.on_hand:
        there += f", {quantity(cover.available)} of it available"
    if cover.state == "too new":
        return f"**{name}: {there}**, and too new to tell how long that lasts."
    if cover.state == "no demand":
        return f"**{name}: {there}**, and no demand in {cover.over} days."
    rate = f"{quantity(cover.per_day)} a day"
    if cover.state == "out":
        what = "is out" if cover.on_hand <= 0 else "has none free"
        return f"**{name} {what}**: {there}, {rate} are wanted."
    return f"**{name} lasts {days(cover.days)}**: {there}, {rate}."


def _reorder(risk: Risk, wants: Demand, service: float) -> Reorder | None:
    """The reorder point: by the fit where one is in use, else by the lead times of these days."""
    cover = risk.cover
    if wants.kept is None:
        if not risk.lead.duration or not cover.over:
            return None
        used = daily(uses_of(cover, wants.uses), cover.over, wants.today)
        return reorder(used, risk.lead.duration.curve, service)
    curve = wants.new_order(cover.key)
    if curve is None or cover.state not in ("lasts", "out"):
        return None
    ways = wants.kept.ways
    return drawn(used_by([cover], wants.uses, wants.moved, wants.first, ways), ways, curve, service)


def _detail(risk: Risk, wants: Demand, point: Reorder | None, service: float | None) -> list[str]:
    said = (told(risk, wants), _coming(risk), _ordering(risk, point, service))
    return [text for text in said if text]


def _coming(risk: Risk) -> str:
    today, out = risk.cover.today, risk.cover.runs_out_on
    when = next_receipt(risk.next, today)
    if risk.next is None:
        end = f"; it runs out about {on_day(out, today)}" if out and risk.cover.days else ""
        return f"Nothing is on order{end}."
    text = f"{quantity(risk.next.qty)} more: {when}"
    if risk.state == "short" and risk.gap and out:
        return f"▲ {text}, {days(risk.gap)} after it runs out on {on_day(out, today)}."
    return f"{text}."


def _ordering(risk: Risk, point: Reorder | None, service: float | None) -> str | None:
    if point is None:
        return None
    least = "at least " if point.lead.is_cut else ""
    text = f"Order at {least}{quantity(round(point.point))}"
    text += f" for a service of {100 * (service or SERVICE):g} %"
    below = " (it is below that)" if float(risk.cover.available) < point.point else ""
    # where it may run out often it is less than what is used on the mean
    safety = quantity(round(point.safety)) if round(point.safety) >= 0 else "none"
    return f"{text}{below}: {safety} of that is safety stock."


def _readings(
    cover: Cover, risk: Risk, point: Reorder | None, missed: float | None
) -> tuple[Reading, ...]:
    here, order = METRIC.id, reorder_point.METRIC.id
    reserved = [one.reserved for one in cover.stock if one.reserved is not None]
    lead = point.lead if point else None
    figures = [
        ("on hand", cover.on_hand, "", here),
        ("reserved", sum(reserved) if reserved else None, "", here),
        ("at the dock", sum(one.at_dock for one in cover.stock), "", here),
        ("available", cover.available, "", here),
        ("used a day", cover.per_day, "", here),
        ("cover", cover.days, "d", here),
        ("9 in 10 of orders within", risk.lead.p90, "d", "lead-time"),
        ("reorder point", point.point if point else None, "", order),
        ("safety stock", point.safety if point else None, "", order),
        ("mean lead time", lead.mean if lead else None, "d", order),
        ("spread of lead time", lead.sd if lead else None, "d", order),
        ("spread of a day's demand", point.demand_sd if point else None, "", order),
        ("days out of stock", missed, "share", stockout_rate.METRIC.id),
        *(("at cost", one.value, one.currency or "", here) for one in cover.stock),
    ]
    return tuple(Reading(name, value, unit, "supply", id_) for name, value, unit, id_ in figures)


def _chart(held: list[Held], ask: Ask, cover: Cover) -> Chart | None:
    """What lay there at the end of each week's last day, and now."""
    marks = [ask.today - timedelta(days=back) for back in range(WINDOW, 0, -EVERY_DAYS)]
    levels = []
    for day in marks:
        steps = [step for one in held for step in one.within(day, day).steps]
        known = len(steps) == len(held)
        levels.append(float(sum(step.qty for step in steps)) if known else None)
    if sum(level is not None for level in levels) < 2:
        return None
    return Chart(
        "line", f"{cover.item.name} on hand",
        (*(f"{day:%-d %b}" for day in marks), "now"),
        (Series("on hand", (*levels, float(cover.on_hand))),),
        "supply", cover.stock[0].uom or "",
    )  # fmt: skip


def _sites(cover: Cover) -> Table | None:
    if len(cover.stock) < 2:
        return None
    rows: list[tuple[Value, ...]] = [
        (one.site.name if one.site else "unknown", one.on_hand, one.available)
        for one in sorted(cover.stock, key=lambda one: -one.on_hand)
    ]
    columns = (
        Column("Site", "supply"),
        Column("On hand", "supply", "", METRIC.id),
        Column("Available", "supply", "", METRIC.id),
    )
    bold = frozenset(at for at, row in enumerate(rows) if not row[2] or row[2] < 0)  # type: ignore[operator]  # a quantity
    return Table(columns, tuple(rows), bold, len(rows))


def _basis(session: Session, ask: Ask, seen: Shelf, wants: Demand, risk: Risk) -> tuple[Basis, ...]:
    start = midnight(ask.today - timedelta(days=WINDOW), ask.zone)
    coming, lead = int(risk.next is not None), risk.lead.duration
    n, waits = (lead.n, lead.open) if lead else (0, 0)
    if (curve := wants.new_order(risk.cover.key)) is not None:
        n, waits = curve.n, len(risk.due)
    return (
        basis(
            session, ask, METRIC, start, ask.now, n=len(seen.stock), open=coming,
            notes=left_out(seen),
        ),
        basis(
            session, ask, reorder_point.METRIC, start, ask.now, n=n, open=waits),
        basis(session, ask, stockout_rate.METRIC, start, ask.now, n=len(seen.stock)),
        *drawn_basis(session, ask, wants, 1),
    )  # fmt: skip


def _notes(risk: Risk, wants: Demand, point: Reorder | None, missed: float | None) -> list[str]:
    notes, cover = [], risk.cover
    if rests := rests_on(risk, wants):
        notes.append(rests)
    if missed:
        notes.append(f"Out of stock on {percent(missed)} of the days of the last {WINDOW}.")
    if risk.lead.of == "supplier" and not risk.lead.is_fitted:
        notes.append("Too few purchases of it: the lead time is that of its suppliers.")
    if risk.lead.of == "production":
        notes.append("It is made: the lead time is that of production, from release to end.")
    if risk.lead.of is None and point is None:
        notes.append("Too few orders of it to tell a lead time: no reorder point.")
    elif point is None:
        notes.append("Too few days or no demand: no reorder point.")
    if all(one.reserved is None for one in cover.stock):
        notes.append("What is reserved is not known: all on hand counts as available.")
    return notes
