"""Odoo's domains (conditions in Polish notation) and orders, over records in memory."""

import operator
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bot.demo.odoo_schema import columns

Domain = Sequence[Any]
Matches = Callable[[int], bool]


class Readable(Protocol):
    """Where values come from."""

    def along(self, model: str, id_: int, path: str) -> Any: ...

    def reached(self, model: str, id_: int, path: str) -> list[Any]: ...


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matcher(tables: Readable, model: str, domain: Domain) -> Matches:
    """A test of one id. Terms without an operator before them are joined by AND."""
    stack: list[Matches] = []
    for part in reversed(domain):
        if part in ("&", "|", "!") and len(stack) < (1 if part == "!" else 2):
            raise ValueError(f"{part!r} has too few terms behind it: {domain}")
        if part in ("&", "|"):
            stack.append(_joined(part, stack.pop(), stack.pop()))
        elif part == "!":
            stack.append(_negated(stack.pop()))
        else:
            stack.append(_term(tables, model, part))
    return _all(list(reversed(stack)))


def conjuncts(domain: Domain) -> list[Any]:
    """The terms that must all hold, by themselves; what stands below an OR or NOT is left out."""
    stack: list[list[Any]] = []
    for part in reversed(domain):
        if part == "&":
            stack.append(stack.pop() + stack.pop())
        elif part == "|":
            stack = [*stack[:-2], []]
        elif part == "!":
            stack[-1] = []
        else:
            stack.append([part])
    return [term for terms in stack for term in terms]


def order_keys(order: str) -> list[tuple[str, bool]]:
    """`write_date desc, id` as (field, descending) pairs."""
    keys = []
    for key in order.split(","):
        name, *direction = key.split()
        keys.append((name, direction == ["desc"]))
    return keys


def _joined(part: str, left: Matches, right: Matches) -> Matches:
    if part == "|":
        return lambda id_: left(id_) or right(id_)
    return lambda id_: left(id_) and right(id_)


def _negated(inner: Matches) -> Matches:
    return lambda id_: not inner(id_)


def _all(tests: list[Matches]) -> Matches:
    return lambda id_: all(test(id_) for test in tests)


def _term(tables: Readable, model: str, part: Any) -> Matches:
    path, sign, wanted = part
    _known(model, path)
    compare = _comparison(sign, wanted)
    if _forks(model, path):
        return lambda id_: any(map(compare, tables.reached(model, id_, path)))
    return lambda id_: compare(tables.along(model, id_, path))


def _forks(model: str, path: str) -> bool:
    """Whether a path leads through a field that links to many."""
    here, _, rest = path.partition(".")
    column = columns(model)[here]
    return column.type.endswith("2many") or (bool(rest) and _forks(column.to, rest))


def _known(model: str, path: str) -> None:
    """Odoo's own words for a field that is not there."""
    here, _, rest = path.partition(".")
    column = columns(model).get(here)
    if column is None:
        raise ValueError(f"Invalid field {model}.{here} in leaf")
    if rest:
        _known(column.to, rest)


def _comparison(sign: str, wanted: Any) -> Callable[[Any], bool]:
    if sign == "=":
        return lambda value: bool(value == wanted)
    if sign == "!=":
        return lambda value: bool(value != wanted)
    if sign in ("in", "not in"):
        inside = frozenset(wanted)
        return lambda value: (value in inside) == (sign == "in")
    if sign in COMPARED:
        compare = COMPARED[sign]
        # in SQL a null is neither greater nor smaller than anything
        return lambda value: value is not False and compare(value, wanted)
    raise ValueError(f"Invalid operator {sign!r} in domain")
