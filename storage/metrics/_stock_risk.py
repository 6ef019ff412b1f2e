"""Which items run out before more of them comes, given what is on order and how long it takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from storage.links import Key
from storage.metrics._replenishment import Due, ItemLead, Leads
from storage.metrics.days_of_cover import Cover


@dataclass(frozen=True)
class Risk:
    """An item at its stock, with the next receipt and the 9-in-10 lead time of a new order.

    state: out; short (runs out before the next receipt); unordered (nothing is on order and a new
    one may come too late); or fine, which it also is where nobody can tell. `due`: all that is to
    come of it where it lies, the next one first.
    """

    cover: Cover
    due: tuple[Due, ...]
    state: Literal["out", "short", "unordered", "fine"]
    leads: Leads

    @property
    def next(self) -> Due | None:
        return self.due[0] if self.due else None

    @property
    def lead(self) -> ItemLead:
        return self.leads.of(self.cover.key)

    @property
    def is_at_risk(self) -> bool:
        return self.state != "fine"

    @property
    def gap(self) -> int | None:
        """Days without stock until the next receipt; null where none has a day."""
        out = self.cover.runs_out_on
        return (self.next.on - out).days if out and self.next and self.next.on else None


def risks(covers: Iterable[Cover], due: Iterable[Due], leads: Leads) -> list[Risk]:
    """Each item's risk, worst first: out, then by days of cover."""
    coming: dict[Key, list[Due]] = defaultdict(list)
    for one in due:
        coming[one.item].append(one)
    found = [_risk(cover, coming[cover.key], leads) for cover in covers]
    order: Mapping[str, int] = {"out": 0, "short": 1, "unordered": 1, "fine": 2}

    def rank(risk: Risk) -> tuple[int, float, str]:
        days = risk.cover.days
        return order[risk.state], float("inf") if days is None else days, risk.cover.item.name

    return sorted(found, key=rank)


def _risk(cover: Cover, coming: Sequence[Due], leads: Leads) -> Risk:
    sites = {stock.site.name for stock in cover.stock if stock.site}
    here = [due for due in coming if due.site is None or not sites or due.site in sites]
    following = here[0] if here else None
    return Risk(cover, tuple(here), _state(cover, following, leads), leads)


def _state(
    cover: Cover, following: Due | None, leads: Leads
) -> Literal["out", "short", "unordered", "fine"]:
    if cover.state == "out":
        return "out"
    days, out = cover.days, cover.runs_out_on
    if days is None:
        return "fine"
    if following and following.on:
        return "short" if out and out < following.on else "fine"
    p90 = leads.of(cover.key).p90
    if p90 is None or days >= p90:
        return "fine"
    # what is on order, and nobody knows for when, is no help
    return "short" if following else "unordered"
