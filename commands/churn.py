"""How many customers leave, and who may: by a fit where one is in use, else by what stands out."""

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
from commands import (
    _churn_gaps as gaps,
)
from commands._basis import basis
from commands._churn_card import card_of
from commands._churn_fit import OF_FIT, Told, no_fit, rate_said, statements, told_of
from commands._churn_list import Listed, detail, figures, summary, table
from commands._churn_one import facts_of
from commands._churn_rates import compared, lost, rate_readings
from commands._churn_rows import rows_behind
from commands._churn_words import interval, local_days, percent
from commands._grammar import Query, read
from storage.forecasts._churn_now import FACTORS
from storage.known.contracts import contracts_seen_from
from storage.known.customers import customers
from storage.known.rates import rates
from storage.metrics._order_gaps import HORIZON
from storage.metrics.churn import (
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


@dataclass(frozen=True)
class _Found:
    """What was computed for a question: rates of the window and the one before it, and the living
    customers to show with what a fit tells of them."""

    query: Query
    everyone: list[Life]
    now: Rate
    prior: Rate
    events: int
    standing: list[Standing]
    listed: Listed

    @property
    def shown(self) -> Sequence[Standing]:
        return self.listed.shown

    @property
    def told(self) -> Told:
        return self.listed.told

    @property
    def has_risk(self) -> bool:
        return any(one.risk is not None for one in self.shown)


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"),
        by=METRIC.dimensions, days=365,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    everyone = lives(customers(session, ask.now, ask.today), ask.today)
    if query.by and everyone and not query.named:
        return _split(session, ask, query, everyone)
    # the card of one compares all factors with those of a month ago
    most = None if query.named else FACTORS
    told = told_of(session, ask, [one.customer for one in _asked(query, everyone)], most)
    standing = standings(everyone, ask.today, told.risks)
    if query.named:
        return _one(session, ask, query, everyone, standing, told)
    if not everyone:
        return _nothing()
    listed = Listed(
        _worth_showing(standing), told, rates(session, ask.now, ask.currency),
        query.currency or "", ask.today,
    )  # fmt: skip
    return _all(session, ask, _Found(
        query,
        everyone,
        rate(everyone, *local_days(query.window.start, query.window.end, ask.zone)),
        rate(everyone, *local_days(query.prior.start, query.prior.end, ask.zone)),
        quiet_events(everyone),
        standing,
        listed,
    ))  # fmt: skip


def _all(session: Session, ask: Ask, found: _Found) -> Answer:
    by_fit = found.told.has_chances and found.has_risk
    return Answer(
        title="Churn",
        summary=Sentence(summary(found.listed) if by_fit else _summary(found), ("customers",)),
        detail=_detail(found, by_fit=by_fit),
        readings=_readings(found, by_fit=by_fit),
        table=_table(ask, found, by_fit=by_fit),
        is_list=True,
        evidence=rows_behind(ask, found.everyone, found.query.window),
        basis=(_basis(session, ask, found.query, found.everyone, found.now),),
        notes=tuple(Sentence(text, ("customers",)) for text in _notes(found, by_fit=by_fit)),
        follow_ups=_follow_ups(found),
        statements=statements(
            found.told.chances, [one.customer for one in found.shown] if by_fit else (), ask
        ),
    )


def _table(ask: Ask, found: _Found, *, by_fit: bool) -> Table | None:
    if not found.shown:
        return None
    if by_fit:
        return table(found.listed, has_money=ask.grant.allows("revenue"))
    return gaps.table(found.shown)


def _summary(found: _Found) -> str:
    """Without chances by a fit: by order gaps, or that there are no percentages."""
    if found.now.rate is None:
        return f"**Nobody was a customer yet** before the {found.query.window.label}: no rate."
    left = lost(found.now, found.query)
    if not found.has_risk:
        return f"**Too few have left to give each customer a percentage**: {left}."
    living = sum(1 for one in found.standing if one.left_on is None)
    risks = [one.risk for one in found.standing if one.risk is not None]
    return (
        f"**About {sum(risks):.0f} of {len(risks)} customers will order nothing** within"
        f" {HORIZON} days ({living} customers in all); {left}."
    )


def _detail(found: _Found, *, by_fit: bool) -> tuple[Sentence, ...]:
    if by_fit:
        left = lost(found.now, found.query)
        past = Sentence(f"{left[0].upper()}{left[1:]}. {_than_before(found)}", ("customers",))
        return (*detail(found.listed), past)
    texts = [_than_before(found), *map(rate_said, found.told.bases)]
    texts.append(gaps.shows(found.shown, has_risk=found.has_risk))
    return tuple(Sentence(text, ("customers",)) for text in texts)


def _than_before(found: _Found) -> str:
    return compared(found.now, found.prior, found.query.prior.label)


def _readings(found: _Found, *, by_fit: bool) -> tuple[Reading, ...]:
    rates_ = rate_readings(found.now, found.prior, found.events)
    if by_fit:
        return (*rates_, *figures(found.listed))
    risks = [one.risk for one in found.standing if one.risk is not None]
    if not risks:
        return rates_
    name = f"will order nothing in {HORIZON} days"
    return (*rates_, Reading(name, sum(risks), "", "customers", METRIC.id))


def _worth_showing(standing: list[Standing]) -> list[Standing]:
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
            Reading("churn", whole.rate, "share", "customers", METRIC.id, whole.low, whole.high),
        ),
        table=Table((Column(query.by.capitalize(), "customers"), *columns), tuple(rows)),
        evidence=rows_behind(ask, everyone, query.window),
        basis=(_basis(session, ask, query, everyone, whole),),
        notes=(Sentence("From and To are the bounds of the 95 % interval.", ("customers",)),),
        follow_ups=(FollowUp("Who is at risk?", "churn"),),
    )


def _one(
    session: Session, ask: Ask, query: Query, everyone: list[Life], standing: list[Standing],
    told: Told,
) -> Answer | Notice:  # fmt: skip
    asked = _asked(query, everyone)
    keys = {one.customer.key for one in asked}
    found = [one for one in standing if one.customer.key in keys]
    if not found:
        return Notice(
            f"{query.label} has not ordered yet",
            "I know neither an order nor a contract of theirs.",
            (FollowUp("All customers", "churn"), FollowUp("Data status", "status")),
        )
    days = local_days(query.window.start, query.window.end, ask.zone)
    rests = _basis(session, ask, query, asked, rate(asked, *days))
    card = card_of(session, ask, found[0], len(found), rests, told)
    return card or facts_of(found[0], len(found), ask.today, rests, quiet_events(everyone), told)


def _asked(query: Query, everyone: Sequence[Life]) -> Sequence[Life]:
    """Those whom a question is about: all where nobody is named."""
    wanted = query.refs("customer") | query.refs("account")
    return [one for one in everyone if not query.named or one.customer.keys & wanted]


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


def _notes(found: _Found, *, by_fit: bool) -> list[str]:
    notes = [OF_FIT] if by_fit else []
    untold = sum(1 for one in found.shown if one.risk is None)
    if by_fit and untold:
        notes.append(f"Of {untold} no chance is told: no fit in use tells one of such customers.")
    if found.told.why:
        notes.append(no_fit(found.told, has_chances=found.has_risk))
    if found.now.returned:
        notes.append(f"{found.now.returned} of those who left were back by the end.")
    if any(one.customer.late for one in found.standing):
        notes.append("An order gap is not counted while we hold a late order of theirs.")
    unlinked = sum(1 for one in found.everyone if not one.customer.is_linked)
    if 0 < unlinked < len(found.everyone):
        notes.append(f"{unlinked} of {len(found.everyone)} customers are not matched to the CRM.")
    return notes


def _follow_ups(found: _Found) -> tuple[FollowUp, ...]:
    name = found.shown[0].customer.name if found.shown else None
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
