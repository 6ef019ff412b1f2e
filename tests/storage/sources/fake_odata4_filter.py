"""The conditions that the OData service of the tests understands: comparisons joined by `and`.

Several values of one field may be joined by `or`; of different fields they may not, as in Business
Central. A value that is not of its field's type is refused.
"""

import operator
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

OPERATORS = {"eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge,
             "lt": operator.lt, "le": operator.le}  # fmt: skip
COMPARISON = re.compile(r"(\w+) (\w+) ('(?:[^']|'')*'|[^\s()]+)")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z")
EARLIEST = datetime.fromisoformat("0001-01-01T00:00:00+00:00")

Fits = Callable[[dict[str, Any]], bool]


class Refused(Exception):
    """The service says no."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def matching(text: str, types: dict[str, str]) -> Fits:
    """Whether a record fulfils a condition; `Refused` for one that is not understood."""
    if not text:
        return lambda row: True
    terms = [_either(term, types) for term in _split(text, " and ")]
    return lambda row: all(fits(row) for fits in terms)


def _split(text: str, word: str) -> list[str]:
    """The parts between a word that stands outside of brackets and of texts."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, letter in enumerate(text):
        quoted ^= letter == "'"
        depth += 0 if quoted else {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and not quoted and text.startswith(word, at):
            parts.append(text[begin:at])
            begin = at + len(word)
    return [*parts, text[begin:]]


def _either(term: str, types: dict[str, str]) -> Fits:
    inner = term[1:-1] if term.startswith("(") and term.endswith(")") else term
    some = [_comparison(one, types) for one in _split(inner, " or ")]
    if len({field for field, _ in some}) > 1:
        raise Refused(
            400, "BadRequest", "The 'OR' operator is not supported on distinct fields on an OData"
            " filter.",
        )  # fmt: skip
    return lambda row: any(fits(row) for _, fits in some)


def _comparison(text: str, types: dict[str, str]) -> tuple[str, Fits]:
    found = COMPARISON.fullmatch(text.strip())
    if not found or found[2] not in OPERATORS:
        raise Refused(400, "BadRequest", f"syntax error in the filter: {text!r}")
    name, compare = found[1], OPERATORS[found[2]]
    if name not in types:
        raise Refused(400, "BadRequest", f"Could not find a property named '{name}'.")
    value = _value(found[3], types[name])

    def fits(row: dict[str, Any]) -> bool:
        held = row.get(name)
        if held is None and isinstance(value, datetime):
            held = EARLIEST
        return held is not None and bool(compare(_plain(held, value), value))

    return name, fits


def _plain(held: Any, value: Any) -> Any:
    """The value that a row holds, in the type of the one it is compared with."""
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(held, str):
        return date.fromisoformat(held)
    return Decimal(str(held)) if isinstance(value, Decimal) else held


def _value(literal: str, kind: str) -> Any:
    try:
        if kind == "String" and literal.startswith("'"):
            return literal[1:-1].replace("''", "'")
        if kind == "DateTimeOffset" and STAMP.fullmatch(literal):
            return datetime.fromisoformat(literal)
        if kind == "Date":
            return date.fromisoformat(literal)
        if kind in ("Int32", "Int64"):
            return int(literal)
        if kind == "Decimal":
            return Decimal(literal)
        if kind == "Guid" and not literal.startswith("'"):
            return literal.lower()
        if kind == "Boolean":
            return {"true": True, "false": False}[literal]
    except (ValueError, KeyError, ArithmeticError):
        pass
    raise Refused(400, "BadRequest", f"{literal} is no Edm.{kind}")
