"""How a promise moved, in words: "the promise slipped 3 times (+11 d)"."""

from collections.abc import Sequence
from itertools import pairwise

from storage.known.orders import Promise


def moved(ledger: Sequence[Promise]) -> str | None:
    """What became of a promise since it was first seen; null where it stands as it was."""
    days = [one.on for one in ledger if one.on]
    steps = [(after - before).days for before, after in pairwise(days) if after != before]
    if not steps:
        return None
    total, times = sum(steps), len(steps)
    often = "once" if times == 1 else f"{times} times"
    if all(step > 0 for step in steps):
        return f"the promise slipped {often} (+{total} d)"
    if all(step < 0 for step in steps):
        return f"the promise came forward {often} ({total} d)"
    return f"the promise moved {often} ({total:+d} d in all)"
