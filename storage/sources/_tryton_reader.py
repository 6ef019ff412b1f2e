"""Records of Tryton by the page, and which of them changed in a window."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from storage.sources import Row
from storage.sources._tryton_fields import STAMP, Domain, Reads
from storage.sources._tryton_rpc import NoModel, Rpc
from storage.sources._tryton_values import written
from storage.sources._window import Window

PAGE = 500
BY_ID = [["id", "ASC"]]


@dataclass(frozen=True)
class Reader:
    """What reads one database. `context` of a call stands beside that of the user."""

    rpc: Rpc

    def page(self, reads: Reads, domain: Domain, after: int, **context: Any) -> list[Row]:
        found: list[Row] = self.rpc.call(
            reads.model, "search_read", [*domain, ["id", ">", after]], 0, PAGE, BY_ID,
            reads.asked, **context,
        )  # fmt: skip
        return found

    def all(self, reads: Reads, domain: Iterable[Any] = (), **context: Any) -> Iterator[Row]:
        after = 0
        while True:
            records = self.page(reads, [*reads.domain, *domain], after, **context)
            yield from records
            if len(records) < PAGE:
                return
            after = records[-1]["id"]

    def changed_in(self, window: Window, reads: Reads) -> Domain:
        """The condition for records that changed in the window; none for the first pull."""
        if window.start is None:
            return []
        within: Domain = [_within(STAMP, window)]
        within += [_within(f"{path}.{STAMP}", window) for path in reads.follows]
        within += [[[path, "where", _within(STAMP, window)]] for path in reads.many]
        callers = sorted(self._callers(window, reads))
        if callers:
            within.append([["id", "in", callers]])
        return [["OR", *within]]

    def _callers(self, window: Window, reads: Reads) -> set[int]:
        """Records that others of the window were made for: a party gets its first order."""
        found: set[int] = set()
        for model, name in reads.called_by:
            found |= self.linked(model, name, _within(STAMP, window))
        return found

    def linked(self, model: str, name: str, domain: Domain) -> set[int]:
        """The records that a field of others points to; none where their module is not there."""
        try:
            return {row[name] for row in self.all(Reads(model, (name,)), domain) if row[name]}
        except NoModel:
            return set()


def _within(path: str, window: Window) -> Domain:
    """[start, end), as conditions that both hold."""
    before = [path, "<", written(window.end)]
    return [[path, ">=", written(window.start)], before] if window.start else [before]
