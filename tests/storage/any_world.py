"""Worlds with everything in them that a source may tell of purchases and sales, drawn at random."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tests.commands.dialogue import NOW

TODAY = NOW.date()
COUNTRIES = (None, "DE", "SE", "US")
CARRIERS = (None, "DHL", "UPS")


def ago(days):
    return TODAY - timedelta(days=days)


class Any:
    """Fills a world by a seed; `busy` worlds have enough lines for figures that are not thin."""

    def __init__(self, world, seed, *, orders=60, longest=500):
        self.world, self.rng = world, random.Random(seed)
        self.longest, self.orders = longest, orders
        self.parties = [self._party(at) for at in range(5)]
        self.items = [self._item(at) for at in range(6)]
        self.places = self._places()

    def fill(self):
        for _ in range(self.orders):
            self._purchase()
            self._sale()
        return self

    def pick(self, *some):
        return self.rng.choice(some)

    def maybe(self, share):
        return self.rng.random() < share

    def _party(self, at):
        # two bear one name, one is never told of
        if at == 4:
            return "party-nobody-told-of"
        return self.world.fact(
            "party", name=f"Party {min(at, 2)}", kind="both", country=self.pick(*COUNTRIES),
            category=self.pick(None, "A", "B"), deleted_at=self.pick(None, None, NOW),
        )  # fmt: skip

    def _item(self, at):
        if at == 5:
            return "item-nobody-told-of"
        return self.world.item(
            f"Item {at}", category=self.pick(None, "Steel", "Glass"), is_service=at == 4
        )

    def _places(self):
        main = self.world.site("Main site")
        inner = self.world.site("Stock", kind="internal", site_ref=main)
        return [None, main, inner, self.world.site("Second site"), "place-nobody-told-of"]

    def event(self, name, day):
        """An event that is known by its day, or by its hour."""
        if day is not None and self.maybe(0.5):
            hour = time(self.rng.randrange(24), self.rng.randrange(60), tzinfo=UTC)
            return self.world.when(name, datetime.combine(day, hour))
        return self.world.when(name, day)

    def _order(self, table, **more):
        day = ago(self.rng.randrange(-1, self.longest)) if self.maybe(0.95) else None
        gone = ago(self.rng.randrange(-1, 60)) if self.maybe(0.07) else None
        made = self.world.fact(
            table, number=f"N{self.rng.randrange(10**6)}", currency=self.pick("EUR", "EUR", "USD"),
            **self.event("ordered", day), **self.event("cancelled", gone),
            deleted_at=NOW if self.maybe(0.04) else None, **more,
        )  # fmt: skip
        return made, day or TODAY

    def _line(self, table, order, day, **more):
        first = day + timedelta(days=self.rng.randrange(-3, 40)) if self.maybe(0.8) else None
        gone = self.maybe(0.12)
        seen = datetime.combine(day, time(12), UTC) + timedelta(days=self.pick(0, 1, 5, 90))
        line = self.world.fact(
            table, seen=seen,
            order_ref=order if self.maybe(0.98) else "an-order-nobody-told-of",
            item_ref=self.pick(None, *self.items), location_ref=self.pick(*self.places),
            qty=Decimal(self.pick(1, 2, 10, 0, -1)) if self.maybe(0.3) else Decimal(10),
            unit_price=Decimal(self.pick("0", "5", "12.5")) if self.maybe(0.9) else None,
            promised_first=first, promised_on=first,
            requested_on=day + timedelta(days=self.rng.randrange(-2, 30))
            if self.maybe(0.4) else None,
            **self.event("cancelled", day + timedelta(days=self.rng.randrange(-2, 60))
                         if gone else None),
            deleted_at=NOW if self.maybe(0.04) else None, **more,
        )  # fmt: skip
        if first and self.maybe(0.3):  # put off, before now or, in a replay, after it
            put_off = NOW + timedelta(days=self.rng.randrange(-200, 20))
            later = first + timedelta(days=self.rng.randrange(0, 20))
            self.world.overwrite(table, line, "promised_on", later, put_off)
        return line

    def _moves(self, table, name, line, day, extra=dict):
        """None, one or several, of which some go back."""
        when = day + timedelta(days=self.rng.randrange(-2, 60))
        for _ in range(self.pick(0, 1, 1, 1, 2, 3)):
            qty = self.pick(10, 10, 10, 5, 3, -5)
            self.world.fact(
                table, line_ref=line, qty=Decimal(qty),
                deleted_at=NOW if self.maybe(0.05) else None, **self.event(name, when), **extra(),
            )  # fmt: skip
            when += timedelta(days=self.rng.randrange(0, 15))

    def _purchase(self):
        more = {"supplier_ref": self.pick(None, *self.parties), "country": self.pick(None, "AT"),
                "buyer": self.pick(None, "Ada")}  # fmt: skip
        order, day = self._order("purchaseorder", **more)
        for _ in range(self.rng.randrange(1, 4)):
            lost = Decimal(4) if self.maybe(0.1) else None
            ship = self.pick(None, None, "ship-1", "ship-2")
            line = self._line("purchaseline", order, day, cancelled_qty=lost, shipment_ref=ship)
            self._moves("receipt", "received", line, day)

    def _sale(self):
        more = {"customer_ref": self.pick(None, *self.parties), "owner": self.pick(None, "Bob"),
                "requested_on": self.pick(None, ago(20))}  # fmt: skip
        order, day = self._order("salesorder", **more)
        for _ in range(self.rng.randrange(1, 4)):
            line = self._line("salesline", order, day)
            self._moves("shipment", "shipped", line, day, self._delivery)

    def _delivery(self):
        on = ago(self.rng.randrange(-2, 300)) if self.maybe(0.3) else None
        return {"carrier": self.pick(*CARRIERS), **self.event("delivered", on)}


def ordinal(day):
    return day.toordinal() if day else 0


def day_of(number):
    return date.fromordinal(int(number)) if number else None
