"""When we and a customer last spoke, and how: calls, mails and meetings as known at `now`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session

from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Touch:
    """The last contact with a company by one channel; direction as the source calls it."""

    company: Key
    channel: str
    direction: str | None
    on: date
    count: int


def touches(session: Session, now: datetime, who: Mapping[Key, Key]) -> Iterator[Touch]:
    """The last touch of each company by channel (its kind where it has none), newest first.

    `count` are all touches by that channel before `now`.
    """
    found: dict[tuple[Key, str], Touch] = {}
    for row in session.execute(text(_TOUCHES), {"now": instant_to_int(now)}):
        if key := who.get((row.source, row.account_ref)):
            before = found.pop((key, row.channel), None)
            count = row.times + (before.count if before else 0)
            touch = Touch(
                key, row.channel, row.direction, date.fromisoformat(row.happened_on), count
            )
            found[key, row.channel] = touch
    yield from reversed(found.values())


_TOUCHES = """
SELECT source, account_ref, channel, direction, happened_on, times FROM (
  SELECT source, account_ref, COALESCE(channel, kind) AS channel, direction, happened_at,
         happened_on,
         COUNT(*) OVER (PARTITION BY source, account_ref, COALESCE(channel, kind)) AS times,
         ROW_NUMBER() OVER (PARTITION BY source, account_ref, COALESCE(channel, kind)
                            ORDER BY happened_at DESC, id DESC) AS place
    FROM activity
   WHERE deleted_at IS NULL AND account_ref IS NOT NULL AND happened_at < :now
) latest WHERE place = 1 ORDER BY happened_at, source, account_ref"""
