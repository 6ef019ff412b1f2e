"""Lines of Business Central's open orders, and the posted lines that fulfil them.

Posting copies the numbers of an order's lines into the receipt or shipment. A posted line says
which order it was for and which item it holds; that it was for the line of the same number is
checked by the item where the order can still be read. Where it does not agree the goods go to
the lines of that item, the first first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from storage.sources import Row, State

Lines = Mapping[str, Sequence[Row]]  # the lines of open orders by the order's number


@dataclass
class Open:
    """Which lines the open orders have, so that one that is deleted from its order is missed.

    `before`: what orders had that were not met yet in this read, by number; `now`: those that were.
    An order that is not there any more was posted or deleted, one can't tell: its lines stay.
    """

    before: dict[str, list[int]] = field(default_factory=dict)
    now: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State | None) -> "Open":
        kept = (state or {}).get("open") or {}
        return cls(dict(kept.get("before", {})), dict(kept.get("now", {})))

    def met(self, order: str, lines: Iterable[int]) -> list[str]:
        """Notes the lines of an order; the ids of those that it had and has no more."""
        found = sorted(lines)
        had = {*self.before.pop(order, ()), *self.now.get(order, ())}
        self.now[order] = found
        return [f"{order}/{line}" for line in sorted(had.difference(found))]

    def state(self, *, is_over: bool) -> State:
        if is_over:
            return {"open": {"before": self.now, "now": {}}}
        return {"open": {"before": self.before, "now": self.now}}


def matched(documents: Sequence[Row], name: str, known: Lines, posted: Lines) -> list[Row]:
    """The documents, whose lines say which line of an order they are for and what they undo.

    `name` is that of the list of lines; `posted` are the posted lines of each order in `known`, in
    the order of their posting, those of these documents among them.
    """
    shared = {order: _shared_out(known[order], posted.get(order, ())) for order in known}
    return [{**one, name: list(_lines(one, one.get(name) or (), shared))} for one in documents]


def _lines(
    document: Row, lines: Sequence[Row], shared: Mapping[str, Mapping[str, int]]
) -> Iterable[Row]:
    order = document.get("orderNumber")
    given = shared.get(str(order), {})
    for line in lines:
        undone = _undone(line, lines)
        number = given.get(line["id"]) or (undone or line).get("sequence")
        found = f"{order}/{number}" if order and number is not None else None
        yield {**line, "line_ref": found, "reversal_of": undone["id"] if undone else None}


def _undone(line: Row, lines: Sequence[Row]) -> Row | None:
    """The line that this one takes back: of its item and as much, before it in its document."""
    if not _qty(line) < 0:
        return None
    before = [
        one for one in lines
        if one["sequence"] < line["sequence"] and _qty(one) == -_qty(line)
        and one.get("lineObjectNumber") == line.get("lineObjectNumber")
    ]  # fmt: skip
    return max(before, key=lambda one: int(one["sequence"])) if before else None


def _shared_out(lines: Sequence[Row], posted: Sequence[Row]) -> dict[str, int]:
    """By posted line that has not the number of an order's line with its item, the line it fills:
    the first of the item that is not full."""
    item_of = {line["sequence"]: line.get("lineObjectNumber") for line in lines}
    left: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        left[line["sequence"]] += _qty(line)
    astray = []
    for one in posted:
        if item_of.get(one["sequence"]) == one.get("lineObjectNumber"):
            left[one["sequence"]] -= _qty(one)
        elif _qty(one) > 0:
            astray.append(one)
    given: dict[str, int] = {}
    for one in astray:
        fitting = [number for number in sorted(item_of)
                   if item_of[number] == one.get("lineObjectNumber")]  # fmt: skip
        if fitting:
            number = next((line for line in fitting if left[line] > 0), fitting[-1])
            given[one["id"]] = number
            left[number] -= _qty(one)
    return given


def _qty(line: Row) -> Decimal:
    return Decimal(str(line.get("quantity") or 0))
