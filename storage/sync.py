"""Pulls a source into the store: rows, tombstones, quarantine and cursor together, by the page."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from storage.bulk import Checked, check, shape, tombstone, write
from storage.lease import (
    Clock,
    Lease,
    LeaseLost,
    Result,
    cursor,
    fail_source,
    finish_run,
    forget_others,
    hold,
    lease_stream,
    start_run,
    stop_run,
)
from storage.models._types import instant_to_int
from storage.quarantine import quarantine, release, unsee
from storage.sources import Page, Rejected, Source, SourceError, StreamSpec
from storage.store import Store
from storage.sweep import sweep

PAGE_ROWS = 1_000
MANY_BAD = 20

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]


def run(
    source_key: str,
    source: Source,
    store: Store,
    now: datetime,
    *,
    owner: str,
    clock: Clock,
    every: timedelta = timedelta(minutes=10),
    only: Sequence[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
) -> list[Result]:
    """Pulls the streams of one source, one after the other; a failed one does not stop the next.

    `now` stamps the bookkeeping; windows come from the source's own clock. `full` starts each
    stream anew and accepts deletions of any size. `owner` names this process in the leases,
    which run out by `clock`: the true time, also where `now` is another.
    """
    results, streams = [], source.streams
    forget_others(store, source_key, [stream.name for stream in streams])
    for stream in streams:
        if only is not None and stream.name not in only:
            continue
        lease = lease_stream(store, source_key, stream, owner, now, clock)
        if lease is None:
            results.append(Result(stream.name, skipped=True))
            continue
        results.append(_run_stream(lease, source, stream, store, now, every, full, progress))
    return results


def refused(
    source_key: str, store: Store, error: SourceError, now: datetime, every: timedelta
) -> Result:
    """The result of a source that can't be opened as it is configured, written down as one."""
    if fail_source(store, source_key, str(error), now, every) == 1:
        log.warning("%s: %s", source_key, error)
    return Result(source_key, error=str(error))


def _run_stream(
    lease: Lease,
    source: Source,
    stream: StreamSpec,
    store: Store,
    now: datetime,
    every: timedelta,
    full: bool,
    progress: Progress | None,
) -> Result:
    run_id, tally = start_run(store, lease, now), Result(stream.name)
    try:
        for page in source.pull(stream, None if full else cursor(store, lease)):
            tally = tally.plus(_store_page(store, lease, stream, page, now))
            if progress:
                progress(stream.name, tally.received, page.total)
        tally = tally.plus(sweep(store, lease, source, stream, now, full))
    except LeaseLost:
        tally = replace(tally, error="another process pulls this stream")
    except SourceError as error:
        tally = replace(tally, error=str(error))
    except KeyboardInterrupt:
        stop_run(store, lease, run_id, tally, now)
        raise
    except Exception as error:  # the boundary of one source: the others must go on
        log.exception("%s %s: broke", lease.source, lease.stream)
        tally = replace(tally, error=f"a fault of ours: {type(error).__name__}; the log has more")
    if finish_run(store, lease, run_id, tally, now, every) == 1:
        # said once when it begins, not every ten minutes
        log.warning("%s %s: %s", lease.source, lease.stream, tally.error)
    return tally


def _store_page(
    store: Store, lease: Lease, stream: StreamSpec, page: Page, now: datetime
) -> Result:
    """One page in one transaction; a larger one in parts, the cursor with the last."""
    parts = list(_parts(page))
    is_snapshot = stream.mode == "snapshot"
    stamp = instant_to_int(now)
    total = Result(lease.stream, received=page.received)
    for number, part in enumerate(parts, 1):
        is_last = number == len(parts)
        checked, rejected = _check(part)
        if is_last:
            rejected = [*page.rejected, *rejected]
        _refuse_flood(lease, rejected, sum(len(rows) for rows in checked.values()))
        with store.bulk() as connection:
            hold(
                connection, store, lease, page.state if is_last else None, page.high,
                is_unswept=is_snapshot or page.asks_sweep,
            )  # fmt: skip
            written = sum(
                write(connection, store, lease.source, shape(table), rows, stamp)
                for table, rows in checked.items()
            )
            gone, settled = 0, [row.source_id for rows in checked.values() for row in rows]
            for table, ids in page.deletes.items() if is_last else ():
                gone += tombstone(connection, store, lease.source, table, ids, stamp)
                settled += ids
            if page.begins and number == 1:
                unsee(connection, store, lease)
            release(connection, store, lease, settled)
            quarantine(connection, store, lease, rejected, stamp)
        total = total.plus(Result(lease.stream, 0, written, gone, len(rejected)))
    return total


def _parts(page: Page) -> Iterator[dict[str, list[Any]]]:
    rows = ((table, row) for table, found in page.rows.items() for row in found)
    part = list(islice(rows, PAGE_ROWS))
    while True:
        by_table: dict[str, list[Any]] = {}
        for table, row in part:
            by_table.setdefault(table, []).append(row)
        yield by_table
        part = list(islice(rows, PAGE_ROWS))
        if not part:
            return


def _check(part: dict[str, list[Any]]) -> tuple[dict[str, list[Checked]], list[Rejected]]:
    good: dict[str, list[Checked]] = {}
    bad: list[Rejected] = []
    for table, rows in part.items():
        made = shape(table)
        for row in rows:
            try:
                good.setdefault(table, []).append(check(row, made))
            except (ValueError, msgspec.ValidationError) as error:
                bad.append(Rejected(str(row.get("source_id")), f"{table}: {error}", row))
    return good, bad


def _refuse_flood(lease: Lease, rejected: Sequence[Rejected], good: int) -> None:
    if len(rejected) >= MANY_BAD and len(rejected) > good:
        raise SourceError(
            f"{lease.stream}: {len(rejected)} of {len(rejected) + good} rows make no sense, for"
            f" example {rejected[0].source_id}: {rejected[0].reason}",
            permanent=True,
        )
