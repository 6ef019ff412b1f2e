"""What every harness on a stateful fake hands on to it."""


class OnFake:
    """Its clock and its faults; `fake` is the subclass's."""

    def now(self):
        return self.fake.now

    def advance(self, seconds):
        self.fake.advance(seconds)

    def fail_next(self, kind):
        self.fake.fail_next(kind)
