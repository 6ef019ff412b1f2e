"""How a Frappe site picks, orders and shows documents, and what it refuses."""

import json
from datetime import datetime

STANDARD = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent",
            "parentfield", "parenttype"}  # fmt: skip
DELETED_FIELDS = {"deleted_doctype", "deleted_name", "data", "restored"}
STAMPS = ("creation", "modified")
OPERATORS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a is not None and a < b,
    ">": lambda a, b: a is not None and a > b,
    "<=": lambda a, b: a is not None and a <= b,
    ">=": lambda a, b: a is not None and a >= b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


class Refused(Exception):
    """What the site does not do, in its own form of an error."""

    def __init__(self, status, kind, message):
        super().__init__(message)
        self.status = status
        self.body = {
            "exc_type": kind,
            "exception": f"frappe.exceptions.{kind}: {message}",
            "_server_messages": json.dumps([json.dumps({"message": message, "indicator": "red"})]),
        }


def condition(filters, known, how):
    """What the filters say of a row, all of them or any."""
    tests = [_one(one, known) for one in filters]
    if how is any or len(tests) != 1:
        return lambda row: how(test(row) for test in tests)
    return tests[0]


def ordered(rows, order_by, known):
    """By any number of fields, each asc or desc; names as the database's alphabet has them."""
    found = list(rows)
    for term in reversed(order_by.split(",")):
        name, _, direction = term.strip().partition(" ")
        check(name, known)
        found.sort(key=lambda row: _sortable(name, row.get(name)), reverse=direction == "desc")
    return found


def shown(row, wanted):
    """The asked fields as JSON has them: times without a zone, whole seconds without a fraction."""
    return {name: _written(row.get(name)) for name in wanted}


def _one(one, known):
    if not isinstance(one, list) or len(one) not in (3, 4):
        raise Refused(417, "ValidationError", f"Filter must have 3 or 4 values: {one}")
    name, operator, value = one[-3:]
    check(name, known)
    if operator == "is":
        return lambda row: (row.get(name) not in (None, "")) == (value == "set")
    if operator not in OPERATORS:
        raise Refused(417, "ValidationError", f"Operator must be one of {sorted(OPERATORS)}")
    compare = OPERATORS[operator]
    if operator in ("in", "not in"):
        theirs = {_sortable(name, each) for each in value}
    else:
        theirs = _sortable(name, value)
    return lambda row: compare(_sortable(name, row.get(name)), theirs)


def check(name, known):
    fields = DELETED_FIELDS if known is None else known
    if name not in STANDARD and name not in fields:
        raise Refused(417, "DataError", f"Field not permitted in query: {name}")


def _sortable(name, value):
    if name in STAMPS and isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise Refused(417, "ValidationError", f"{value} is not a time") from None
    if name == "name" and isinstance(value, str):
        return value.casefold()  # the database compares without regard to case
    return value


def _written(value):
    return str(value) if isinstance(value, datetime) else value
