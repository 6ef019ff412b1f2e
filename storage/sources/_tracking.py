"""Scans of carriers as tracking events, in the same words whichever service tells of them.

announced (a label, no parcel yet), shipped (the first scan on its way), in_transit,
out_for_delivery, attempted, waiting (to be collected), delivered, returned, failed. What a service
calls otherwise stays as it calls it, in small letters.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from storage.sources import Row
from storage.sources._entity import Entity, Record

ON_ITS_WAY, FIRST = "in_transit", "shipped"


def events(
    entity: Entity,
    tracker: Record,
    scans: Sequence[Record],
    meanings: Mapping[str, str],
    zone: ZoneInfo,
) -> Iterator[tuple[str, Row]]:
    """The events of one tracker. A field of the tracker itself is called `tracker.…`.

    A scan has no id of its own: its time and its words name it, and a number where those are the
    same. So one that the service puts right later is another, and what it was goes with a sweep.
    """
    rows, seen = [], Counter[str]()
    for scan in scans:
        row = entity.row({**scan, "tracker": tracker}, zone) or {}
        seen[row["source_id"]] += 1
        if seen[row["source_id"]] > 1:
            row["source_id"] += f"/{seen[row['source_id']]}"
        said = str(row["status"]).lower()
        rows.append({**row, "status": meanings.get(said, said)})
    moving: list[datetime] = [row["seen_at"] for row in rows if row["status"] == ON_ITS_WAY]
    for row in rows:
        is_first = row["status"] == ON_ITS_WAY and row["seen_at"] == min(moving)
        yield entity.table, {**row, "status": FIRST} if is_first else row
