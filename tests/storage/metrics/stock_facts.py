"""Stock, uses and changes in few words, for the tests of figures about stock."""

from datetime import date
from decimal import Decimal

from storage.known import Named
from storage.known.stock import Stock
from storage.known.stock_changes import Change
from storage.known.uses import Use
from storage.metrics._replenishment import ItemLead

NORTH = Named("site", "erp", "north", "North")


class Unknown:
    """Lead times where none is known."""

    def of(self, item):
        return ItemLead(None, None)


def item(name):
    return Named("item", "erp", name.lower(), name)


def stock(
    name="Bolt", on_hand=0, value=None, *, cost=None, site=NORTH, currency="EUR", reserved=None,
    at_dock=0, known_from=date(2020, 1, 1), left_out=None, category=None,
):  # fmt: skip
    return Stock(
        item(name), site, category, None, Decimal(on_hand), _decimal(reserved), Decimal(at_dock),
        _decimal(value), currency, _decimal(cost), known_from, left_out,
    )  # fmt: skip


def use(on, qty, value=None, what="customer", name="Bolt", site=NORTH):
    return Use(_key(item(name)), _key(site), _day(on), Decimal(qty), _decimal(value), what)


def change(on, qty, value=None, use=None, name="Bolt", site=NORTH):
    return Change(_key(item(name)), _key(site), _day(on), Decimal(qty), _decimal(value), use)


def _key(named):
    return (named.source, named.ref) if named else None


def _day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def _decimal(value):
    return None if value is None else Decimal(value)
