"""One customer's facts: how it orders, what it has signed, what stands out."""

from datetime import date

from commands._churn_fit import Told, no_fit, rate_said
from commands._churn_words import stands_out
from commands._contract import Answer, Basis, FollowUp, Reading, Sentence
from storage.metrics._order_gaps import HORIZON
from storage.metrics._signals import notice_on
from storage.metrics.churn import ENOUGH_EVENTS, METRIC, Standing


def facts_of(
    one: Standing, count: int, today: date, rests: Basis, events: int, told: Told
) -> Answer:
    """The answer about one customer of whom no fit tells a chance; `count` tells of others by the
    same name, `events` how many ever left by falling quiet."""
    return Answer(
        title=f"Churn {one.customer.name}",
        summary=Sentence(_summary(one, today), ("customers",)),
        detail=tuple(Sentence(text, ("customers",)) for text in _detail(one, today)),
        readings=(
            Reading(f"no order in {HORIZON} days", one.risk, "share", "customers", METRIC.id),
            *facts_read(one),
        ),
        basis=(rests,),
        notes=tuple(Sentence(text, ("customers",)) for text in _notes(one, count, events, told)),
        follow_ups=(
            FollowUp("All customers", "churn"),
            FollowUp("How is this computed?", "define churn"),
        ),
    )


def _summary(one: Standing, today: date) -> str:
    name = one.customer.name
    if one.left_on:
        return f"**{name} left on {one.left_on.isoformat()}**, {(today - one.left_on).days} d ago."
    text = stands_out(one)
    if one.risk is not None:
        tail = f": {text}" if text else ""
        return f"**{name}: {100 * one.risk:.0f} % to order nothing** in {HORIZON} days{tail}."
    if text is None:
        return f"**Nothing stands out about {name}**."
    if one.counted == 0:
        return f"**{name} waits for us**: {text}."
    waits = " and waits for us" if any(signal.name == "owed" for signal in one.signals) else ""
    return f"**{name} shows {one.counted} signal{'s' if one.counted > 1 else ''}{waits}**: {text}."


def _detail(one: Standing, today: date) -> list[str]:
    return [text for text in (orders_said(one), contract_said(one, today)) if text]


def orders_said(one: Standing) -> str:
    """When it ordered last, and how often it usually does."""
    if one.rhythm is None:
        return "No order of theirs is known."
    beat = one.rhythm
    text = f"Last order {beat.last.isoformat()}, {beat.quiet} d ago"
    if beat.usual is None:
        return f"{text}; too few orders ({beat.gaps + 1} days) to tell how often they order."
    return f"{text}; usually every {beat.usual:g} d, 9 in 10 within {beat.p90} d."


def contract_said(one: Standing, today: date) -> str | None:
    """By when it must decide on its next contract; null without contracts."""
    running = [
        (day, contract)
        for contract in one.customer.contracts
        if contract.churned_on is None and (day := notice_on(contract)) and day >= today
    ]
    if not running:
        return "No renewal date is known." if one.customer.contracts else None
    day, contract = min(running, key=lambda found: found[0])
    if contract.notice_days is None:
        return f"Contract up on {day.isoformat()}; its notice period is not known."
    renews = "; else the contract renews by itself" if contract.auto_renew else ""
    return f"Notice is due by {day.isoformat()}{renews}."


def facts_read(one: Standing) -> tuple[Reading, ...]:
    """What is known of how it orders, and what it brings, as readings."""
    beat = one.rhythm
    figures: list[tuple[str, float | None, str]] = [
        ("quiet", beat.quiet if beat else None, "d"),
        ("usual gap", beat.usual if beat else None, "d"),
        ("9 in 10 gaps within", beat.p90 if beat else None, "d"),
        ("signals", one.counted, ""),
        ("late lines that we owe", len(one.customer.late), ""),
    ]
    readings = [Reading(name, value, unit, "customers", METRIC.id) for name, value, unit in figures]
    for currency, amount in sorted((one.revenue or {}).items()):
        readings.append(Reading("last 12 months", amount, currency, "revenue", METRIC.id))
    if not one.revenue:
        nothing = None if one.revenue is None else 0
        readings.append(Reading("last 12 months", nothing, "", "revenue", METRIC.id))
    return tuple(readings)


def others(count: int) -> list[str]:
    """That others bear the name too."""
    if count < 2:
        return []
    return [f"{count} customers bear this name; this is the one to look at first."]


def _notes(one: Standing, count: int, events: int, told: Told) -> list[str]:
    notes = others(count)
    if told.why:
        return [*notes, *_of_gaps(one, events), no_fit(told, has_chances=one.risk is not None)]
    kind = "contracts" if one.customer.contracts else "orders"
    mine = [base for base in told.bases if base.kind == kind]
    if not mine:
        notes.append("No percentage: no fit of customers like it is in use.")
    elif not mine[0].has_chances:
        notes.append(f"No percentage: too few have left, or stayed. {rate_said(mine[0])}")
    return notes


def _of_gaps(one: Standing, events: int) -> list[str]:
    if events < ENOUGH_EVENTS:
        have = "has" if events == 1 else "have"
        return [f"No percentage: only {events} {have} ever left by falling quiet."]
    if one.customer.contracts:
        return ["No percentage: customers with a contract do not leave by falling quiet."]
    return []
