"""What goes together, and who buys more: reasons to offer a customer something."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from storage.known import Named
from storage.known.baskets import Bought
from storage.known.customers import Customer
from storage.known.rates import Rates
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._worth import ordered

METRIC = Metric(
    id="opportunities",
    version=1,
    title="Opportunities",
    formula=(
        "Cross-sell: a customer bought an item in the last year and never another one that stands"
        " in the same order at least 1.5 times as often as chance would have it (lift: the share of"
        " orders with both, divided by the product of the shares with each), in at least 5 orders"
        " of at least 3 customers. Upsell: a customer ordered for at least 20 % more in the last"
        " year than in the one before, on at least 3 days in each."
    ),
    unit="",
    better="higher",
    needs=("salesorder", "salesline"),
    caveats=(
        "Bought together is no proof that someone needs it.",
        "What it may bring is the median value of a line of that item.",
        "Orders of more than 30 items are left out: there everything goes together.",
    ),
    synonyms=("cross-sell", "cross sell", "upsell", "bought together", "lift", "opportunity"),
)  # fmt: skip

YEAR = timedelta(days=365)
LEAST_ORDERS, LEAST_CUSTOMERS, LEAST_LIFT = 5, 3, 1.5
LONGEST_ORDER = 30
LEAST_GROWTH, LEAST_DAYS = 0.2, 3


@dataclass(frozen=True)
class Rule:
    """Who buys `item` buys `other` with it: in `both` of `of` orders; `lift` times chance."""

    item: Named
    other: Named
    both: int
    of: int
    customers: int
    lift: float


@dataclass(frozen=True)
class Offer:
    """A company that buys the rule's item and has never bought the other."""

    company: Key
    rule: Rule


@dataclass(frozen=True)
class Growth:
    """A customer that buys more than a year ago: money of both years, in one currency."""

    customer: Customer
    before: Decimal
    now: Decimal
    currency: str
    days_before: int
    days_now: int

    @property
    def share(self) -> float:
        return float((self.now - self.before) / self.before)


def rules(lines: Iterable[Bought]) -> list[Rule]:
    """All pairs that go together by far, the strongest first; each in both directions."""
    baskets, buyers = _baskets(lines)
    names = {_key(item): item for basket in baskets.values() for item in basket.values()}
    alone: Counter[Key] = Counter()
    pairs: Counter[tuple[Key, Key]] = Counter()
    companies: dict[tuple[Key, Key], set[Key]] = defaultdict(set)
    for order, basket in baskets.items():
        alone.update(basket.keys())
        for pair in combinations(sorted(basket), 2):
            pairs[pair] += 1
            companies[pair].add(buyers[order])
    found = []
    for (one, other), both in pairs.items():
        lift = both * len(baskets) / (alone[one] * alone[other])
        count = len(companies[one, other])
        if both >= LEAST_ORDERS and count >= LEAST_CUSTOMERS and lift >= LEAST_LIFT:
            found.append(Rule(names[one], names[other], both, alone[one], count, lift))
            found.append(Rule(names[other], names[one], both, alone[other], count, lift))
    return sorted(found, key=lambda rule: (-rule.lift, -rule.both, rule.item.name, rule.other.name))


def offers(lines: Iterable[Bought], found: Sequence[Rule], today: date) -> list[Offer]:
    """For each company and item the strongest rule that says so."""
    ever: dict[Key, set[Key]] = defaultdict(set)
    lately: dict[Key, set[Key]] = defaultdict(set)
    for line in lines:
        ever[line.company].add(_key(line.item))
        if line.on > today - YEAR:
            lately[line.company].add(_key(line.item))
    by_item: dict[Key, list[Rule]] = defaultdict(list)
    for rule in found:
        by_item[_key(rule.item)].append(rule)
    best: dict[tuple[Key, Key], Offer] = {}
    for company, items in lately.items():
        for rule in (rule for item in items for rule in by_item.get(item, ())):
            other = _key(rule.other)
            known = best.get((company, other))
            if other not in ever[company] and (known is None or _is_better(rule, known.rule)):
                best[company, other] = Offer(company, rule)
    return sorted(best.values(), key=lambda one: (-one.rule.lift, one.rule.other.name, one.company))


def growing(customers: Iterable[Customer], today: date, rates: Rates, into: str) -> list[Growth]:
    """Who ordered for much more in the last year than in the one before, the most money first."""
    found = []
    for one in customers:
        days = {order.on for order in one.orders}
        lately = sum(today - YEAR < day <= today for day in days)
        earlier = sum(today - 2 * YEAR < day <= today - YEAR for day in days)
        if min(lately, earlier) < LEAST_DAYS:
            continue
        after = timedelta(days=1)
        now = ordered(one, today - YEAR + after, today + after, rates, into, today)
        before = ordered(one, today - 2 * YEAR + after, today - YEAR + after, rates, into, today)
        if now and before and before[0] > 0 and now[1] == before[1]:
            growth = Growth(one, before[0], now[0], now[1], earlier, lately)
            found += [growth] if growth.share >= LEAST_GROWTH else []
    return sorted(found, key=lambda one: (one.before - one.now, one.customer.name))


def _baskets(lines: Iterable[Bought]) -> tuple[dict[Key, dict[Key, Named]], dict[Key, Key]]:
    """The items of each order, and whose it is."""
    baskets: dict[Key, dict[Key, Named]] = defaultdict(dict)
    buyers: dict[Key, Key] = {}
    for line in lines:
        baskets[line.order][_key(line.item)] = line.item
        buyers[line.order] = line.company
    return {key: items for key, items in baskets.items() if len(items) <= LONGEST_ORDER}, buyers


def _key(thing: Named) -> Key:
    return thing.source, thing.ref


def _is_better(one: Rule, other: Rule) -> bool:
    return (one.lift, one.both, one.item.name) > (other.lift, other.both, other.item.name)
