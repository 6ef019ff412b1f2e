"""Who a company is: its names and numbers in each system, its owners, whom one may write to."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from storage.links import Key


@dataclass(frozen=True)
class Profile:
    """A company as its systems describe it; the ERP's word first, then the CRM's.

    `owners` are our own people who look after it.
    """

    key: Key
    name: str
    number: str | None
    country: str | None
    segment: str | None
    owners: tuple[str, ...]
    is_in_erp: bool
    is_in_crm: bool

    @property
    def label(self) -> str:
        """What tells it from another of its name: number, country, or its key."""
        told = [part for part in (self.number and f"no. {self.number}", self.country) if part]
        return ", ".join(told) or "/".join(self.key)


def profiles(session: Session, who: Mapping[Key, Key]) -> dict[Key, Profile]:
    """Every company that is a customer or an account, by its key; suppliers are none."""
    rows: dict[Key, list[dict[str, str | None]]] = defaultdict(list)
    for row in session.execute(text(_WHO)).mappings():
        key = (row["source"], row["source_id"])
        if top := who.get(key):
            # the company itself speaks before its branches and accounts
            rows[top].insert(0 if key == top else len(rows[top]), dict(row))
    return {top: _profile(top, found) for top, found in rows.items()}


def mails(session: Session, who: Mapping[Key, Key]) -> dict[Key, list[str]]:
    """The e-mail addresses of each company to which one may write: those who agreed, no other."""
    found: dict[Key, list[str]] = defaultdict(list)
    for source, ref, mail in session.execute(text(_MAILS), {"yes": True}):
        if top := who.get((source, ref)):
            found[top].append(mail)
    return found


def _profile(top: Key, rows: list[dict[str, str | None]]) -> Profile:
    def first(name: str) -> str | None:
        return next((row[name] for row in rows if row[name]), None)

    owners: dict[str, str] = {}
    for row in rows:
        if row["owner"]:
            owners.setdefault(_person(row["owner"]), row["owner"])
    return Profile(
        top, rows[0]["name"] or top[1], first("number"), first("country"), first("segment"),
        tuple(owners.values()),
        any(row["side"] == "erp" for row in rows), any(row["side"] == "crm" for row in rows),
    )  # fmt: skip


def _person(owner: str) -> str:
    """A person by name or by e-mail as one: "Ann Bo" and "ann.bo@x.example" are."""
    return re.sub(r"[\W_]+", " ", owner.split("@")[0]).casefold().strip()


_WHO = """
SELECT source, source_id, name, number, country, category AS segment, owner, 'erp' AS side
  FROM party WHERE deleted_at IS NULL AND kind IN ('customer', 'both')
UNION ALL
SELECT source, source_id, name, number, country, segment, owner, 'crm'
  FROM account WHERE deleted_at IS NULL
 ORDER BY 8 DESC, 1, 2"""

_MAILS = """
SELECT source, account_ref, email FROM contact
 WHERE deleted_at IS NULL AND email IS NOT NULL AND account_ref IS NOT NULL
   AND may_contact = :yes
 ORDER BY source, account_ref, email"""
