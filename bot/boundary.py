"""Where errors stop: one request, one job or one message may break without the others."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)

# How often each name broke since the process began; /metrics shows it.
broken: Counter[str] = Counter()


def guarded(name: str, fn: Callable[[], T]) -> T | None:
    """What `fn` gives; null if it broke, which is logged with its traceback and counted."""
    try:
        return fn()
    except Exception:  # the boundary: a fault of one question must not end the process
        broken[name.partition(" ")[0]] += 1
        log.exception("%s broke", name)
        return None
