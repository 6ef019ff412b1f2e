"""From whom, in which category and over which lane each item was ordered last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from storage.forecasts._orders import DIMENSIONS, named
from storage.known import Named
from storage.known.columns import Lines
from storage.known.making import Making
from storage.links import Key


@dataclass(frozen=True)
class LastOrder:
    """The names of an item's last order, by the dimensions of lead times; or that it `is_made`."""

    names: Mapping[str, str]
    is_made: bool


def last_orders(bought: Lines, makes: Iterable[Making]) -> dict[Key, LastOrder]:
    """The last order of each item that was ever ordered, a purchase or a production."""
    found, days = _bought(bought)
    for make in makes:
        begun = make.released_on or make.started_on
        if make.item is None or begun is None:
            continue
        key = (make.item.source, make.item.ref)
        if begun.toordinal() >= days.get(key, 0):
            days[key] = begun.toordinal()
            found[key] = LastOrder({"item": named(make.item)}, True)
    return found


def _bought(bought: Lines) -> tuple[dict[Key, LastOrder], dict[Key, int]]:
    split = {one: bought.by(one) for one in DIMENSIONS}
    items = split["item"]
    last = np.zeros(len(items.values), np.int64)
    order = np.argsort(bought["ordered_at"], kind="stable")
    last[items.places[order]] = order
    names = {one: [named(value) for value in parts.values] for one, parts in split.items()}
    places = {one: parts.places[last].tolist() for one, parts in split.items()}
    days = bought["ordered_on"][last].tolist() if len(bought) else []
    found, begun = {}, {}
    for at, item in enumerate(items.values):
        if isinstance(item, Named):
            key = (item.source, item.ref)
            found[key] = LastOrder({one: names[one][places[one][at]] for one in DIMENSIONS}, False)
            begun[key] = days[at]
    return found, begun
