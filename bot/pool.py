"""Work that may take longer than Slack waits for an answer, on a few threads of its own."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from bot.boundary import broken, guarded

THREADS = 4
MOST = 64

log = logging.getLogger(__name__)


class Pool:
    """At most `most` tasks run or wait at a time; what breaks in one is logged and counted."""

    def __init__(self, threads: int = THREADS, most: int = MOST) -> None:
        self.most = most
        self._threads = ThreadPoolExecutor(threads, "later")
        self._under_way = 0
        self._changed = threading.Condition()

    def submit(self, name: str, task: Callable[[], None]) -> bool:
        """Does a task soon; false, which is logged and counted, if there is too much to do."""
        with self._changed:
            if self._under_way >= self.most:
                broken["busy"] += 1
                log.error("too busy for %s: %s tasks are under way", name, self._under_way)
                return False
            self._under_way += 1
        self._threads.submit(guarded, name, task).add_done_callback(self._done)
        return True

    def _done(self, _: Future[Any]) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Waits for all that is under way; whether it ended in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, seconds)

    def stop(self) -> None:
        """Ends after the tasks under way."""
        self._threads.shutdown()
