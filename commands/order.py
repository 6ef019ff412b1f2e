"""Where is an order, what was promised of it, and when will it come?"""

from collections.abc import Sequence

from sqlmodel import Session

from commands import Answer, Ask, Command, FollowUp, Notice
from commands._grammar import nearest, shorten
from commands._order_make import make_card
from commands._order_note import note
from commands._order_purchase import purchase_card
from commands._order_sale import sale_card
from storage.known.orders import Numbered, keyed, last_numbers, numbered

FOR_CUSTOMER = ("for", "the", "customer")
WORDS = {"sale": "Order of", "purchase": "Purchase from", "make": "Production"}
KINDS = {"sale": "customers", "purchase": "supply", "make": "supply"}
CARDS = {"sale": sale_card, "purchase": purchase_card, "make": make_card}


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    """A card of the order, or a note about it that can be sent to its customer."""
    lowered = tuple(word.lower() for word in words)
    is_note = lowered[-3:] == FOR_CUSTOMER
    number = " ".join(words[:-3] if is_note else words)
    if not number:
        return _which(session, ask)
    named = keyed(session, ask.now, number) or numbered(session, ask.now, number)
    found = [one for one in named if _may_see(ask, one)]
    if not found:
        return _unknown(session, ask, number)
    if is_note:
        sales = [one for one in found if one.kind == "sale"]
        if not sales:
            return _no_customer(found[0])
        found = sales
    if len(found) > 1:
        return _choice(found, is_note)
    if is_note:
        return note(session, ask, found[0])
    first = found[0]
    return CARDS[first.kind](session, ask, first)


def _may_see(ask: Ask, one: Numbered) -> bool:
    return ask.grant.allows(KINDS[one.kind])  # type: ignore[arg-type]  # a topic


def _which(session: Session, ask: Ask) -> Notice:
    """Asks for a number, with some of the newest orders that the asker may see."""
    numbers = [
        number
        for number in last_numbers(session, ask.now)[:20]
        if any(_may_see(ask, one) for one in numbered(session, ask.now, number))
    ]
    return Notice(
        "Which order?",
        "Write its number after `order`, for example one of the newest:"
        if numbers
        else "Write its number after `order`.",
        tuple(FollowUp(number, f"order {number}") for number in numbers[:5]),
    )


def _choice(found: Sequence[Numbered], is_note: bool) -> Notice:
    """Which of several orders that bear one number is meant."""
    end = " for the customer" if is_note else ""
    choices = tuple(
        FollowUp(f"{WORDS[one.kind]} {one.party or ''}".strip(), f"order {'/'.join(one.key)}{end}")
        for one in found
    )
    return Notice(f"{len(found)} orders bear the number {found[0].number}", "Which one?", choices)


def _unknown(session: Session, ask: Ask, number: str) -> Notice:
    near = [
        one
        for one in nearest(number, last_numbers(session, ask.now))
        if any(_may_see(ask, found) for found in numbered(session, ask.now, one))
    ]
    text = "Do you mean one of these?" if near else "Write the number as it stands on the order."
    choices = tuple(FollowUp(one, f"order {one}") for one in near)
    return Notice(f"I know no order “{shorten(number)}”", text, choices, error=True)


def _no_customer(one: Numbered) -> Notice:
    what = "a purchase" if one.kind == "purchase" else "a production order"
    text = f"{one.number} is {what}: there is nobody to write to. See `order {one.number}`."
    return Notice("Not a customer's order", text, (FollowUp(one.number, f"order {one.number}"),))


COMMAND = Command(
    name="order",
    summary="Where an order is, how its promise moved, and when it will come.",
    usage="order <number> [for the customer]",
    examples=("order",),
    topics=("customers", "supply"),
    answer=answer,
    synonyms=("where is", "po", "so", "sales order", "purchase order", "production order", "track"),
    asks=(
        "where is an order",
        "when will an order come",
        "when does an order arrive",
        "status of an order",
        "eta of an order",
        "track an order",
        "what was promised for an order",
        "has an order shipped",
    ),
    is_card=True,
)
