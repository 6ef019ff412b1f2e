"""What the rows of a table are of, by names that stand for as long as the thing is there."""

from collections.abc import Iterable

from storage.entities import KINDS, entity
from storage.known import Named

CUSTOMERS = ("customer", "account")


def key_of(value: Named | str | None) -> str:
    """The name of a value of a dimension; "" for one that is only a word, or none."""
    if not isinstance(value, Named):
        return ""
    kind = "customer" if value.kind in CUSTOMERS else value.kind
    return next((entity(one, (value.source, value.ref)) for one in KINDS if one == kind), "")


def keys_of(values: Iterable[Named | str | None]) -> tuple[str, ...]:
    """The names of all, in their order; none at all where every value is only a word."""
    found = tuple(map(key_of, values))
    return found if any(found) else ()
