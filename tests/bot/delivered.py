"""What the tests of delivery as a whole share: a tick, faults that last, a countdown."""

import threading
from datetime import timedelta
from itertools import cycle

TICK = timedelta(seconds=15)


class Outage:
    """Faults, one after the other, for as long as it lasts."""

    def __init__(self, clock, until, *kinds):
        self.clock, self.until, self.kinds = clock, until, cycle(kinds)

    def __bool__(self):
        return self.clock() < self.until

    def pop(self, at):
        return next(self.kinds)


class Countdown:
    """Does something the nth time that it is called."""

    def __init__(self, left, action):
        self.left, self.action, self.lock = left, action, threading.Lock()

    def __call__(self):
        with self.lock:
            self.left -= 1
            if self.left == 0:
                self.action()
