"""Complaint rate: after how many deliveries in a hundred the customer complained, by item or by
supplier."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from storage.known import Named
from storage.known.complaints import Complaint
from storage.known.purchases import Line
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._due import Share, share_of

METRIC = Metric(
    id="complaint-rate",
    version=1,
    title="Complaint rate",
    formula=(
        "Deliveries after which that customer opened a ticket or gave a bad survey answer within"
        " 14 days, for each 100 deliveries in the window. A delivery is what a customer got"
        " on one day; by item, what it got of the item on that day; by supplier, what it got of"
        " items bought from that supplier. The interval is Wilson's, 95 %."
    ),
    unit="per 100",
    better="lower",
    needs=("salesorder", "salesline", "shipment", "ticket", "surveyresponse", "account", "party"),
    dimensions=("item", "supplier"),
    caveats=(
        "An association only: a ticket names no item, so every item delivered before it bears it.",
        "Every ticket counts, whatever it is about.",
        "Bad answers: an NPS of 0 to 6, the lower two fifths of a satisfaction scale.",
        "Deliveries whose 14 days are not over are left out.",
        "Customers not matched to the CRM are left out: nothing is known of their complaints.",
        "An item bought from several suppliers counts with each of them.",
    ),
    synonyms=("complaints", "complaints per 100 deliveries", "claim rate"),
)

DAYS = 14


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a company got of an item on a day."""

    customer: Key
    item: Named | None
    on: date


@dataclass(frozen=True)
class Followed:
    """Deliveries of a window, each with whether a complaint came within the days after it."""

    every: Mapping[Delivery, bool]

    @property
    def whole(self) -> Share:
        """The share of deliveries, one per customer and day, whatever was in them."""
        return self._share(lambda one: (one.customer, one.on))

    def by_item(self) -> dict[Named | None, Share]:
        return self._split(lambda one: (one.item,))

    def by_supplier(self, sold_by: Mapping[Named, frozenset[Named]]) -> dict[Named | None, Share]:
        """By who sells us the item; null for items that nobody does. See `bought_from`."""
        return self._split(lambda one: tuple(sold_by.get(one.item, ())) if one.item else ())

    def _split(
        self, values_of: Callable[[Delivery], tuple[Named | None, ...]]
    ) -> dict[Named | None, Share]:
        groups: dict[Named | None, dict[Delivery, bool]] = defaultdict(dict)
        for one, is_followed in self.every.items():
            for value in values_of(one) or (None,):
                groups[value][one] = is_followed
        return {value: Followed(group).whole for value, group in groups.items()}

    def _share(self, same: Callable[[Delivery], Hashable]) -> Share:
        found: dict[Hashable, bool] = {}
        for one, is_followed in self.every.items():
            found[same(one)] = found.get(same(one), False) or is_followed
        return share_of(list(found.values()))


def deliveries(
    lines: Iterable[SalesLine], who: Mapping[Key, Key], heard: Collection[Key]
) -> set[Delivery]:
    """What each company got on which day; `who` is `identities`, `heard` who could complain."""
    found = set()
    for line in lines:
        if line.customer is None:
            continue
        company = who.get((line.customer.source, line.customer.ref))
        if company is None or company not in heard:
            continue
        for sent in line.shipments:
            if sent.qty > 0:
                found.add(Delivery(company, line.item, sent.arrived_on))
    return found


def followed(
    every: Iterable[Delivery],
    complaints: Iterable[Complaint],
    since: date,
    until: date,
    today: date,
    days: int = DAYS,
) -> Followed:
    """The deliveries of [since, until) whose `days` after it are over, with what came of them."""
    bad: dict[Key, set[date]] = defaultdict(set)
    for one in complaints:
        if one.customer:
            bad[one.customer].add(one.on)
    window = timedelta(days=days)
    return Followed({
        one: any(one.on <= on <= one.on + window for on in bad.get(one.customer, ()))
        for one in every
        if since <= one.on < until and one.on + window < today
    })  # fmt: skip


def bought_from(lines: Iterable[Line]) -> dict[Named, frozenset[Named]]:
    """Who sells us each item, by the purchases given."""
    found: dict[Named, set[Named]] = defaultdict(set)
    for line in lines:
        if line.item and line.supplier:
            found[line.item].add(line.supplier)
    return {item: frozenset(suppliers) for item, suppliers in found.items()}
