"""Which customers wait for a late order and may leave, and what are they worth?"""

import re
from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Topic,
    Value,
)
from commands._basis import basis
from commands._churn_fit import Told, horizons, no_fit, statements
from commands._grammar import read
from commands._money import column, readings, said
from commands._order_told import told_of
from commands._supply import Supply, standing_customers, supply
from commands._supply_words import by, comes, heading, late
from commands._window import last_days
from storage.entities import entity
from storage.known.customers import identities
from storage.known.profiles import profiles
from storage.metrics._trace import Node
from storage.metrics.revenue_exposed import METRIC, Exposed, Exposure, exposure

PEOPLE_OF = 3
LEAST = re.compile(r"^(?:over|above|least)$")
BOTH: tuple[Topic, ...] = ("customers", "revenue")


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    least, rest = _least(words)
    query = read(session, ask, rest, command=COMMAND.name, kinds=("customer", "account"), by=())
    if isinstance(query, Notice):
        return query
    chain = supply(session, ask)
    standing, told = standing_customers(session, ask)
    lines = list(chain.chain.sales.values())
    if wanted := query.refs("customer") | query.refs("account"):
        standing = [one for one in standing if one.customer.keys & wanted]
        lines = chain.lines_of({key for one in standing for key in one.customer.keys})
    if not lines:
        return _nothing(query.label)
    found = exposure(
        standing, lines, chain.arrivals, chain.rates, ask.today,
        least=least, into=query.currency or "",
    )  # fmt: skip
    # of who has left no chance is shown
    chanced = [one.standing.customer for one in found.exposed if one.standing.risk is not None]
    linked = sum(1 for one in standing if one.customer.is_linked)
    return Answer(
        title=f"Exposed {query.label}".strip(),
        summary=Sentence(_summary(found), BOTH if found.exposed else ("customers",)),
        detail=(
            *_detail(found), *_first(chain, found.exposed),
            *_people(session, chain, found.exposed),
        ),
        readings=_readings(found),
        table=_table(chain, found) if found.exposed else None,
        is_list=True,
        basis=(
            basis(
                session, ask, METRIC, last_days(365, ask.now, ask.zone).start, ask.now,
                n=found.open_lines, open=found.open_lines,
                coverage=linked / len(standing) if linked and standing else None,
            ),
        ),
        notes=tuple(
            Sentence(text, ("customers",)) for text in _notes(chain, found, least, told)
        ),
        follow_ups=_follow_ups(chain, found),
        statements=(
            *told_of(chain, [one.slowest.line for one in found.exposed], (0.8,)),
            *statements(told.chances, chanced, ask),
        ),
    )  # fmt: skip


def _least(words: Sequence[str]) -> tuple[Decimal, list[str]]:
    """The least value of a line that counts ("over 1000"), and the words that are left."""
    for at, word in enumerate(words[:-1]):
        amount = words[at + 1].replace(",", "")
        if LEAST.match(word.lower()) and re.fullmatch(r"\d{1,12}", amount, re.ASCII):
            return Decimal(amount), [*words[:at], *words[at + 2 :]]
    return Decimal(0), list(words)


def _summary(found: Exposure) -> str:
    count = len(found.exposed)
    if not count:
        waiting = len(found.only_waiting)
        if not found.open_lines and found.undated:
            return (
                f"**What is exposed can't be told**: none of {found.undated} open lines has a date."
            )
        if not waiting:
            return f"**Nothing is exposed**: no customer waits for a late order{_untold(found)}."
        wait = "customer waits" if waiting == 1 else "customers wait"
        who = f"{waiting} {wait} for a late order, none shows a signal"
        return f"**Nothing is exposed**: {who}{_untold(found)}."
    who = "customer at risk waits" if count == 1 else "customers at risk wait"
    return f"**{said(found.revenue)} a year is exposed**: {count} {who} for a late order."


def _untold(found: Exposure) -> str:
    """Of how many lines it can't be told whether they will be late; no all-clear for these."""
    untold = found.untraced + found.undated
    lines = f"{untold} open line{'' if untold == 1 else 's'}"
    return f"; when {lines} will arrive can't be told" if untold else ""


def _detail(found: Exposure) -> list[Sentence]:
    if not found.exposed:
        return []
    lines = [line for one in found.exposed for line in one.lines]
    count = sum(1 for line in lines if line.is_late)
    soon = len(lines) - count
    text = f"{count} line{'s are' if count != 1 else ' is'} late"
    text += f", {soon} will likely be" if soon else ""
    parts = [Sentence(f"{text}; worth {said(found.lines_value)} themselves.", BOTH)]
    if found.has_risk:
        text = f"Expected to go of it: {said(found.at_risk)} a year, the sum of chance × revenue."
        parts.append(Sentence(text, BOTH))
    return parts


def _first(chain: Supply, exposed: Sequence[Exposed]) -> list[Sentence]:
    """When the slowest line of the first of them comes."""
    if not exposed or exposed[0].slowest.forecast is None:
        return []
    one = exposed[0].slowest
    when = comes(one.forecast, chain.track)
    texts = [
        f"{one.line.number} of {exposed[0].standing.customer.name} comes {when}.",
        chain.track.sentence(),
    ]
    return [Sentence(text, ("customers",)) for text in texts if text]


def _people(session: Session, chain: Supply, exposed: Sequence[Exposed]) -> list[Sentence]:
    """Who looks after the first of them, and who buys what they wait for."""
    known = profiles(session, identities(session))
    owners, buyers = [], []
    for one in exposed[:PEOPLE_OF]:
        name = one.standing.customer.name
        keys = sorted(key for key in one.standing.customer.keys if key in known)
        if named := dict.fromkeys(owner for key in keys for owner in known[key].owners):
            owners.append(f"{name}: {', '.join(named)}")
        way = chain.slowest(Node("salesline", one.slowest.line.key))
        at = way[-1].supply if way else None
        buyer = chain.chain.purchases[at.key].buyer if at and at.kind == "purchaseline" else None
        if buyer:
            buyers.append(f"{name}: {buyer}")
    said = []
    if owners:
        said.append(Sentence(f"Account owners: {'; '.join(owners)}.", ("customers",)))
    if buyers:
        said.append(Sentence(f"Buyers: {'; '.join(buyers)}.", ("customers", "supply")))
    return said


def _readings(found: Exposure) -> tuple[Reading, ...]:
    lines = [line for one in found.exposed for line in one.lines]
    counts = [
        ("customers exposed", len(found.exposed)),
        ("customers who only wait", len(found.only_waiting)),
        ("lines late", sum(1 for line in lines if line.is_late)),
        ("lines likely late", sum(1 for line in lines if not line.is_late)),
        ("lines that can't be traced", found.untraced),
    ]
    return (
        *readings("revenue exposed", found.revenue, "revenue", METRIC.id),
        *(
            readings("revenue expected to go", found.at_risk, "revenue", METRIC.id)
            if found.has_risk
            else ()
        ),
        *readings("value of the lines", found.lines_value, "revenue", METRIC.id),
        *(Reading(name, value, "", "customers", METRIC.id) for name, value in counts),
    )


def _table(chain: Supply, found: Exposure) -> Table:
    """A row a customer; with its chance to leave and what is at risk where any chance is told."""
    money, unit = column([one.revenue for one in found.exposed])
    risks, risk_unit = column([one.at_risk for one in found.exposed])
    has_risk = found.has_risk
    rows: list[tuple[Value, ...]] = []
    for one, amount, risk in zip(found.exposed, money, risks, strict=True):
        first, share = one.slowest, one.standing.risk
        chance = (share, None if share is None else risk) if has_risk else ()
        rows.append(
            (
                one.standing.customer.name, amount, *chance,
                f"{first.line.number}, {late(first.due, chain.today)}",
                by(first.forecast, 0.8), _signs(one),
            )
        )  # fmt: skip
    at_risk = (
        Column("To leave", "customers", "share", METRIC.id),
        Column("At risk", "revenue", risk_unit, METRIC.id),
    )
    columns = (
        Column("Customer", "customers"),
        Column("12 months", "revenue", unit, METRIC.id),
        *(at_risk if has_risk else ()),
        Column("Slowest order", "customers"),
        Column(heading(0.8, chain.track), "customers"),
        Column("Signals", "customers"),
    )
    bold = frozenset(at for at, one in enumerate(found.exposed) if one.standing.counted > 1)
    keys = tuple(entity("customer", one.standing.customer.key) for one in found.exposed)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _signs(one: Exposed) -> str | None:
    """The names of its signals; their figures are on the customer's card."""
    names = [signal.name for signal in one.standing.signals if not signal.is_suspended]
    return ", ".join(names) or None


def _notes(chain: Supply, found: Exposure, least: Decimal, told: Told) -> list[str]:
    notes = [chain.left_out] if found.exposed and chain.left_out else []
    if found.has_risk:
        notes.append(no_fit(told, has_chances=True) if told.why else horizons(told))
    if waiting := len(found.only_waiting):
        wait = (
            "waits for a late order and shows" if waiting == 1 else "wait for a late order and show"
        )
        notes.append(f"{waiting} more {wait} no signal.")
    if found.untraced:
        notes.append(
            f"{found.untraced} of {found.open_lines} open lines can't be traced to a supply:"
            " these count once they are late."
        )
    if found.undated:
        lines = f"open line{'s have' if found.undated != 1 else ' has'}"
        notes.append(f"{found.undated} {lines} no date to be late for.")
    if least:
        notes.append(f"Lines under {least:,.0f} are left out.")
    return notes


def _follow_ups(chain: Supply, found: Exposure) -> tuple[FollowUp, ...]:
    if not found.exposed:
        return (FollowUp("Who may leave?", "churn"), FollowUp("Suppliers", "lead-time"))
    first = found.exposed[0]
    name = first.standing.customer.name
    ups = [FollowUp(f"Why is {name} late?", f"why {name}", ("customers",))]
    slowest = chain.slowest(Node("salesline", first.slowest.line.key))
    supplier = chain.supplier_of(slowest[-1].supply) if slowest else None
    if supplier:
        who = f"Who waits for {supplier.name}?"
        ups.append(FollowUp(who, f"impact {supplier.name}", ("supply",)))
    note = f"order {first.slowest.line.number} for the customer"
    ups.append(FollowUp(f"Note for {name}", note, ("customers",)))
    return (*ups, FollowUp("What do late orders do?", "experience", ("customers",)))


def _nothing(label: str) -> Notice:
    return Notice(
        f"No open orders of {label}" if label else "No open orders",
        "I know of no open order there. See what has been read so far.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="exposed",
    summary="Which customers wait for a late order and may leave, and what they are worth.",
    usage="exposed [customer] [over AMOUNT] [in currency]",
    examples=("exposed", "exposed over 1000"),
    topics=("customers", "revenue", "supply"),
    answer=answer,
    synonyms=("revenue exposed", "revenue at risk", "exposure"),
    asks=(
        "revenue exposed",
        "how much revenue is at risk from late orders",
        "late orders of customers at risk",
        "which at-risk customers wait for a late order",
        "money at stake because of delays",
        "what is at stake",
        "biggest customers hit by delays",
        "exposure",
    ),
)
