"""Ctrl-C while sources are pulled: it stops behind the page that is under way, a second one now."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from storage import sync

STOPPED = 128 + signal.SIGINT
ASKED = "Stopping once this page is stored; Ctrl-C again stops at once."


@contextmanager
def stoppable(progress: sync.Progress, say: Callable[[str], None]) -> Iterator[sync.Progress]:
    """The progress of pulls that Ctrl-C ends, never inside a page; with the exit code for it."""
    is_asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal is_asked
        is_asked = True
        signal.signal(signal.SIGINT, before)
        say(ASKED)

    def show(stream: str, received: int, total: int | None) -> None:
        progress(stream, received, total)
        if is_asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield show
    except KeyboardInterrupt:
        say("Stopped. The next sync goes on from there.")
        raise SystemExit(STOPPED) from None
    finally:
        signal.signal(signal.SIGINT, before)
