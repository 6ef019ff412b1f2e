"""What is going to happen in the sample company, in order of time."""

import heapq
import itertools
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

Deed = Callable[[datetime], None]


class Agenda:
    """Deeds with the time at which they happen; those of one instant in the order they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, str, Deed]] = []
        self._order = itertools.count()

    def at(self, when: datetime, kind: str, deed: Deed) -> None:
        """Plans a deed; it is called with the time at which it really happens."""
        heapq.heappush(self._heap, (when.replace(microsecond=0), next(self._order), kind, deed))

    def run_to(self, now: datetime) -> int:
        """Lets everything happen that is due; how many things that were."""
        happened = 0
        while self._heap and self._heap[0][0] <= now:
            at, _, _, deed = heapq.heappop(self._heap)
            deed(at)
            happened += 1
        return happened

    def bring_forward(self, now: datetime, kinds: Collection[str], within: timedelta) -> bool:
        """Lets the next deed of some kinds that is due within that time happen now, if any."""
        near = [one for one in self._heap if one[0] - now < within and one[2] in kinds]
        if not near:
            return False
        first = min(near)
        self._heap.remove(first)
        heapq.heapify(self._heap)
        first[3](now)
        return True
