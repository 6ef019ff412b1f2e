"""Queries of a GraphQL server, and connections of it by the page.

A server of GraphQL answers 200 to nearly everything; what went wrong stands in `errors`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from storage.sources import SourceError
from storage.sources._http import Http
from storage.sources._slices import Part

Record = dict[str, Any]


class GraphQL:
    """One endpoint. `ask` gives the data of a query whose variables are bound, never pasted."""

    def __init__(self, http: Http, path: str) -> None:
        self.http, self.path = http, path

    def ask(self, query: str, variables: Mapping[str, Any]) -> Record:
        """A `SourceError` in the server's own words where it refuses; they name a field that is
        not there."""
        reply = self.http.post(self.path, {"query": query, "variables": variables})
        said = reply.json() if reply.status == 400 else reply.checked().json()
        if not isinstance(said, dict) or not (said.get("errors") or said.get("data")):
            raise SourceError(f"{reply.place} did not answer a query as GraphQL does")
        if said.get("errors"):
            words = "; ".join(_words(one) for one in said["errors"])
            raise SourceError(self.http.redact(f"{reply.place}: {words}"), permanent=True)
        found: Record = said["data"]
        return found

    def fields(self, kind: str) -> list[str]:
        """The fields that a type has, as the server describes itself."""
        query = "query ($name: String!) { __type(name: $name) { fields { name } } }"
        found = self.ask(query, {"name": kind}).get("__type") or {}
        return [one["name"] for one in found.get("fields") or ()]


def part(connection: Record) -> Part:
    """The nodes of a connection's page, and the cursor behind them."""
    info = connection.get("pageInfo") or {}
    records = [edge["node"] for edge in connection.get("edges") or () if edge and edge.get("node")]
    return Part(records, info.get("endCursor") if info.get("hasNextPage") else None)


def nodes(connection: Record | None) -> Iterator[Record]:
    """The nodes of a connection within a record."""
    yield from part(connection or {}).records


def _words(error: Any) -> str:
    return str(error.get("message") if isinstance(error, dict) else error)
