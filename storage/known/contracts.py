"""Contracts as known at `now`: their dates as last seen by then, and what these said before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_day, as_money
from storage.links import Key
from storage.models._types import instant_to_int, int_to_instant

LONGEST_NOTICE = 3650


@dataclass(frozen=True, slots=True)
class Was:
    """What a contract said until a day on which we saw it overwritten."""

    until: date
    due_on: date | None
    mrr: Decimal | None


@dataclass(frozen=True)
class Contract:
    """A contract as known at `now`: dates that the source overwrites are those last seen by then.

    `churned_on`: the day on which it was ended; `mrr` is money a month; `was`, oldest first, what
    it said before each time that it was overwritten.
    """

    starts_on: date | None
    ends_on: date | None = None
    renewal_on: date | None = None
    notice_days: int | None = None
    auto_renew: bool | None = None
    churned_on: date | None = None
    mrr: Decimal | None = None
    currency: str | None = None
    number: str | None = field(default=None, compare=False)
    was: tuple[Was, ...] = field(default=(), compare=False)

    @property
    def due_on(self) -> date | None:
        """When it is up for renewal: the renewal, else the end."""
        return self.renewal_on or self.ends_on

    def runs_on(self, day: date) -> bool:
        """Whether it was in force on a day; one that renews itself runs until it is ended."""
        if self.starts_on and self.starts_on > day:
            return False
        if self.churned_on:
            return self.churned_on > day
        return not self.ends_on or self.ends_on >= day or bool(self.auto_renew)

    def mrr_on(self, day: date) -> Decimal | None:
        """Its money a month on a day: before our first sight of it, what we saw first."""
        said = (one.mrr for one in self.was if one.until > day and one.mrr is not None)
        return next(said, self.mrr)


def contracts(
    session: Session, now: datetime, today: date, who: Mapping[Key, Key]
) -> dict[Key, list[Contract]]:
    """The contracts of each company, by start; those that begin before the local day `today`."""
    bound = {"now": instant_to_int(now), "today": today.isoformat()}
    seen = _seen(session.execute(text(_CHANGES), bound).mappings())
    found: dict[Key, list[Contract]] = defaultdict(list)
    for row in session.execute(text(_CONTRACTS), bound).mappings():
        if key := who.get((row["source"], row["ref"])):
            found[key].append(_contract(row, seen.get((row["source"], row["source_id"]))))
    return found


def contracts_seen_from(session: Session, now: datetime) -> datetime | None:
    """Since when the dates of contracts are kept; before that they are unknown."""
    statement = "SELECT MIN(seen_at) FROM fieldchange WHERE entity = 'contract' AND seen_at < :now"
    seen = session.execute(text(statement), {"now": instant_to_int(now)}).scalar()
    return None if seen is None else int_to_instant(seen)


class _Past:
    """The values of one contract as they were seen, the last of them and those before."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.last: dict[str, str | None] = {}
        self.was: list[Was] = []

    def see(self, row: Any) -> None:
        name, old = row["field"], row["old"]
        if name == "mrr" and old is not None:
            self.last.setdefault("mrr", old)  # kept since later than the rest
        if row["seen_at"] > self.first and self.last.get(name) != row["new"]:
            due = as_day(self.last.get("renewal_on") or self.last.get("ends_on"))
            until = int_to_instant(row["seen_at"]).date()
            self.was.append(Was(until, due, _money(self.last.get("mrr"))))
        self.last[name] = row["new"]


def _seen(rows: Iterable[Any]) -> dict[Key, _Past]:
    """What the source overwrites, as seen before `now`."""
    found: dict[Key, _Past] = {}
    for row in rows:
        key = (row["source"], row["source_id"])
        found.setdefault(key, _Past(row["seen_at"])).see(row)
    return found


def _contract(row: Any, past: _Past | None) -> Contract:
    last = past.last if past else {}
    return Contract(
        as_day(row["starts_on"]), as_day(last.get("ends_on")), as_day(last.get("renewal_on")),
        _notice_days(last.get("notice_days")),
        None if row["auto_renew"] is None else bool(row["auto_renew"]),
        as_day(row["churned_on"]),
        _money(last["mrr"]) if "mrr" in last else as_money(row["mrr"]),
        row["currency"], row["number"], tuple(past.was if past else ()),
    )  # fmt: skip


def _money(value: str | None) -> Decimal | None:
    return None if value is None else as_money(int(value))


def _notice_days(value: str | None) -> int | None:
    """A period of notice; one that can't be meant is as good as unknown."""
    days = None if value is None else int(value)
    return days if days is not None and 0 <= days <= LONGEST_NOTICE else None


_CHANGES = """
SELECT source, source_id, field, old, new, seen_at FROM fieldchange
 WHERE entity = 'contract' AND seen_at < :now ORDER BY seen_at, id"""

_CONTRACTS = """
SELECT source, source_id, account_ref AS ref, number, starts_on, auto_renew, mrr, currency,
       CASE WHEN churned_at < :now THEN churned_on END AS churned_on
  FROM contract
 WHERE deleted_at IS NULL AND account_ref IS NOT NULL
   AND (starts_on < :today OR (starts_on IS NULL AND first_seen_at < :now))
 ORDER BY starts_on, source, source_id"""
