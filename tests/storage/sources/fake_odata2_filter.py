"""The $filter of OData V2: comparisons, `and`, `or` and brackets; what does not fit is refused.

Types are kept as strictly as a gateway does: a day is no instant, a time is no text.
"""

import re
from datetime import UTC, datetime, time

TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))"
    r"|(?P<kind>datetimeoffset|datetime|time)?(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?=[\s)]|$)|(?P<word>[A-Za-z_]\w*))"
)
COMPARED = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
KINDS = {
    "datetime": "Edm.DateTime", "datetimeoffset": "Edm.DateTimeOffset", "time": "Edm.Time",
    "text": "Edm.String", "number": "Edm.Decimal", "bool": "Edm.Boolean",
}  # fmt: skip
CLOCK = re.compile(r"PT(\d+)H(\d+)M(\d+)S")


class BadFilter(Exception):
    """A filter that this service does not take, and why."""


class Condition:
    """An expression of Python on the record `r` and the values `v`, for thousands are looked at.

    Where it says that a field has one of some values, `name` and `values` are these: such records
    are found by an index.
    """

    def __init__(self, text, name=None, values=frozenset()):
        self.text, self.name, self.values = text, name, values


def parsed(text, types):
    """What finds the records: a field with the values it must have (or null), and a test."""
    parsing = _Parsing(list(_tokens(text)), types)
    parts = parsing.either(is_outer=True)
    if parsing.tokens:
        raise BadFilter(f"Invalid token '{parsing.tokens[0][1]}'")
    by = next((one for one in parts if one.name), None)
    rest = " and ".join(one.text for one in parts if one is not by) or "True"
    return by, eval(f"lambda r: {rest}", {"v": parsing.values})


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


class _Parsing:
    """A filter from its first token to its last; `values` are those that it compares with."""

    def __init__(self, tokens, types):
        self.tokens, self.types, self.values = tokens, types, []

    def either(self, *, is_outer=False):
        """One condition; at the outermost place all that must hold at once."""
        ways = [self._every()]
        while self._takes("or"):
            ways.append(self._every())
        if len(ways) == 1:
            return ways[0] if is_outer else _joined(" and ", ways[0])
        whole = _joined(" or ", [_joined(" and ", way) for way in ways])
        return [whole] if is_outer else whole

    def _every(self):
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return parts

    def _takes(self, word):
        is_next = bool(self.tokens) and self.tokens[0] == ("word", word)
        self.tokens = self.tokens[is_next:]
        return is_next

    def _one(self):
        if self.tokens and self.tokens[0][0] == "open":
            self.tokens = self.tokens[1:]
            found = self.either()
            if not self.tokens or self.tokens[0][0] != "close":
                raise BadFilter("a bracket is not closed")
            self.tokens = self.tokens[1:]
            return found
        if len(self.tokens) < 3 or self.tokens[0][0] != "word" or self.tokens[1][1] not in COMPARED:
            raise BadFilter("a comparison is expected")
        (_, name), (_, sign), value = self.tokens[:3]
        self.tokens = self.tokens[3:]
        if name not in self.types:
            raise BadFilter(f"Property {name} not found")
        return self._compared(name, sign, _valued(value, self.types[name]))

    def _compared(self, name, sign, value):
        self.values.append(value)
        field = f"r.get({name!r})"
        text = f"{field} {COMPARED[sign]} v[{len(self.values) - 1}]"
        if sign == "eq":
            return Condition(text, name, frozenset([value]))
        return Condition(text if sign == "ne" else f"({field} is not None and {text})")


def _joined(word, parts):
    if len(parts) == 1:
        return parts[0]
    text = f"({word.join(one.text for one in parts)})"
    names = {one.name for one in parts}
    if word == " or " and len(names) == 1 and None not in names:
        return Condition(text, names.pop(), frozenset().union(*(one.values for one in parts)))
    return Condition(text)


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
