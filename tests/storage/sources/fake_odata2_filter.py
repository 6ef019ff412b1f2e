"""The $filter of OData V2: comparisons, `and`, `or` and brackets; what does not fit is refused.

Types are kept as strictly as a gateway does: a day is no instant, a time is no text.
"""

import operator
import re
from datetime import UTC, datetime, time

TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))"
    r"|(?P<kind>datetimeoffset|datetime|time)?(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?=[\s)]|$)|(?P<word>[A-Za-z_]\w*))"
)
COMPARED = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge,
    "lt": operator.lt, "le": operator.le,
}  # fmt: skip
KINDS = {
    "datetime": "Edm.DateTime", "datetimeoffset": "Edm.DateTimeOffset", "time": "Edm.Time",
    "text": "Edm.String", "number": "Edm.Decimal", "bool": "Edm.Boolean",
}  # fmt: skip
CLOCK = re.compile(r"PT(\d+)H(\d+)M(\d+)S")


class BadFilter(Exception):
    """A filter that this service does not take, and why."""


class Any:
    """A field has one of some values: found by an index where there is one."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def __call__(self, record):
        return record.get(self.name) in self.values


def parsed(text, types):
    """The conditions that must all hold, each callable with a record; `Any` among them."""
    tokens = list(_tokens(text))
    found, rest = _either(tokens, types)
    if rest:
        raise BadFilter(f"Invalid token '{rest[0][1]}'")
    return found.parts if type(found) is _All else [found]


class _All:
    def __init__(self, parts):
        self.parts = parts

    def __call__(self, record):
        return all(part(record) for part in self.parts)


class _Some(_All):
    def __call__(self, record):
        return any(part(record) for part in self.parts)


def _tokens(text):
    at = 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        if not found:
            raise BadFilter(f"Invalid token at position {at}")
        at = found.end()
        for kind in ("open", "close", "text", "number", "word"):
            if found[kind] is not None:
                yield (found["kind"] or kind, found[kind])
                break


def _either(tokens, types):
    parts, rest = [], tokens
    while True:
        part, rest = _every(rest, types)
        parts.append(part)
        if not rest or rest[0] != ("word", "or"):
            return _merged(parts), rest
        rest = rest[1:]


def _merged(parts):
    if len(parts) == 1:
        return parts[0]
    names = {one.name for one in parts if isinstance(one, Any)}
    if len(names) == 1 and all(isinstance(one, Any) for one in parts):
        return Any(names.pop(), frozenset(value for one in parts for value in one.values))
    return _Some(parts)


def _every(tokens, types):
    parts, rest = [], tokens
    while True:
        part, rest = _one(rest, types)
        parts += part.parts if type(part) is _All else [part]
        if not rest or rest[0] != ("word", "and"):
            return (parts[0] if len(parts) == 1 else _All(parts)), rest
        rest = rest[1:]


def _one(tokens, types):
    if tokens and tokens[0][0] == "open":
        found, rest = _either(tokens[1:], types)
        if not rest or rest[0][0] != "close":
            raise BadFilter("a bracket is not closed")
        return found, rest[1:]
    if len(tokens) < 3 or tokens[0][0] != "word" or tokens[1][1] not in COMPARED:
        raise BadFilter("a comparison is expected")
    (_, name), (_, sign), value = tokens[:3]
    if name not in types:
        raise BadFilter(f"Property {name} not found")
    return _compared(name, sign, _valued(value, types[name])), tokens[3:]


def _compared(name, sign, value):
    if sign == "eq":
        return Any(name, frozenset([value]))
    compare = COMPARED[sign]
    if sign == "ne":
        return lambda record: record.get(name) != value
    return lambda record: (found := record.get(name)) is not None and compare(found, value)


def _valued(token, kind):
    form, text = token
    if form == "word" and text in ("true", "false"):
        form = "bool"
    if KINDS.get(form) != kind:
        raise BadFilter(f"{text} is no {kind}")
    inner = text[1:-1].replace("''", "'")
    if form == "bool":
        return text == "true"
    if form == "time":
        return time(*map(int, CLOCK.fullmatch(inner).groups()))
    if form == "datetimeoffset":
        return datetime.fromisoformat(inner.replace("Z", "+00:00")).astimezone(UTC)
    return datetime.fromisoformat(inner) if form == "datetime" else inner
