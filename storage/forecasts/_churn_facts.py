"""What the store holds on who leaves: contracts without days, customers on a day, and orders."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from storage.forecasts._buying import Purchases
from storage.forecasts._features import Known, Value
from storage.known._rows import as_money
from storage.known.contracts import Contract
from storage.known.customers import Customer, customers, identities
from storage.links import Key
from storage.models._types import instant_to_int

RECENT = 90
YEAR = 365
ENDED = frozenset({
    "cancelled", "canceled", "churned", "ended", "expired", "left", "lost", "terminated",
})  # fmt: skip
View = Callable[[date], Mapping[Key, Customer]]


class Subject(NamedTuple):
    """A contract as it is now: what is known of it, and whether it has been ended."""

    known: Known
    left: bool


def subjects(session: Session, now: datetime) -> list[Subject]:
    """All contracts as they are, whatever their days: for stores that keep none."""
    rows = session.execute(text(_CONTRACTS), {"now": instant_to_int(now)}).mappings()
    return [
        Subject(_contract_now(row), bool(row["churned"] or _plain(row["status"]) in ENDED))
        for row in rows
    ]


def views(session: Session, zone: ZoneInfo) -> View:
    """Customers with a contract in force as known when a local day begins; each day read once."""
    who = identities(session)

    @cache
    def view(day: date) -> Mapping[Key, Customer]:
        found = customers(session, datetime.combine(day, time(), zone), day, who)
        return {one.key: one for one in found if one.contracts}

    return view


def is_customer(one: Customer | None, day: date) -> bool:
    """Whether any of its contracts is in force on a day."""
    return one is not None and any(contract.runs_on(day) for contract in one.contracts)


def known_on(one: Customer, day: date) -> Known:
    """What is known of a customer with contracts on the day as of which it was read."""
    running = [contract for contract in one.contracts if contract.runs_on(day)]
    return {
        "segment": one.segment, "country": one.country,
        **_of_contracts(running, day), **_of_tickets(one, day), **_of_orders(one, day),
        "last NPS": float(one.nps[-1][1]) if one.nps else None,
        "late lines": float(len(one.late)), "overdue bills": float(len(one.overdue)),
    }  # fmt: skip


def begun(view: View, today: date) -> tuple[date, date] | None:
    """The first and the last day on which a contract began; null where none has one."""
    days = [
        contract.starts_on for one in view(today).values() for contract in one.contracts
        if contract.starts_on
    ]  # fmt: skip
    return (min(days), max(days)) if days else None


def signed_by(session: Session, now: datetime, who: Mapping[Key, Key]) -> set[Key]:
    """Whom any contract is known of by `now`, by who is who."""
    rows = session.execute(text(_BOUND), {"now": instant_to_int(now)})
    return {who.get((source, ref), (source, ref)) for source, ref in rows}


def purchases(session: Session, now: datetime) -> Purchases:
    """All orders placed before `now` by buyers without a contract."""
    who, bound = identities(session), {"now": instant_to_int(now)}
    signed = signed_by(session, now, who)
    numbers: dict[Key, int] = {}
    flat: list[tuple[int, int, float, int]] = []
    currencies = set()
    for row in session.execute(text(_ORDERS), bound).mappings():
        key = who.get((row["source"], row["ref"]), (row["source"], row["ref"]))
        if key in signed:
            continue
        money = as_money(row["amount"])
        gone = row["cancelled_on"]
        currencies.add(row["currency"])
        number = numbers.setdefault(key, len(numbers))
        flat.append((number, _ordinal(row["ordered_on"]), float(money or 0), _ordinal(gone)))
    buyer, day, spent, left = np.array(flat, float).reshape(-1, 4).T
    if len(currencies) > 1:  # sums of several are none
        spent = np.zeros(len(spent))
    names = tuple("/".join(key) for key in numbers)
    whole = np.int64
    return Purchases(buyer.astype(whole), day.astype(whole), spent, left.astype(whole), names)


def orders_of(some: Sequence[Customer]) -> Purchases:
    """The orders that are known of customers, each numbered by its place."""
    flat = [
        (number, order.on.toordinal(), float(order.amount or 0))
        for number, one in enumerate(some) for order in one.orders
    ]  # fmt: skip
    buyer, day, spent = np.array(flat, float).reshape(-1, 3).T
    whole = np.int64
    names = tuple("/".join(one.key) for one in some)
    return Purchases(
        buyer.astype(whole), day.astype(whole), spent, np.zeros(len(day), whole), names
    )


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day).toordinal() if day else 0


def _contract_now(row: Any) -> dict[str, Value]:
    made: Mapping[str, Any] = msgspec.json.decode(row["attributes"] or "null") or {}
    mrr = as_money(row["mrr"])
    own: dict[str, Value] = {
        "revenue a month": None if mrr is None else float(mrr),
        "renews itself": None if row["auto_renew"] is None else bool(row["auto_renew"]),
        "days of notice": row["notice_days"],
    }
    plain = {
        f"attribute {name}": value for name, value in made.items()
        if value is None or isinstance(value, str | int | float)
    }  # fmt: skip
    return {name: value for name, value in own.items() if value is not None} | plain


def _of_contracts(running: list[Contract], day: date) -> dict[str, Value]:
    tenure = max(((day - one.starts_on).days for one in running if one.starts_on), default=None)
    due = min((one.due_on for one in running if one.due_on and one.due_on >= day), default=None)
    money, before = _money(running, day), _money(running, day - timedelta(days=YEAR // 2))
    notice = [one.notice_days for one in running if one.notice_days is not None]
    renews = [one.auto_renew for one in running if one.auto_renew is not None]
    return {
        "days as a customer": tenure,
        "new customer": None if tenure is None else tenure < RECENT,
        "contracts": len(running),
        "revenue a month": money,
        "growth of revenue": (
            None if money is None or before is None else float(np.log1p(money) - np.log1p(before))
        ),
        "days to renewal": (due - day).days if due else None,
        "days of notice": max(notice, default=None),
        "renews itself": any(renews) if renews else None,
        "renewals": sum(put_off(one) for one in running),
    }


def _money(running: Sequence[Contract], day: date) -> float | None:
    """What contracts bring a month in sum; null where one does not say, or of several
    currencies."""
    each = [one.mrr_on(day) for one in running]
    known = [max(one, Decimal(0)) for one in each if one is not None]
    if len(known) < len(each) or len({one.currency for one in running}) > 1:
        return None
    return float(sum(known))


def put_off(one: Contract) -> int:
    """How often a contract was seen to be put off to a later day."""
    dues = [was.due_on for was in one.was] + [one.due_on]
    return sum(1 for old, new in pairwise(dues) if old and new and new > old)


def _of_tickets(one: Customer, day: date) -> dict[str, Value]:
    ages = [(day - ticket.opened_on).days for ticket in one.tickets]
    return {
        "recent tickets": sum(1 for age in ages if age <= RECENT),
        "earlier tickets": sum(1 for age in ages if RECENT < age <= YEAR + RECENT),
        "open tickets": sum(1 for ticket in one.tickets if ticket.closed_on is None),
    }


def _of_orders(one: Customer, day: date) -> dict[str, Value]:
    ages = [(day - order.on).days for order in one.orders]
    recent = sum(1 for age in ages if age <= RECENT)
    earlier = sum(1 for age in ages if RECENT < age <= YEAR + RECENT)
    usual = earlier * RECENT / YEAR
    return {
        "days since an order": min(ages, default=None),
        "recent orders": recent,
        "trend of orders": float(np.log1p(recent) - np.log1p(usual)),
    }


def _plain(status: str | None) -> str:
    return (status or "").strip().casefold()


_CONTRACTS = """
SELECT CAST(attributes AS TEXT) AS attributes, status, mrr, auto_renew, notice_days,
       churned_at IS NOT NULL AND churned_at < :now AS churned
  FROM contract WHERE deleted_at IS NULL AND first_seen_at <= :now
 ORDER BY source, source_id"""

_BOUND = """
SELECT DISTINCT source, account_ref FROM contract
 WHERE deleted_at IS NULL AND account_ref IS NOT NULL AND first_seen_at <= :now"""

_ORDERS = """
SELECT source, customer_ref AS ref, ordered_on, amount, currency,
       CASE WHEN cancelled_at < :now THEN cancelled_on END AS cancelled_on
  FROM salesorder
 WHERE deleted_at IS NULL AND customer_ref IS NOT NULL AND ordered_at < :now
 ORDER BY ordered_at, source, source_id"""
