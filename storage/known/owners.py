"""Who of us looks after a thing: a customer's account owners, a supplier's or an order's buyer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from storage.entities import Kind, read_entity
from storage.known.customers import identities
from storage.links import Key
from storage.models._types import instant_to_int

Owners = dict[Key, frozenset[str]]
# an IN list of a statement: SQLite takes no more than 32,766 values
PART = 5_000


def owners(session: Session, entities: Iterable[str], now: datetime) -> dict[str, frozenset[str]]:
    """The names or e-mail addresses, as the sources spell them, of who looks after each entity (see
    `storage/entities.py`); none for one that has nobody, or is no such name.

    A supplier's are its own owner and the buyer of its newest order; a customer's those of the
    company with its branches and accounts, and of its newest order. An order or a line of one has
    its own buyer or owner; where it names none, those of the supplier or customer.
    """
    wanted: dict[Kind, dict[Key, str]] = defaultdict(dict)
    found: dict[str, frozenset[str]] = {}
    for name in entities:
        found[name] = frozenset()
        if (one := read_entity(name)) is not None:
            wanted[one[0]][one[1]] = name
    for kind, keys in wanted.items():
        theirs = _of_kind(session, kind, keys, now)
        found.update({name: theirs.get(key, frozenset()) for key, name in keys.items()})
    return found


def _of_kind(session: Session, kind: Kind, keys: Collection[Key], now: datetime) -> Owners:
    if kind in ("supplier", "purchase", "purchaseline"):
        suppliers = _suppliers(session, now)
        return suppliers if kind == "supplier" else _orders(session, kind, keys, suppliers)
    if kind == "item":
        return {}
    customers = _Customers(session, now)
    if kind == "customer":
        return {key: customers.of(key) for key in keys}
    return _orders(session, kind, keys, customers)


class _Customers(Mapping[Key, frozenset[str]]):
    """The owners of customers by any key of theirs."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.who = identities(session)
        self.found = _merged(
            (self.who.get(key, key), name)
            for query in (_PARTIES, _ACCOUNTS, _SOLD)
            for key, name in _names(session, query, now)
        )

    def of(self, key: Key) -> frozenset[str]:
        return self.found.get(self.who.get(key, key), frozenset())

    def __getitem__(self, key: Key) -> frozenset[str]:
        return self.of(key)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.who)

    def __len__(self) -> int:
        return len(self.who)


def _suppliers(session: Session, now: datetime) -> Owners:
    return _merged([*_names(session, _PARTIES, now), *_names(session, _BOUGHT, now)])


def _names(session: Session, query: str, now: datetime) -> list[tuple[Key, str]]:
    """(key, name); of several rows of one key the newest alone where the query tells of days."""
    newest: dict[Key, tuple[int, str]] = {}
    for source, ref, name, at in session.execute(text(query), {"now": instant_to_int(now)}):
        if at >= newest.get((source, ref), (at, ""))[0]:
            newest[source, ref] = (at, name)
    return [(key, name) for key, (_, name) in newest.items()]


def _orders(
    session: Session, kind: Kind, keys: Collection[Key], parties: Mapping[Key, frozenset[str]]
) -> Owners:
    query = text(_OF_ROWS[kind]).bindparams(bindparam("refs", expanding=True))
    refs = sorted({ref for _, ref in keys})
    found: Owners = {}
    for at in range(0, len(refs), PART):
        rows = session.execute(query, {"refs": refs[at : at + PART]})
        for source, ref, name, party in rows:
            theirs = parties.get((source, party), frozenset()) if party else frozenset()
            found[source, ref] = frozenset({name}) if name else theirs
    return found


def _merged(rows: Iterable[tuple[Key, str]]) -> Owners:
    names: dict[Key, set[str]] = defaultdict(set)
    for key, name in rows:
        names[key].add(name)
    return {key: frozenset(found) for key, found in names.items()}


_PARTIES = """
SELECT source, source_id, owner, 0 FROM party WHERE deleted_at IS NULL AND owner <> ''"""

_ACCOUNTS = """
SELECT source, source_id, owner, 0 FROM account WHERE deleted_at IS NULL AND owner <> ''"""

_BOUGHT = """
SELECT source, supplier_ref, buyer, MAX(ordered_at) FROM purchaseorder
 WHERE deleted_at IS NULL AND buyer <> '' AND supplier_ref IS NOT NULL AND ordered_at < :now
 GROUP BY source, supplier_ref, buyer ORDER BY source, supplier_ref, buyer"""

_SOLD = """
SELECT source, customer_ref, owner, MAX(ordered_at) FROM salesorder
 WHERE deleted_at IS NULL AND owner <> '' AND customer_ref IS NOT NULL AND ordered_at < :now
 GROUP BY source, customer_ref, owner ORDER BY source, customer_ref, owner"""

_OF_ROWS: dict[Kind, str] = {
    "purchase": """
SELECT source, source_id, buyer, supplier_ref FROM purchaseorder WHERE source_id IN :refs""",
    "purchaseline": """
SELECT l.source, l.source_id, o.buyer, o.supplier_ref FROM purchaseline l
  JOIN purchaseorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE l.source_id IN :refs""",
    "sale": """
SELECT source, source_id, owner, customer_ref FROM salesorder WHERE source_id IN :refs""",
    "salesline": """
SELECT l.source, l.source_id, o.owner, o.customer_ref FROM salesline l
  JOIN salesorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE l.source_id IN :refs""",
    "contract": """
SELECT source, source_id, NULL, account_ref FROM contract WHERE source_id IN :refs""",
    "ticket": """
SELECT source, source_id, NULL, account_ref FROM ticket WHERE source_id IN :refs""",
}
