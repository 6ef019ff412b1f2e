"""Which ERP customer and which CRM account are the same company."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, select

from storage.models import PartyLink

Key = tuple[str, str]

# what tells companies apart, the surest first; the number is that of the ERP, where the CRM has it
MARKS = ("number", "vat", "domain", "name")
# where anyone may have an address: no mark of a company
FREE_MAIL = frozenset({
    "163.com", "aol.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
    "googlemail.com", "hotmail.com", "icloud.com", "laposte.net", "libero.it", "live.com",
    "mail.com", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.com", "proton.me",
    "protonmail.com", "qq.com", "t-online.de", "wanadoo.fr", "web.de", "yahoo.com", "yandex.ru",
})  # fmt: skip


def pairs(session: Session) -> dict[Key, Key]:
    """The party of each account that has one; both as (source, reference).

    A link that was decided stands; a rejected pair is never made again. Else two are the same
    when they alone, on each side, bear the same number, VAT number, domain or name; a number alone
    pairs none whose VAT numbers or domains differ, as a CRM may number by itself.
    """
    links = list(session.exec(select(PartyLink).order_by(PartyLink.id)))  # type: ignore[arg-type]  # a column, not an int
    rejected = {_pair(link) for link in links if link.is_rejected}
    found = dict(_pair(link) for link in links if not link.is_rejected)
    parties = _marks(session, _PARTIES)
    accounts = _marks(session, _ACCOUNTS)
    for mark in MARKS:
        taken = set(found.values())
        by_party = _only(mark, parties, taken)
        by_account = _only(mark, accounts, found.keys())
        for value in sorted(by_party.keys() & by_account.keys()):
            pair = by_account[value], by_party[value]
            if pair in rejected:
                continue
            if mark == "number" and _differ(accounts[pair[0]], parties[pair[1]]):
                continue
            found[pair[0]] = pair[1]
    return found


def decide(
    session: Session, account: Key, party: Key, who: str, now: datetime, *, is_rejected: bool
) -> None:
    """Writes down a person's word on a pair; the last word stands.

    An account has one party: one that is confirmed takes the place of another that stood, which
    is rejected by the same word. A party may have several accounts.
    """
    known = {_pair(link): link for link in session.exec(select(PartyLink))}
    others = [] if is_rejected else [
        link for pair, link in known.items()
        if pair[0] == account and pair[1] != party and not link.is_rejected
    ]  # fmt: skip
    link = known.get((account, party)) or PartyLink(
        party_source=party[0], party_ref=party[1], account_source=account[0],
        account_ref=account[1], method="decision", confidence=1.0,
    )  # fmt: skip
    link.is_rejected = is_rejected
    for one, rejected in ((link, is_rejected), *((other, True) for other in others)):
        one.is_rejected, one.decided_by, one.decided_at = rejected, who, now
        session.add(one)


def _pair(link: PartyLink) -> tuple[Key, Key]:
    return (link.account_source, link.account_ref), (link.party_source, link.party_ref)


def _marks(session: Session, statement: str) -> dict[Key, Mapping[str, str | None]]:
    rows = session.execute(text(statement)).mappings()
    return {(row["source"], row["source_id"]): dict(row) for row in rows}


def _only(
    mark: str, every: Mapping[Key, Mapping[str, str | None]], taken: Iterable[Key]
) -> dict[str, Key]:
    """What alone bears each value of a mark, those that are taken left out."""
    left, bearers = set(taken), defaultdict(list)
    for key, marks in every.items():
        if value := _bare(mark, marks):
            bearers[value].append(key)
    return {
        value: keys[0] for value, keys in bearers.items() if len(keys) == 1 and keys[0] not in left
    }


def _bare(mark: str, marks: Mapping[str, str | None]) -> str:
    """A mark without spacing, case and signs; nothing for one that is no company's own."""
    found = (marks[mark] or "").casefold().strip()
    is_free = mark == "domain" and found in FREE_MAIL
    return "" if is_free else re.sub(r"\W+", "", found)


def _differ(one: Mapping[str, str | None], other: Mapping[str, str | None]) -> bool:
    """Whether both have a VAT number, or a domain, and not the same."""
    both = ((_bare(mark, one), _bare(mark, other)) for mark in ("vat", "domain"))
    return any(left and right and left != right for left, right in both)


_PARTIES = """
SELECT source, source_id, name, number, vat, domain FROM party
 WHERE deleted_at IS NULL AND parent_ref IS NULL AND kind IN ('customer', 'both')"""

_ACCOUNTS = """
SELECT source, source_id, name, number, vat, domain FROM account
 WHERE deleted_at IS NULL AND merged_into IS NULL"""
