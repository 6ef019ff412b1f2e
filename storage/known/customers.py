"""What is known of customers at `now`: ERP customer and CRM account as one, with their facts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage import links
from storage.known._rows import among, as_day, as_money, as_qty
from storage.known._rows import bound as bound_as
from storage.known.contracts import Contract, contracts
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True)
class Order:
    """A customer's order that was not called off; `amount` is net, null where unknown."""

    on: date
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A call for help; `closed_on` is null while it is open."""

    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True)
class Customer:
    """One company and all that is known of it; everything in the order in which it happened.

    `keys` are its (source, reference)s, those of branches and linked accounts among them. `nps`
    are (day, score 0-10); `overdue` the due days of unpaid bills, `late` of lines that we owe.
    """

    name: str
    keys: frozenset[Key]
    is_linked: bool = False
    segment: str | None = None
    country: str | None = None
    orders: tuple[Order, ...] = ()
    contracts: tuple[Contract, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    nps: tuple[tuple[date, Decimal], ...] = ()
    overdue: tuple[date, ...] = ()
    late: tuple[date, ...] = ()
    company: Key | None = None

    @property
    def key(self) -> Key:
        """The one key of its company (see `identities`)."""
        return self.company or min(self.keys)


def customers(
    session: Session,
    now: datetime,
    today: date,
    who: Mapping[Key, Key] | None = None,
    only: Collection[Key] | None = None,
) -> list[Customer]:
    """All customers with a known order or contract, by name; what is due is due before `today`.

    `who` is `identities`, where they are known already; `only`: all keys of those that are wanted.
    """
    who = identities(session) if who is None else who
    bound = {"now": instant_to_int(now), "today": today.isoformat()}
    if only is not None:
        who = {key: top for key, top in who.items() if key in only}
        bound["refs"] = bound_as(session, [ref for _, ref in only])
    rows = {
        name: _rows(session, _QUERIES[name].format(
            some="" if only is None else f" AND {column} {among(session)}"
        ), bound)
        for name, column in _WHOSE.items()
    }  # fmt: skip
    known = {
        "orders": _grouped(who, rows["orders"], _order),
        "contracts": contracts(session, now, today, who),
        "tickets": _grouped(who, rows["tickets"], _ticket),
        "nps": _grouped(who, rows["nps"], _nps),
        "overdue": _grouped(who, rows["overdue"], lambda row: date.fromisoformat(row["due"])),
        "late": _grouped(who, rows["late"], lambda row: date.fromisoformat(row["due"])),
    }
    found = [
        replace(one, **{name: tuple(facts.get(key, ())) for name, facts in known.items()})  # type: ignore[arg-type]  # each name has its own type
        for key, one in _companies(session, who).items()
        if key in known["orders"] or key in known["contracts"]
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), min(one.keys)))


def _rows(session: Session, query: str, bound: Mapping[str, Any]) -> list[Any]:
    return list(session.execute(text(query), dict(bound)).mappings())


def identities(session: Session) -> dict[Key, Key]:
    """The one key of the company that each party and each account belongs to."""
    up: dict[Key, Key] = {}
    for source, ref, above in session.execute(text(_ABOVE)):
        up[source, ref] = (source, above) if above else (source, ref)
    up.update(links.pairs(session))
    return {key: _top(up, key) for key in up}


def _top(up: Mapping[Key, Key], key: Key) -> Key:
    """Follows branches, mergers and links to their end; a ring ends where it began."""
    passed = [key]
    while (above := up.get(key, key)) not in passed:
        passed.append(above)
        key = above
    return min(passed[passed.index(above) :])


def _companies(session: Session, who: Mapping[Key, Key]) -> dict[Key, Customer]:
    names: dict[Key, Customer] = {}
    members: dict[Key, set[Key]] = defaultdict(set)
    for key, top in who.items():
        members[top].add(key)
    for row in _rows(session, _NAMES, {}):
        key = (row["source"], row["source_id"])
        if key not in who:
            continue
        top = who[key]
        one = names.get(top) or Customer(row["name"], frozenset(members[top]), company=top)
        if key == top:
            one = replace(one, name=row["name"])
        names[top] = replace(
            one,
            is_linked=one.is_linked or (row["is_account"] == 1 and key != top),
            segment=one.segment or row["segment"],
            country=one.country or row["country"],
        )
    return names


def _grouped(
    who: Mapping[Key, Key], rows: Iterable[Any], read: Callable[[Any], Any]
) -> dict[Key, list[Any]]:
    facts: dict[Key, list[Any]] = defaultdict(list)
    for row in rows:
        if key := who.get((row["source"], row["ref"])):
            facts[key].append(read(row))
    return facts


def _order(row: Any) -> Order:
    return Order(date.fromisoformat(row["ordered_on"]), as_money(row["amount"]), row["currency"])


def _ticket(row: Any) -> Ticket:
    return Ticket(date.fromisoformat(row["opened_on"]), as_day(row["closed_on"]))


def _nps(row: Any) -> tuple[date, Decimal]:
    return date.fromisoformat(row["responded_on"]), as_qty(row["score"])


_ABOVE = """
SELECT source, source_id, parent_ref FROM party WHERE deleted_at IS NULL
UNION ALL
SELECT source, source_id, merged_into FROM account WHERE deleted_at IS NULL"""

_NAMES = """
SELECT source, source_id, name, category AS segment, country, 0 AS is_account
  FROM party WHERE deleted_at IS NULL
UNION ALL
SELECT source, source_id, name, segment, country, 1 FROM account WHERE deleted_at IS NULL
 ORDER BY 6, 1, 2"""

_WHOSE = {
    "orders": "customer_ref", "tickets": "account_ref", "nps": "account_ref",
    "overdue": "party_ref", "late": "o.customer_ref",
}  # fmt: skip
_QUERIES = {
    "orders": """
SELECT source, customer_ref AS ref, ordered_on, amount, currency FROM salesorder
 WHERE deleted_at IS NULL AND customer_ref IS NOT NULL AND ordered_at < :now
   AND (cancelled_at IS NULL OR cancelled_at >= :now){some}
 ORDER BY ordered_at, source, source_id""",
    "tickets": """
SELECT source, account_ref AS ref, opened_on,
       CASE WHEN closed_at < :now THEN closed_on END AS closed_on
  FROM ticket WHERE deleted_at IS NULL AND account_ref IS NOT NULL AND opened_at < :now{some}
 ORDER BY opened_at, source, source_id""",
    "nps": """
SELECT source, account_ref AS ref, responded_on, score FROM surveyresponse
 WHERE deleted_at IS NULL AND account_ref IS NOT NULL AND responded_at < :now
   AND kind = 'nps' AND score IS NOT NULL{some}
 ORDER BY responded_at, source, source_id""",
    "overdue": """
SELECT source, party_ref AS ref, due_on AS due FROM invoice
 WHERE deleted_at IS NULL AND party_ref IS NOT NULL AND direction = 'out'
   AND issued_at < :now AND due_on < :today AND (paid_at IS NULL OR paid_at >= :now){some}
 ORDER BY due_on, source, source_id""",
    # what was first promised counts, else what was asked for; a promise we had not seen by then
    # is unknown
    "late": """
SELECT source, ref, due FROM (
  SELECT o.source, o.customer_ref AS ref, l.source_id, COALESCE(
    (SELECT c.new FROM fieldchange c WHERE c.entity = 'salesline' AND c.source = l.source
        AND c.source_id = l.source_id AND c.field = 'promised_on' AND c.new IS NOT NULL
        AND c.seen_at < :now ORDER BY c.seen_at, c.id LIMIT 1),
    (SELECT c.new FROM fieldchange c WHERE c.entity = 'salesline' AND c.source = l.source
        AND c.source_id = l.source_id AND c.field = 'requested_on' AND c.seen_at < :now
      ORDER BY c.seen_at DESC, c.id DESC LIMIT 1)) AS due
    FROM salesline l
    JOIN salesorder o ON o.source = l.source AND o.source_id = l.order_ref
   WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND o.ordered_at < :now
     AND (o.cancelled_at IS NULL OR o.cancelled_at >= :now)
     AND (l.cancelled_at IS NULL OR l.cancelled_at >= :now){some}
     AND l.qty > COALESCE(
       (SELECT SUM(s.qty) FROM shipment s WHERE s.source = l.source AND s.line_ref = l.source_id
           AND s.deleted_at IS NULL AND s.shipped_at < :now), 0)
) owed WHERE due < :today ORDER BY due, source, source_id""",
}
