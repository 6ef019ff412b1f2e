"""Scans of carriers as tracking events, in the same words whichever service tells of them.

announced (a label, no parcel yet), shipped (the first scan on its way), in_transit,
out_for_delivery, attempted, waiting (to be collected), delivered, returned, failed. What a service
calls otherwise stays as it calls it, in small letters.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row
from storage.sources._entity import Entity, Record

ON_ITS_WAY, FIRST = "in_transit", "shipped"


def events(
    entity: Entity,
    tracker: Record,
    name: str,
    meanings: Mapping[str, str],
    zone: ZoneInfo,
) -> Iterator[tuple[str, Row]]:
    """The events of one tracker, whose field `name` lists its scans. A field of the tracker itself
    is called `tracker.…`.

    A scan has no id of its own: its time and its words name it, and a number where those are the
    same. So one that the service puts right later is another, and what it was goes with a sweep.
    """
    rows, seen = [], Counter[str]()
    for scan in _scans(tracker, name):
        row = entity.row(scan, zone) or {}
        said = str(row["status"]).lower()
        source_id = _numbered(row["source_id"], seen)
        rows.append({**row, "source_id": source_id, "status": meanings.get(said, said)})
    begun = min((row["seen_at"] for row in rows if row["status"] == ON_ITS_WAY), default=None)
    for row in rows:
        is_first = row["status"] == ON_ITS_WAY and row["seen_at"] == begun
        yield entity.table, {**row, "status": FIRST} if is_first else row


def still(entity: Entity, tracker: Record, name: str) -> Iterator[tuple[str, str]]:
    """The ids of the events of a tracker that is refused, as far as it tells them: they stay."""
    seen = Counter[str]()
    with suppress(BadRow):
        for scan in _scans(tracker, name):
            with suppress(BadRow):
                yield entity.table, _numbered(entity.id_of(scan), seen)


def _scans(tracker: Record, name: str) -> Sequence[Record]:
    found = tracker.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadRow(f"its {name} are no list of records")
    return [{**one, "tracker": tracker} for one in found]


def _numbered(source_id: str, seen: Counter[str]) -> str:
    seen[source_id] += 1
    return source_id if seen[source_id] == 1 else f"{source_id}/{seen[source_id]}"
