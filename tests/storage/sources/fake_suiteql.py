"""The part of SuiteQL that the fake NetSuite understands, run by SQLite behind a strict reader.

Every word must be one of the language, a function, or a name; a name that no table has is refused
in the words of NetSuite. Times are kept so that they can't be used without a format.
"""

import re
import sqlite3

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign><>|<=|>=|!=|\|\||[=<>(),.*+/-]))"
)
WORDS = {
    "SELECT", "FROM", "JOIN", "LEFT", "OUTER", "INNER", "ON", "WHERE", "AND", "OR", "NOT", "IN",
    "IS", "NULL", "ORDER", "BY", "GROUP", "AS", "ASC", "DESC",
}  # fmt: skip
FUNCTIONS = {"TO_CHAR", "TO_TIMESTAMP", "NVL", "ABS", "SUM", "COUNT", "MAX", "MIN"}
FORMATS = {"YYYY-MM-DD HH24:MI:SS": 19, "YYYY-MM-DD": 10}
PSEUDO = {"SESSIONTIMEZONE": "zone_()", "CURRENT_TIMESTAMP": "now_()"}
MARK = "@"  # before a time as it is kept


class Refused(Exception):
    """NetSuite refuses a request: an HTTP status and its own code."""

    def __init__(self, message, code="INVALID_PARAMETER", status=400):
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


def invalid(message):
    return Refused(
        f"Invalid search query. Detailed unprocessed description follows. Search error occurred:"
        f" {message}"
    )


def to_char(value, form):
    if value is None:
        return None
    if form not in FORMATS:
        raise ValueError(form)
    return value.removeprefix(MARK)[: FORMATS[form]]


def to_timestamp(value, form):
    if form not in FORMATS or len(value) != FORMATS[form]:
        raise ValueError(form)
    return MARK + value


class Database:
    """Tables of columns; `shown` is what BUILTIN.DF makes of a value."""

    def __init__(self, schema, clock, zone):
        self.connection = sqlite3.connect(":memory:", check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        self.schema = {table: list(columns) for table, columns in schema.items()}
        self.shown = {}
        make = self.connection.create_function
        make("TO_CHAR", 2, to_char, deterministic=True)
        make("TO_TIMESTAMP", 2, to_timestamp, deterministic=True)
        make("NVL", 2, lambda one, other: other if one is None else one, deterministic=True)
        make("df_", 1, lambda value: value if value is None else self.shown.get(value, str(value)))
        make("now_", 0, lambda: MARK + clock())
        make("zone_", 0, lambda: zone)
        for table, columns in {**self.schema, "dual": ["dummy"]}.items():
            self.connection.execute(f"CREATE TABLE [{table}] ({', '.join(map(quoted, columns))})")
        self.connection.execute("INSERT INTO dual VALUES ('X')")

    def index(self, table, *columns):
        listed = ", ".join(map(quoted, columns))
        self.connection.execute(
            f"CREATE INDEX [i_{table}_{'_'.join(columns)}] ON [{table}] ({listed})"
        )

    def run(self, query):
        """The rows as dicts of text, without what is null, as NetSuite tells them."""
        translated = self.translated(query)
        try:
            rows = self.connection.execute(translated).fetchall()
        except sqlite3.OperationalError as error:
            raise self.refusal(str(error), query) from error
        return [{name: str(row[name]) for name in row.keys() if row[name] is not None}  # noqa: SIM118 - a Row yields its values
                for row in rows]  # fmt: skip

    def refusal(self, said, query):
        if found := re.search(r"no such column: (\S+)", said):
            name = found.group(1).rpartition(".")[2]
            return invalid(f"Unknown identifier '{name}'. Available identifiers are: {{it=it}}")
        if found := re.search(r"no such table: (\S+)", said):
            return invalid(f"Record '{found.group(1)}' was not found.")
        return invalid("Invalid or unsupported search")

    def translated(self, query):
        """The query in SQLite's words."""
        out, at, limit = [], 0, ""
        tokens = []
        while query[at:].strip():
            found = TOKEN.match(query, at)
            if not found:
                raise invalid("Invalid or unsupported search")
            tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()
        place = 0
        while place < len(tokens):
            kind, text = tokens[place]
            following = [one for _, one in tokens[place + 1 : place + 4]]
            place += 1
            if kind != "name":
                out.append(text)
            elif text.upper() == "BUILTIN" and following == [".", "DF", "("]:
                out.append("df_")
                place += 2
            elif text.upper() == "ROWNUM" and following[:1] == ["<="]:
                out.append("1 = 1")
                limit = f" LIMIT {int(following[1])}"
                place += 2
            elif text.upper() in PSEUDO:
                out.append(PSEUDO[text.upper()])
            elif text.upper() in WORDS or (text.upper() in FUNCTIONS and following[:1] == ["("]):
                out.append(text.upper())
            else:
                out.append(quoted(text.lower()))
        return " ".join(out) + limit


def quoted(name):
    return f"[{name}]"  # in double quotes SQLite would take an unknown name for a text
