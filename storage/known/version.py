"""Whether what can be known has changed: a mark that stays the same for as long as it has not."""

from collections.abc import Collection, Hashable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text
from sqlmodel import Session


def version(session: Session, now: datetime, zones: Collection[ZoneInfo]) -> Hashable | None:
    """The newest pull that changed anything, what people said of links, and the local day in every
    zone in which days are counted: `zones` and those of sites. Null while a source is being pulled,
    or was by a process that died: then nobody can tell.

    An event that bears an hour is known when it was pulled; one known by its day, when that is
    over. So between two pulls nothing becomes known but at the end of a day.
    """
    if session.execute(text(_PULLED_NOW)).first():
        return None
    last = session.execute(text(_LAST)).first()
    links = session.execute(text(_LINKS)).one()
    days = sorted(now.astimezone(zone).date() for zone in {*zones, *_of_sites(session)})
    return (last and last[0], tuple(links), tuple(days))


def _of_sites(session: Session) -> list[ZoneInfo]:
    found = []
    for (name,) in session.execute(text(_ZONES)):
        try:
            found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # a source may write what it likes
    return found


_PULLED_NOW = "SELECT 1 FROM syncstate WHERE lease_until IS NOT NULL LIMIT 1"

# a run that was abandoned may have stored pages that it did not count
_LAST = """
SELECT id FROM syncrun
 WHERE written + deleted + quarantined > 0 OR outcome IN ('running', 'abandoned')
 ORDER BY id DESC LIMIT 1"""

_LINKS = """
SELECT COUNT(*), MAX(id), MAX(decided_at), COUNT(CASE WHEN is_rejected THEN 1 END) FROM partylink"""

_ZONES = "SELECT DISTINCT tz FROM location WHERE tz IS NOT NULL AND deleted_at IS NULL"
