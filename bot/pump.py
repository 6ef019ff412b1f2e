"""Keeps several messages under way at a time, so that a slow answer holds up no other message."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from bot.channel import Guarded
from bot.claims import Claim
from bot.outbox import Sender

# Four messages a second, each answered within two.
THREADS = 8
# Messages that break the sending before it is left to the next time.
MOST_FAULTS = 10
# So long at most is waited for a turn before someone looks again what there is.
LONGEST_WAIT = timedelta(seconds=1)


class Pump:
    """Sends what a sender has, each message on one of a few threads.

    `wait` lets so many seconds pass, outside any transaction, and `is_over` says whether to end.
    """

    def __init__(
        self,
        sender: Sender,
        guarded: Guarded,
        *,
        wait: Callable[[float], object],
        is_over: Callable[[], bool],
        threads: int = THREADS,
    ) -> None:
        self.sender, self.guarded, self.wait, self.is_over = sender, guarded, wait, is_over
        self.threads = threads

    def run(self, at_most: timedelta | None = None) -> None:
        """Sends until there is nothing to send now, and begins none after `at_most`.

        It waits for the turn of what only the pace holds, if the clock goes on.
        """
        clock = self.sender.clock
        until = None if at_most is None else clock() + at_most
        faults, under_way = 0, set[Future[bool | None]]()
        with ThreadPoolExecutor(self.threads, "send") as threads:
            while faults < MOST_FAULTS and not self.is_over() and (not until or clock() < until):
                found = self.guarded("outbox", lambda: (self.sender.claim(),))
                if found is None:
                    faults += 1
                    continue
                [left] = found
                if isinstance(left, Claim):
                    under_way.add(threads.submit(self._carry_out, left))
                    left = timedelta(0) if len(under_way) < self.threads else None
                if not self._let_pass(left, under_way):
                    return
                ended = {one for one in under_way if one.done()}
                faults += sum(one.result() is None for one in ended)
                under_way -= ended

    def _carry_out(self, claim: Claim) -> bool | None:
        def job() -> bool:
            self.sender.carry_out(claim)
            return True

        return self.guarded("outbox", job)

    def _let_pass(self, left: timedelta | None, under_way: set[Future[bool | None]]) -> bool:
        """Waits so long (null: as long as it takes) or until something under way has ended; false
        if there is nothing to wait for.
        """
        seconds = None if left is None else min(left, LONGEST_WAIT).total_seconds()
        if under_way:
            wait(under_way, seconds, FIRST_COMPLETED)
            return True
        if not seconds:
            return left is not None
        before = self.sender.clock()
        self.wait(seconds)
        return self.sender.clock() != before
