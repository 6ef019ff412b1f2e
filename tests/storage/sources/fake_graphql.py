"""A GraphQL server of the tests: reads queries, refuses what its schema does not have, answers."""

import re
from functools import cache

TOKEN = re.compile(r'\s*(?:(\$?\w+)|("[^"]*")|([{}():!,]))')


class BadQuery(Exception):
    """The server does not take the query; in its words."""


@cache
def parsed(text):
    """The selection of a query as tuples of (name, arguments, selection or null)."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        if not found:
            raise BadQuery(f"Syntax Error at {text[at : at + 10]!r}")
        tokens.append(found[0].strip())
        at = found.end()
    rest = iter(tokens)
    for token in rest:
        if token == "{":
            return _selection(rest)
    raise BadQuery("Syntax Error: no selection")


def _selection(rest):
    found = []
    for token in rest:
        if token == "}":
            if not found:
                raise BadQuery("Syntax Error: an empty selection")
            return tuple(found)
        if token == "{":
            name, arguments, _ = found.pop()
            found.append((name, arguments, _selection(rest)))
        elif token == "(":
            name, _, inner = found.pop()
            found.append((name, _arguments(rest), inner))
        else:
            found.append((token, (), None))
    raise BadQuery("Syntax Error: unfinished")


def _arguments(rest):
    flat = []
    for token in rest:
        if token == ")":
            return tuple(zip(flat[::2], flat[1::2], strict=True))
        if token not in (":", ","):
            flat.append(token)
    raise BadQuery("Syntax Error: unfinished")


def bound(arguments, variables):
    """Arguments by name, variables by what they are bound to."""
    found = {}
    for name, written in arguments:
        if written.startswith("$"):
            found[name] = variables.get(written[1:])
        elif written.startswith('"'):
            found[name] = written[1:-1]
        else:
            found[name] = int(written) if written.isdigit() else {"true": True}.get(written)
    return found


class Schema:
    """`types`: fields by type, each with the type of what it holds (null for a plain value).

    `resolve(kind, name, value, arguments)` gives what a field holds.
    """

    def __init__(self, types, resolve):
        self.types, self.resolve = types, resolve

    def answer(self, query, variables):
        return self._object("Query", parsed(query), {}, variables)

    def _object(self, kind, selection, value, variables):
        made = {}
        for name, arguments, inner in selection:
            if name == "__typename":
                made[name] = kind
                continue
            if kind == "Query" and name == "__type":
                made[name] = self._described(bound(arguments, variables)["name"])
                continue
            if name not in self.types[kind]:
                raise BadQuery(f'Cannot query field "{name}" on type "{kind}".')
            holds = self.types[kind][name]
            if (holds is None) != (inner is None):
                raise BadQuery(f'Field "{name}" of type "{kind}" must have a right selection.')
            found = self.resolve(kind, name, value, bound(arguments, variables))
            made[name] = found if inner is None else self._within(holds, inner, found, variables)
        return made

    def _within(self, holds, inner, found, variables):
        if found is None:
            return None
        if isinstance(found, list):
            return [self._object(holds, inner, one, variables) for one in found]
        return self._object(holds, inner, found, variables)

    def _described(self, kind):
        fields = self.types.get(kind)
        return None if fields is None else {"fields": [{"name": name} for name in fields]}
