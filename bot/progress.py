"""How the pulls of sources look on a terminal: bars while they run, a line when they are done."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

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


class _Rate(ProgressColumn):
    """Records a second; nothing before the second page, which is the first to be timed."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


@contextmanager
def bars(
    console: Console | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[sync.Progress]:
    """A bar a stream where standard error is a terminal, beside what is printed; else nothing.

    Where a source tells how many records there will be the bar fills and says how long it takes.
    `clock` counts seconds.
    """
    console = console or Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(
        *columns, console=console, get_time=clock, transient=True,
        disable=not console.is_terminal,
    ) as drawn:  # fmt: skip
        tasks: dict[str, TaskID] = {}

        def show(stream: str, received: int, total: int | None) -> None:
            if stream not in tasks:
                tasks[stream] = drawn.add_task(stream, total=total)
            drawn.update(tasks[stream], completed=received, total=total)

        yield show
