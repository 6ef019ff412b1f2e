"""Tables of stock: a row an item, or a row a category or site."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from commands._contract import Column, Table, Value
from commands._keys import keys_of
from commands._money import column
from commands._stock_words import next_receipt
from storage.known.rates import Amount, Sums
from storage.links import Key
from storage.metrics import run_out
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import METRIC
from storage.metrics.run_out import Chance


def by_item(
    shown: Sequence[Risk], chances: Mapping[Key, Chance] | None = None, *, only_risk: bool = False
) -> Table:
    """Each item with what lies there, how long it lasts, when more comes and how late it may, and
    its chance to run out first, where a fit tells any; one that is not among them any more is over
    where they are `only_risk`.
    """
    rows: list[tuple[Value, ...]] = [
        (
            one.cover.item.name, *((_share(chances.get(one.cover.key)),) if chances else ()),
            one.cover.on_hand, one.cover.per_day, _lasts(one),
            next_receipt(one.next, one.cover.today), one.lead.p90,
        )
        for one in shown
    ]  # fmt: skip
    columns = (
        Column("Item", "supply"),
        *((Column("Runs out", "supply", "share", run_out.METRIC.id),) if chances else ()),
        Column("On hand", "supply", "", METRIC.id),
        Column("Per day", "supply", "", METRIC.id),
        Column("Cover", "supply", "d", METRIC.id),
        Column("Next", "supply"),
        Column("9 in 10", "supply", "d", "lead-time"),
    )
    bold = frozenset(at for at, one in enumerate(shown) if one.is_at_risk)
    keys = keys_of(one.cover.item for one in shown)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=only_risk)


def by_group(
    risks: Sequence[Risk], dimension: str, value: Callable[[Sequence[Amount]], Sums], home: str
) -> Table:
    """Items, those out and at risk, and what the stock is worth, by category or site.

    What is worth something in no named currency counts as in `home`.
    """
    groups: dict[str, dict[str, Risk]] = {}
    amounts: dict[str, list[Amount]] = {}
    for one in risks:
        for stock in one.cover.stock:
            site = stock.site.name if stock.site else None
            name = (stock.category if dimension == "category" else site) or "unknown"
            groups.setdefault(name, {})["/".join(one.cover.key)] = one
            amount = Amount(stock.value, stock.currency or home, one.cover.today)
            amounts.setdefault(name, []).append(amount)
    values, unit = column([value(amounts[name]) for name in groups])
    rows: list[tuple[Value, ...]] = []
    for (name, theirs), worth in zip(groups.items(), values, strict=True):
        state = Counter(one.state for one in theirs.values())
        rows.append((name, len(theirs), state["out"], len(theirs) - state["fine"], worth))
    rows.sort(key=lambda row: (-int(row[3] or 0), str(row[0])))
    columns = (
        Column(dimension.capitalize(), "supply"),
        *(Column(name, "supply", "", METRIC.id) for name in ("Items", "Out", "At risk")),
        Column("At cost", "supply", unit, METRIC.id),
    )
    bold = frozenset(at for at, row in enumerate(rows) if row[3])
    return Table(columns, tuple(rows), bold, len(rows))


def _share(chance: Chance | None) -> float | None:
    return chance.share if chance else None


def _lasts(one: Risk) -> Value:
    """Days, none where nothing is free; or that there is no demand; null where too new.

    What is out has a number, so that whoever watches the cover of an item is told of it.
    """
    cover = one.cover
    if cover.days is not None:
        return round(cover.days, 1)
    if cover.state == "out":
        return 0.0
    return "no demand" if cover.state == "no demand" else None
