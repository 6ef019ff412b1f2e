"""Which notice deadlines come near, of whom, and who looks after that customer."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands._book import open_book
from commands._contract import Ask
from storage.known.deals import deals
from storage.metrics.renewals_due import due


@dataclass(frozen=True)
class Deadline:
    """Something to be decided on by `by`: `key` names the customer and it for ever; `call` is what
    to write for the customer in a line; `owners` are names or e-mail addresses.
    """

    key: str
    name: str
    call: str
    owners: tuple[str, ...]
    by: date
    ends_on: date
    is_notice_known: bool
    is_deal: bool


def deadlines(session: Session, ask: Ask, days: int) -> list[Deadline]:
    """What must be decided within so many days, from today on, the first first."""
    book = open_book(session, ask)
    found = []
    every = deals(session, ask.now, book.who)
    for one in due(book.customers, every, ask.today, book.rates, book.into):
        if one.company is None or not 0 <= (one.deadline - ask.today).days <= days:
            continue
        company = book.who.get(one.company, one.company)
        profile = book.profiles.get(company)
        if profile is None:
            continue
        found.append(
            Deadline(
                f"{'/'.join(company)}:{one.deadline}:{one.ends_on}", one.name, book.call(company),
                profile.owners, one.deadline, one.ends_on, one.is_notice_known, not one.contracts,
            )
        )  # fmt: skip
    return found
