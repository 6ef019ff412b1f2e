"""How many customers leave, and who shows what usually comes before?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._basis import basis
from commands._churn_one import facts_of
from commands._churn_rows import rows_behind
from commands._churn_words import interval, local_days, percent, stands_out, yearly
from commands._grammar import Query, read
from storage.entities import entity
from storage.known.contracts import contracts_seen_from
from storage.known.customers import customers
from storage.metrics._order_gaps import HORIZON
from storage.metrics.churn import (
    ENOUGH_EVENTS,
    METRIC,
    Life,
    Rate,
    Standing,
    lives,
    quiet_events,
    rate,
    rate_by,
    standings,
)

FEW = 5


@dataclass(frozen=True)
class _Found:
    """What was computed for a question: rates of the window and the one before it."""

    query: Query
    everyone: list[Life]
    now: Rate
    prior: Rate
    events: int
    standing: list[Standing]


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"),
        by=METRIC.dimensions, days=365,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    today = ask.now.astimezone(ask.zone).date()
    everyone = lives(customers(session, ask.now, today), today)
    standing = standings(everyone, today)
    if query.named:
        return _one(session, ask, query, everyone, standing)
    if not everyone:
        return _nothing()
    if query.by:
        return _split(session, ask, query, everyone)
    found = _Found(
        query,
        everyone,
        rate(everyone, *local_days(query.window.start, query.window.end, ask.zone)),
        rate(everyone, *local_days(query.prior.start, query.prior.end, ask.zone)),
        quiet_events(everyone),
        standing,
    )
    return _all(session, ask, found)


def _all(session: Session, ask: Ask, found: _Found) -> Answer:
    shown = _worth_showing(found.standing)
    return Answer(
        title="Churn",
        summary=Sentence(_summary(found), ("customers",)),
        detail=tuple(Sentence(text, ("customers",)) for text in _detail(found, shown)),
        readings=_readings(found),
        table=_table(shown) if shown else None,
        is_list=True,
        evidence=rows_behind(ask, found.everyone, found.query.window),
        basis=(_basis(session, ask, found.query, found.everyone, found.now),),
        notes=tuple(Sentence(text, ("customers",)) for text in _notes(found)),
        follow_ups=_follow_ups(found, shown),
    )


def _summary(found: _Found) -> str:
    living = sum(1 for one in found.standing if one.left_on is None)
    share, bounds = percent(found.now.rate), interval(found.now)
    if found.now.rate is None:
        return f"**Nobody was a customer yet** before the {found.query.window.label}: no rate."
    lost = f"{found.now.lost} of {found.now.at_start} left {found.query.when}, {share} {bounds}"
    risks = [one.risk for one in found.standing if one.risk is not None]
    if found.events < ENOUGH_EVENTS:
        return f"**Too few have left to give each customer a percentage**: {lost}."
    return (
        f"**About {sum(risks):.0f} of {len(risks)} customers will order nothing** within"
        f" {HORIZON} days ({living} customers in all); {lost}."
    )


def _detail(found: _Found, shown: Sequence[Standing]) -> list[str]:
    compared = _compared(found)
    flagged = sum(1 for one in shown if one.counted)
    if found.events >= ENOUGH_EVENTS and shown:
        return [compared, f"The {len(shown)} least likely to order, and what stands out:"]
    if not shown:
        return [compared, "Nothing stands out about any customer."]
    suspended = len(shown) - flagged
    plural = "customers show" if flagged > 1 else "customer shows"
    text = f"{flagged} {plural} what usually comes before" if flagged else "Nobody shows a signal"
    waits = "wait" if suspended > 1 else "waits"
    owed = f"; {suspended} only {waits} for a late order of ours" if suspended else ""
    return [compared, f"{text}{owed}:"]


def _compared(found: _Found) -> str:
    now, prior, label = found.now, found.prior, found.query.prior.label
    if prior.rate is None or prior.at_start < FEW or now.rate is None:
        return f"Too few customers {label} to compare with ({prior.at_start})."
    assert now.low is not None and now.high is not None
    if now.low <= prior.rate <= now.high:
        return f"● About as {label}: {percent(prior.rate)} of {prior.at_start} then."
    word = "▲ more" if now.rate > prior.rate else "▼ fewer"
    return f"{word} than {label}: {percent(prior.rate)} of {prior.at_start} then."


def _readings(found: _Found) -> tuple[Reading, ...]:
    def figure(name: str, value: float | None, unit: str = "", **bounds: float | None) -> Reading:
        return Reading(name, value, unit, "customers", METRIC.id, **bounds)

    now, prior = found.now, found.prior
    readings = (
        figure("churn", now.rate, "share", low=now.low, high=now.high),
        figure("customers at start", now.at_start),
        figure("lost", now.lost),
        figure("returned", now.returned),
        figure("churn before", prior.rate, "share", low=prior.low, high=prior.high),
        figure("customers at start before", prior.at_start),
        figure("lost by falling quiet, ever", found.events),
    )
    risks = [one.risk for one in found.standing if one.risk is not None]
    if not risks:
        return readings
    return (*readings, figure(f"will order nothing in {HORIZON} days", sum(risks)))


def _table(shown: Sequence[Standing]) -> Table:
    """The customers to look at; a column of risks only where there are any."""
    has_risk = any(one.risk is not None for one in shown)
    money, unit = yearly(shown)
    columns = [
        Column("Customer", "customers"),
        Column("Last order", "customers"),
        Column("Usual gap", "customers", "d", METRIC.id),
        Column("Last 12 months", "revenue", unit, METRIC.id),
        Column("What stands out", "customers"),
    ]
    rows: list[tuple[Value, ...]] = [
        (one.customer.name, one.rhythm.last.isoformat() if one.rhythm else None,
         one.rhythm.usual if one.rhythm else None, sum_, stands_out(one))
        for one, sum_ in zip(shown, money, strict=True)
    ]  # fmt: skip
    if has_risk:
        columns.insert(1, Column(f"No order in {HORIZON} d", "customers", "share", METRIC.id))
        risks = [one.risk for one in shown]
        rows = [(row[0], risk, *row[1:]) for row, risk in zip(rows, risks, strict=False)]
    bold = frozenset(at for at, one in enumerate(shown) if one.counted > 1)
    keys = tuple(entity("customer", one.customer.key) for one in shown)
    return Table(tuple(columns), tuple(rows), bold, len(shown), keys, is_fleeting=not has_risk)


def _worth_showing(standing: Sequence[Standing]) -> list[Standing]:
    living = [one for one in standing if one.left_on is None]
    if any(one.risk is not None for one in living):
        return living
    return [one for one in living if one.signals]


def _split(session: Session, ask: Ask, query: Query, everyone: list[Life]) -> Answer:
    """The rate by a dimension, the one with the most customers first."""
    assert query.by is not None
    days = local_days(query.window.start, query.window.end, ask.zone)
    whole = rate(everyone, *days)
    parts = rate_by(everyone, *days, query.by)
    ranked = sorted(parts.items(), key=lambda part: (-part[1].at_start, part[0] or ""))
    rows: list[tuple[Value, ...]] = [
        (value or "unknown", part.rate, part.low, part.high, part.lost, part.at_start)
        for value, part in ranked
    ]
    names = [("Churn", "share"), ("From", "share"), ("To", "share"), ("Lost", ""), ("Of", "")]
    columns = tuple(Column(name, "customers", unit, METRIC.id) for name, unit in names)
    text = f"**{percent(whole.rate)} of customers left** {query.when} {interval(whole)}"
    return Answer(
        title=f"Churn by {query.by}",
        summary=Sentence(f"{text}: {whole.lost} of {whole.at_start}.", ("customers",)),
        readings=(
            Reading(
                "churn", whole.rate, "share", "customers", METRIC.id, low=whole.low, high=whole.high
            ),
        ),
        table=Table((Column(query.by.capitalize(), "customers"), *columns), tuple(rows)),
        evidence=rows_behind(ask, everyone, query.window),
        basis=(_basis(session, ask, query, everyone, whole),),
        notes=(Sentence("From and To are the bounds of the 95 % interval.", ("customers",)),),
        follow_ups=(FollowUp("Who is at risk?", "churn"),),
    )


def _one(
    session: Session, ask: Ask, query: Query, everyone: list[Life], standing: list[Standing]
) -> Answer | Notice:
    wanted = query.refs("customer") | query.refs("account")
    found = [one for one in standing if one.customer.keys & wanted]
    if not found:
        return Notice(
            f"{query.label} has not ordered yet",
            "I know neither an order nor a contract of theirs.",
            (FollowUp("All customers", "churn"), FollowUp("Data status", "status")),
        )
    today = ask.now.astimezone(ask.zone).date()
    days = local_days(query.window.start, query.window.end, ask.zone)
    asked = [one for one in everyone if one.customer.keys & wanted]
    rests = _basis(session, ask, query, asked, rate(asked, *days))
    return facts_of(found[0], len(found), today, rests, quiet_events(everyone))


def _basis(
    session: Session, ask: Ask, query: Query, everyone: Sequence[Life], found: Rate
) -> Basis:
    linked = sum(1 for one in everyone if one.customer.is_linked)
    made = basis(
        session, ask, METRIC, query.window.start, query.window.end,
        n=found.at_start, open=found.at_start - found.lost,
        coverage=linked / len(everyone) if linked else None,
    )  # fmt: skip
    has_contracts = any(one.customer.contracts for one in everyone)
    since = contracts_seen_from(session, ask.now) if has_contracts else None
    return replace(made, history_from=since)


def _notes(found: _Found) -> list[str]:
    notes = []
    if found.now.returned:
        notes.append(f"{found.now.returned} of those who left were back by the end.")
    if any(one.customer.late for one in found.standing):
        notes.append("An order gap is not counted while we hold a late order of theirs.")
    unlinked = sum(1 for one in found.everyone if not one.customer.is_linked)
    if 0 < unlinked < len(found.everyone):
        notes.append(f"{unlinked} of {len(found.everyone)} customers are not matched to the CRM.")
    return notes


def _follow_ups(found: _Found, shown: Sequence[Standing]) -> tuple[FollowUp, ...]:
    name = shown[0].customer.name if shown else None
    ups = [FollowUp(f"Why {name}?", f"churn {name}", ("customers",))] if name else []
    if any(one.customer.segment for one in found.everyone):
        ups.append(FollowUp("By segment", "churn by segment"))
    if not found.query.is_named:
        ups.append(FollowUp("Last 2 years", "churn last 2 years"))
    return (*ups, FollowUp("How is this computed?", "define churn"))


def _nothing() -> Notice:
    return Notice(
        "No customers yet",
        "I know of no customer's order or contract. See what has been read so far.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="churn",
    summary="How many customers leave, and who shows what usually comes before.",
    usage="churn [customer] [by segment | country] [window]",
    examples=("churn", "churn last 2 years", "churn by segment"),
    topics=("customers", "revenue"),
    answer=answer,
    synonyms=("churn risk", "at risk", "attrition"),
    slash="/churn",
    asks=(
        "who will leave us", "which customers may leave", "customers at risk of leaving",
        "how many customers did we lose", "customers left", "churn rate", "losing customers",
        "customers likely to churn", "who went quiet", "who stopped ordering", "attrition",
    ),
)  # fmt: skip
