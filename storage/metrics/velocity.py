"""Velocity: how many days goods are in the house, from the receipt of material to delivery."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from storage.curves import ROUNDING
from storage.known.goods import Came, Tells, Went
from storage.known.making import Making, Needed
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._durations import Span
from storage.metrics._flow import Movements, Passed, flow
from storage.metrics._stages import (
    DELIVERY,
    DOCK,
    FINISHED,
    MATERIAL,
    PRODUCTION,
    Stage,
    counted,
    lain,
    timed,
)
from storage.metrics._stock_days import Held
from storage.metrics.dock_to_stock import spans as dock_spans
from storage.metrics.manufacturing_lead_time import runs

METRIC = Metric(
    id="velocity",
    version=1,
    title="Velocity",
    formula=(
        "Mean days of each stage between the receipt of material and the delivery of what is made"
        " of it. Dock: received to usable. Material stock: usable to the beginning of the work that"
        " takes it. Production: beginning to finish. Finished stock: finished (or usable, where it"
        " is sold as bought) to sent. Delivery: sent to the customer. Dock, production and delivery"
        " are the area under a Kaplan-Meier curve of what was under way in the window; stock is"
        " followed first in, first out, each movement out in the window counting once, and where"
        " that can't be told it is stock / throughput (Little 1961). Their sum is the velocity."
        " Within N days: the share of what was sent whose material, on the average of its parts,"
        " had come at most N days before."
    ),
    unit="d",
    better="lower",
    needs=("receipt", "consumption", "makeorder", "shipment", "stocklevel", "stockmove", "bomline"),
    dimensions=(),
    caveats=(
        "A stage that no source tells of is n/a and not in the sum.",
        (
            "Check: open = rate × mean time. Where the two differ by more than 25 % (and a day, on"
            " 20 or more, in a window of four such stays) it is said to be a fault of the data:"
            " orders that are done and were never closed, stock that is not there. A change under"
            " way does the same for a while."
        ),
        "What left stock in the window is counted, so a slowdown shows in stock once goods leave.",
        "In a window that is named all is counted that was under way in it.",
        "What no source says to be delivered counts on the day it was sent.",
        "What is made to be used again counts as material stock until then.",
    ),
    synonyms=("throughput time", "flow time", "days through the house", "receipt to delivery"),
)


@dataclass(frozen=True)
class Velocity:
    """The stages in their order, and `(days, share)` of all that was sent, the fastest first.

    `sent` counts the movements to customers, `untold` the share of them whose material's day is
    unknown; null without any.
    """

    stages: tuple[Stage, ...]
    through: tuple[tuple[float, float], ...]
    sent: int
    untold: float | None

    @property
    def total(self) -> float | None:
        """The sum of the stages that are told; null where none is."""
        known = [one.days for one in self.stages if one.days is not None]
        return sum(known) if known else None

    def within(self, days: float) -> float | None:
        """The share sent within so many days of its material; null where none can be told."""
        whole = sum(share for _, share in self.through)
        fast = sum(share for took, share in self.through if took <= days)
        return fast / whole if whole else None

    def by(self, share: float) -> int | None:
        """The whole days within which a share is sent; null where none can be told."""
        left = share * sum(part for _, part in self.through) - ROUNDING
        for took, part in self.through:
            left -= part
            if left <= 0:
                return ceil(took)
        return None


@dataclass(frozen=True)
class House:
    """All that moves through it: movements, what the sources tell of, stock by day.

    `scope`: the items that a question is about, with what they are made of and what is made of
    them; null for all.
    """

    moves: Movements
    tells: Tells
    held: Sequence[Held]
    scope: frozenset[Key] | None
    passed: tuple[Passed, ...]

    def asks(self, item: Key | None) -> bool:
        return self.scope is None or item in self.scope


def house(
    moves: Movements, tells: Tells, held: Sequence[Held], scope: frozenset[Key] | None = None
) -> House:
    """Follows all movements once, for the velocity of one window or several."""
    return House(moves, tells, held, scope, tuple(flow(moves, scope)))


def velocity(seen: House, first: date, last: date) -> Velocity:
    """The velocity over the local days [first, last], by what had happened by the end of them."""
    left = [one for one in seen.passed if first <= one.out_on <= last and seen.asks(one.item)]
    used = [one for one in left if one.into is not None and seen.asks(one.into)]
    sent = [one for one in left if one.into is None]
    spans, over = _spans(seen), (last - first).days + 1
    stages = (
        timed(DOCK, spans[DOCK], first, last),
        lain(MATERIAL, used, counted(left, seen.held, first, last, is_used=True), over),
        timed(PRODUCTION, spans[PRODUCTION], first, last),
        lain(FINISHED, sent, counted(left, seen.held, first, last, is_used=False), over),
        timed(DELIVERY, spans[DELIVERY], first, last),
    )
    known = sorted((one.took, one.share) for one in sent if one.took is not None)
    whole = sum(one.share for one in sent)
    untold = 1 - sum(share for _, share in known) / whole if whole else None
    return Velocity(stages, tuple(known), round(whole), untold)


def related(
    items: Collection[Key], moves: Movements, bills: Mapping[Key, Iterable[Needed]]
) -> frozenset[Key]:
    """The items, all that they are made of, and all that is made of them, at any depth."""
    parts: dict[Key, set[Key]] = defaultdict(set)
    for item, needs in bills.items():
        parts[item] |= {(need.component.source, need.component.ref) for need in needs}
    makes = {one.key: one.item for one in moves.makes}
    for one in moves.took:
        if made := makes.get(one.make):
            parts[made.source, made.ref].add(one.item)
    uses: dict[Key, set[Key]] = defaultdict(set)
    for item, its in parts.items():
        for part in its:
            uses[part].add(item)
    return frozenset(_reached(items, parts) | _reached(items, uses))


def _spans(seen: House) -> dict[str, list[Span]]:
    """The stages that begin and end on days that are told."""
    came: list[Came] = [one for one in seen.moves.came if seen.asks(one.item)]
    makes: list[Making] = [
        one
        for one in seen.moves.makes
        if seen.asks((one.item.source, one.item.ref) if one.item else None)
    ]
    went: list[Went] = [
        one for one in seen.moves.went
        if one.qty > 0 and one.key[0] in seen.tells.delivered and seen.asks(one.item)
    ]  # fmt: skip
    return {
        DOCK: dock_spans(came, seen.tells.available),
        PRODUCTION: runs(makes),
        DELIVERY: [Span(one.key, one.on, one.delivered_on) for one in went],
    }


def _reached(items: Collection[Key], edges: Mapping[Key, set[Key]]) -> set[Key]:
    found, ahead = set(items), list(items)
    while ahead:
        for one in edges.get(ahead.pop(), set()) - found:
            found.add(one)
            ahead.append(one)
    return found
