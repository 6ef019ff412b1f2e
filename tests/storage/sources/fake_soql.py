"""The part of SOQL that the fake Salesforce understands; all else it refuses, as the real one does.

SELECT fields | COUNT() FROM object [WHERE …] [ORDER BY fields] [LIMIT n]
"""

import operator
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

OPERATORS = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
TOKEN = re.compile(
    r"\s*(?:(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)|(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)|(?P<sign><=|>=|!=|[=<>(),]))"
)
KINDS = {"datetime": ("at",), "date": ("day",), "double": ("number",), "currency": ("number",)}


class Refused(Exception):
    """Salesforce refuses a request: an HTTP status and its own code."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass
class Query:
    """A query that was understood. `fields` is empty for COUNT(); `test` takes a record."""

    table: str
    fields: list
    test: object
    order: list
    limit: int | None
    asks_count: bool

    def of(self, records):
        """The records that it asks for, in its order."""
        found = [one for one in records if self.test(one)]
        for name, is_descending in reversed(self.order):  # nulls come first
            found.sort(key=lambda one: _sorting(one.get(name)), reverse=is_descending)
        return found[: self.limit] if self.limit is not None else found


def _sorting(value):
    return value is not None, value


class Parser:
    """Reads one query against the fields of an object: `schema(table)` gives name -> type."""

    def __init__(self, text, schema):
        self.text, self.schema = text, schema
        self.tokens, self.place = [], 0
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise Refused("MALFORMED_QUERY", f"unexpected token: {text[at:].split()[0]!r}")
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()

    def query(self):
        self.word("SELECT")
        asks_count = self.next() == ("name", "COUNT")
        names = []
        if asks_count:
            self.sign("(")
            self.sign(")")
        else:
            self.place -= 1
            names = self.names()
        self.word("FROM")
        table = self.next()[1]
        self.fields = self.schema(table)
        for name in names:
            self.known(name)
        self.table = table
        test = self.either() if self.has("WHERE") else lambda record: True
        order = self.order() if self.has("ORDER") else []
        limit = int(self.next()[1]) if self.has("LIMIT") else None
        if self.place < len(self.tokens):
            raise Refused("MALFORMED_QUERY", f"unexpected token: '{self.next()[1]}'")
        if len(set(names)) < len(names):
            raise Refused("INVALID_FIELD", "duplicate field selected")
        return Query(table, names, test, order, limit, asks_count)

    def either(self):
        return self.joined(self.both, "OR", any)

    def both(self):
        return self.joined(self.one, "AND", all)

    def joined(self, part, word, combine):
        tests = [part()]
        while self.has(word):
            tests.append(part())
        if len(tests) == 1:
            return tests[0]
        return lambda record: combine(test(record) for test in tests)

    def one(self):
        if self.peek() == ("sign", "("):
            self.place += 1
            inside = self.either()
            self.sign(")")
            return inside
        name = self.next()[1]
        kind = self.known(name)
        if self.has("IN"):
            return self.among(name, kind)
        sign, value = self.next()[1], self.value(name, kind)
        if sign not in OPERATORS:
            raise Refused("MALFORMED_QUERY", f"unexpected token: '{sign}'")
        compare = OPERATORS[sign]
        if sign in ("=", "!="):
            return lambda record: compare(record.get(name), value)
        return lambda record: record.get(name) is not None and compare(record[name], value)

    def among(self, name, kind):
        self.sign("(")
        values = {self.value(name, kind)}
        while self.peek() == ("sign", ","):
            self.place += 1
            values.add(self.value(name, kind))
        self.sign(")")
        return lambda record: record.get(name) in values

    def value(self, name, kind):
        is_a, text = self.next()
        if is_a == "name" and text.lower() == "null":
            return None
        if kind == "boolean" and text in ("true", "false"):
            return text == "true"
        if is_a not in KINDS.get(kind, ("text",)):
            raise Refused(
                "INVALID_FIELD",
                f"value of filter criterion for field '{name}' must be of type {kind}",
            )
        if is_a == "at":
            return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
        if is_a == "day":
            return date.fromisoformat(text)
        return float(text) if is_a == "number" else text[1:-1].replace("\\'", "'")

    def order(self):
        self.word("BY")
        order = []
        for name in self.names():
            self.known(name)
            order.append((name, self.has("DESC")))
        return order

    def known(self, name):
        found = self.fields.get(name)
        if found is None:
            raise Refused(
                "INVALID_FIELD",
                f"\n{self.text}\n^\nERROR at Row:1:Column:8\nNo such column '{name}' on entity"
                " 'it'. If you are attempting to use a custom field, be sure to append the '__c'"
                " after the custom field name. Please reference your WSDL or the describe call for"
                " the appropriate names.",
            )
        return found

    def names(self):
        found = [self.next()[1]]
        while self.peek() == ("sign", ","):
            self.place += 1
            found.append(self.next()[1])
        return found

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "<EOF>")

    def next(self):
        found = self.peek()
        self.place += 1
        return found

    def has(self, word):
        kind, text = self.peek()
        if kind == "name" and text.upper() == word:
            self.place += 1
            return True
        return False

    def word(self, word):
        if not self.has(word):
            raise Refused("MALFORMED_QUERY", f"unexpected token: '{self.peek()[1]}'")

    def sign(self, sign):
        if self.next() != ("sign", sign):
            raise Refused("MALFORMED_QUERY", f"expecting '{sign}'")
