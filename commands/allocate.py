"""Who of those that wait for an item should get what comes? A proposal beside first come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Command,
    FollowUp,
    Notice,
    Sentence,
)
from commands._allocate_words import Case, changes, in_sight, notes, readings, summary, table
from commands._basis import basis
from commands._grammar import find
from commands._supply import Supply, standing_customers, supply
from commands._window import last_days
from storage.known.rates import Amount
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics.allocation import (
    METRIC,
    SOON,
    Coming,
    Split,
    Waiting,
    first_come,
    proposed,
    supplies,
)
from storage.metrics.churn import Standing
from storage.metrics.renewals_due import due

ZERO = Decimal(0)
CHOICES = 5


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    chain = supply(session, ask)
    if not words:
        return _which(ask, chain)
    named = find(session, ask, " ".join(words), ("item",), COMMAND.name)
    if isinstance(named, Notice):
        return named
    items = [(one.source, one.ref) for one in named]
    lines = [line for line in chain.chain.sales.values() if _key(line) in items and _rest(line) > 0]
    if not lines:
        return _nothing(named[0].name)
    waiting, currency = _waiting(session, ask, chain, lines)
    case = _case(named[0].name, items, waiting, chain)
    year = last_days(365, ask.now, ask.zone)
    return Answer(
        title=f"Allocate {case.name}",
        summary=Sentence(summary(case), ("customers", "supply")),
        detail=(Sentence(in_sight(case), ("supply",)), Sentence(changes(case), ("customers",))),
        readings=readings(case),
        table=table(case, currency),
        basis=(
            basis(session, ask, METRIC, year.start, ask.now, n=len(lines), open=len(lines)),
        ),
        notes=notes(case),
        follow_ups=_follow_ups(case),
    )  # fmt: skip


def _key(line: SalesLine) -> Key | None:
    return (line.item.source, line.item.ref) if line.item else None


def _rest(line: SalesLine) -> Decimal:
    return line.qty - sum((one.qty for one in line.shipments), ZERO)


def _waiting(
    session: Session, ask: Ask, chain: Supply, lines: Sequence[SalesLine]
) -> tuple[list[Waiting], str]:
    """The lines with what is known of their customers, and the currency of their revenue.

    Revenue is in the company's currency, else in the one that all share; what is in another can't
    be compared and is null.
    """
    every, _ = standing_customers(session, ask)
    standing = {key: one for one in every for key in one.customer.keys}
    found = []
    for line in lines:
        who = (line.customer.source, line.customer.ref) if line.customer else None
        one = standing.get(who) if who else None
        notice = _notice(one, chain, ask) if one else None
        found.append((line, notice, _revenue(one, chain, ask.currency) if one else None))
    codes = {revenue[1] for _, _, revenue in found if revenue}
    currency = ask.currency or (codes.pop() if len(codes) == 1 else "")
    waiting = [
        Waiting(
            line, _rest(line), notice,
            revenue[0] if revenue and currency and revenue[1] == currency else None,
        )
        for line, notice, revenue in found
    ]  # fmt: skip
    return waiting, currency


def _notice(one: Standing, chain: Supply, ask: Ask) -> date | None:
    """The next day by which the customer must decide, where it is near."""
    last = ask.today + timedelta(days=SOON)
    ahead = due([one.customer], (), ask.today, chain.rates, ask.currency)
    return min(
        (next_.deadline for next_ in ahead if ask.today <= next_.deadline <= last), default=None
    )


def _revenue(one: Standing, chain: Supply, into: str) -> tuple[Decimal, str] | None:
    """Of 12 months with its currency, where it is in one."""
    amounts = [Amount(value, code, chain.today) for code, value in (one.revenue or {}).items()]
    return chain.rates.total(amounts, into).single


def _case(name: str, items: Sequence[Key], waiting: Sequence[Waiting], chain: Supply) -> Case:
    """Both splits; items of one name in two sources are split each by itself."""
    coming: list[Coming] = []
    first: dict[Key, date | None] = {}
    then: dict[Key, date | None] = {}
    for item in items:
        its = [one for one in waiting if _key(one.line) == item]
        comes = supplies(item, chain.chain, chain.trace, chain.arrivals)
        coming += comes
        first |= first_come(its, comes).by
        then |= proposed(its, comes, chain.today).by
    ranked = sorted(waiting, key=lambda one: (then[one.line.key] or date.max,
                                              one.due or date.max, one.line.key))  # fmt: skip
    return Case(name, chain.today, tuple(ranked), tuple(coming), Split(first), Split(then))


def _follow_ups(case: Case) -> tuple[FollowUp, ...]:
    changed = [one for one in case.waiting if case.differs(one)] or list(case.waiting)
    number = changed[0].line.number
    return (
        FollowUp(number, f"order {number}", ("customers",)),
        FollowUp(f"Stock of {case.name}", f"stock {case.name}", ("supply",)),
        FollowUp("Exposed", "exposed"),
    )


def _which(ask: Ask, chain: Supply) -> Notice:
    """Asks for an item, with those that most orders wait for."""
    text = "Write an item after `allocate`."
    if not ask.grant.allows("supply"):
        return Notice("Which item?", text)
    found = Counter(
        line.item.name for line in chain.chain.sales.values() if line.item and _rest(line) > 0
    )
    ranked: Mapping[str, int] = dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
    choices = tuple(FollowUp(name, f"allocate {name}") for name in list(ranked)[:CHOICES])
    if not choices:
        return Notice("Nobody waits for any item", text, (FollowUp("Stock", "stock"),))
    return Notice("Which item?", f"{text} Orders wait for these most:", choices)


def _nothing(name: str) -> Notice:
    return Notice(
        f"No order waits for {name}",
        "There is nothing to split: no open order line of it is known.",
        (FollowUp(f"Stock of {name}", f"stock {name}"), FollowUp("Allocate what?", "allocate")),
    )


COMMAND = Command(
    name="allocate",
    summary="Who should get what comes of an item: a proposal, beside first come.",
    usage="allocate <item>",
    examples=("allocate",),
    topics=("customers", "supply", "revenue"),
    answer=answer,
    synonyms=("allocation", "split", "who gets", "distribute"),
    asks=(
        "who should get the next items",
        "how should we split an item among waiting orders",
        "who should get an item",
        "how should we allocate an item",
        "split scarce stock between customers",
        "which customer should be served first",
        "distribute what arrives of an item",
    ),
)
