"""All deliveries that a question is about at once, by column; and some of them one by one."""

from collections.abc import Collection

from sqlmodel import Session

from commands._contract import Ask
from commands._deliveries import Asked
from storage.known import columns
from storage.known.customers import identities
from storage.known.purchases import purchase_lines
from storage.known.sales import sales_lines
from storage.metrics._due import Due, of_purchases, of_sales
from storage.metrics._due_by import Dues


def all_deliveries(session: Session, ask: Ask, asked: Asked) -> Dues:
    """All lines that a question is about, by column."""
    query = asked.query
    if asked.is_supply:
        found = columns.purchases(session, ask.now)
        if wanted := query.refs("supplier"):
            found = found.of("supplier", wanted)
    else:
        found = columns.sales(session, ask.now)
        if wanted := query.refs("customer") | query.refs("account"):
            who = identities(session)
            theirs = {who.get(key, key) for key in wanted}
            found = found.of(
                "customer", [key for key in found.keys("customer") if who.get(key, key) in theirs]
            )
    if items := query.refs("item"):
        found = found.of("item", items)
    return Dues(found.of("site", [query.site]) if query.site else found)


def some_deliveries(session: Session, ask: Ask, asked: Asked, ids: Collection[int]) -> list[Due]:
    """Some of these lines one by one, by their numbers in the store."""
    if asked.is_supply:
        return of_purchases(purchase_lines(session, ask.now, ids=ids))
    return of_sales(sales_lines(session, ask.now, ids=ids))
