"""How the pulls of sources look on a terminal: bars while they run, a line when they are done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from storage import sync
from storage.lease import Result


def told(result: Result) -> str:
    """How the pull of a stream went, in a line."""
    if result.skipped:
        return f"{result.stream}: another process pulls it"
    if result.error:
        return f"{result.stream}: failed: {result.error}"
    held = f", {result.quarantined:,} held back" if result.quarantined else ""
    gone = f", {result.deleted:,} gone" if result.deleted else ""
    return f"{result.stream}: {result.received:,} read, {result.written:,} changed{gone}{held}"


@contextmanager
def bars() -> Iterator[sync.Progress]:
    """A bar a stream on a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty()) as drawn:
        tasks: dict[str, TaskID] = {}

        def show(stream: str, received: int, total: int | None) -> None:
            if stream not in tasks:
                tasks[stream] = drawn.add_task(stream, total=total)
            drawn.update(tasks[stream], completed=received, total=total)

        yield show
