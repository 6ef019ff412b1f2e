"""One customer's chance to leave: what weighs in its score, and how it moved in a month."""

from decimal import Decimal

from sqlmodel import Session

from commands._churn_factors import change_said, factors_said
from commands._churn_fit import LEAVES, LIKELY, OF_FIT, Told, chance_said, statements, told_then
from commands._churn_one import contract_said, facts_read, orders_said, others
from commands._churn_words import stands_out
from commands._contract import Answer, Ask, Basis, FollowUp, Reading, Sentence
from storage.forecasts._churn_now import Chance
from storage.metrics.churn import METRIC, Standing


def card_of(
    session: Session, ask: Ask, one: Standing, count: int, rests: Basis, told: Told
) -> Answer | None:
    """The answer about one customer; `count` tells of others by the same name, `told` its chance
    with all factors. Null where none is told."""
    customer = one.customer
    now = told.chances.get(customer.key)
    if now is None or now.share is None or one.left_on:
        return None
    then = told_then(session, ask, customer)
    return Answer(
        title=f"Churn {customer.name}",
        summary=Sentence(_summary(one, now, now.share), ("customers",)),
        detail=tuple(Sentence(text, ("customers",)) for text in _detail(ask, one, now, then)),
        readings=(*_readings(one, now, now.share, then), *facts_read(one)),
        basis=(rests,),
        notes=tuple(Sentence(text, ("customers",)) for text in (*others(count), OF_FIT)),
        follow_ups=(
            FollowUp("All customers", "churn"),
            FollowUp("How is this computed?", "define churn"),
        ),
        statements=statements({customer.key: now}, [customer], ask),
    )


def _summary(one: Standing, now: Chance, share: float) -> str:
    name, does = one.customer.name, LEAVES[now.base.kind]
    if share > LIKELY:
        return f"**{name} is likely to {does}**: {chance_said(now)}."
    return f"**{name}** has a chance of {chance_said(now)}."


def _detail(ask: Ask, one: Standing, now: Chance, then: Chance | None) -> list[str]:
    has_money = ask.grant.allows("revenue")
    main = factors_said(now.main, has_money=has_money)
    out = stands_out(one)
    found = [
        f"Main factors in the score: {main}." if main else None,
        change_said(now, then, has_money=has_money),
        orders_said(one),
        contract_said(one, ask.today),
        f"What stands out: {out}." if out else None,
    ]
    return [text for text in found if text]


def _readings(one: Standing, now: Chance, share: float, then: Chance | None) -> tuple[Reading, ...]:
    low, high = now.base.interval or (None, None)
    before = then.share if then and then.base == now.base else None
    return (
        Reading("chance to leave", share, "share", "customers", METRIC.id, now.low, now.high),
        Reading("base rate", now.base.rate, "share", "customers", METRIC.id, low, high),
        Reading("chance a month ago", before, "share", "customers", METRIC.id),
        Reading("within", now.base.days, "d", "customers", METRIC.id),
        *(
            Reading("at risk", amount * Decimal(share), currency, "revenue", METRIC.id)
            for currency, amount in sorted((one.revenue or {}).items())
        ),
    )
