"""A sample company: two years of orders, receipts, deliveries and tickets, and it goes on.

Two things are there to be found: Borealis Steel slows down, and Nordwind Retail goes quiet.
"""

import heapq
import itertools
import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.demo._cast import (
    QUIET,
    SLOW_DAYS,
    SLOW_SINCE,
    SLOWING,
    SUPPLIERS,
    Customer,
    Supplier,
    customers,
)
from bot.demo._erp_side import Erp, Wanted
from bot.demo.hubspot import Crm, iso
from bot.demo.odoo_tables import Tables

HISTORY = timedelta(days=730)
LIVELY_EVERY = timedelta(seconds=6)
SOON = timedelta(hours=36)
# What may happen before its time so that someone who watches sees something move.
LIVELY = frozenset({"buy", "sell", "ticket"})
SUBJECTS = ("Delivery incomplete", "Invoice question", "Surface scratched", "Wrong colour",
            "When does it arrive?", "Missing screws", "Return of one piece")  # fmt: skip


class Company:
    """The company of a seed, as it stands at `now` (aware): the same seed gives the same past.

    `tables` are the ERP's records and `crm` the CRM's. `step` lets time pass.
    """

    def __init__(self, seed: int, now: datetime) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.begin, self.now = now - HISTORY, now - HISTORY
        self.opened_at = now
        self.tables, self.crm = Tables(), Crm()
        self.erp = Erp(self.tables, self.rng, self.begin)
        self._agenda: list[tuple[datetime, int, str, Callable[[datetime], None]]] = []
        self._order = itertools.count()
        self._lively_at = now
        for supplier in SUPPLIERS:
            self._meet_supplier(supplier)
        for customer in customers():
            self._meet_customer(customer)
        self._run_to(now)

    def step(self, now: datetime) -> int:
        """Lets time pass until `now`; how many things happened. Something does, now and then."""
        with self.tables.lock, self.crm.lock:
            happened = self._run_to(now)
            if now - self._lively_at >= LIVELY_EVERY:
                self._lively_at = now
                happened += self._bring_forward(now)
        return happened

    def _run_to(self, now: datetime) -> int:
        happened = 0
        while self._agenda and self._agenda[0][0] <= now:
            at, _, _, deed = heapq.heappop(self._agenda)
            self.now = max(self.now, at)
            deed(at)
            happened += 1
        self.now = max(self.now, now)
        return happened

    def _bring_forward(self, now: datetime) -> int:
        """The next thing that may happen early, now; receipts only when they are nearly due."""
        near = [
            one
            for one in self._agenda
            if one[2] in LIVELY or (one[2] == "receive" and one[0] - now < SOON)
        ]
        if not near:
            return 0
        first = min(near)
        self._agenda.remove(first)
        heapq.heapify(self._agenda)
        first[3](now)
        return 1

    def _at(self, at: datetime, kind: str, deed: Callable[[datetime], None]) -> None:
        whole = at.replace(microsecond=0)
        heapq.heappush(self._agenda, (whole, next(self._order), kind, deed))

    def _after(self, at: datetime, median: float, spread: float) -> datetime:
        return at + timedelta(days=median * math.exp(self.rng.gauss(0, spread)))

    # supply

    def _meet_supplier(self, supplier: Supplier) -> None:
        country = self.erp.country(supplier.country, self.begin)
        partner = self.erp.partner(supplier.name, country, self.begin, supplier_rank=1)
        self._at(
            self._after(self.begin, supplier.every * self.rng.random(), 0.1), "buy",
            lambda at: self._buy(supplier, partner, at),
        )  # fmt: skip

    def _buy(self, supplier: Supplier, partner: int, at: datetime) -> None:
        promised = at + timedelta(days=round(supplier.days * 1.1))
        items = self.rng.sample(supplier.items, self.rng.choice((1, 1, 2)))
        order, picking, wanted = self.erp.buy(partner, items, promised, at)
        arrives = self._after(at, self._days(supplier, at), supplier.spread)
        chance = self.rng.random()
        if chance < 0.02:
            called_off = at + (arrives - at) * 0.5
            cancel = partial(self.erp.cancel_purchase, order, picking, wanted)
            self._at(called_off, "cancel", cancel)
        else:
            share = self.rng.uniform(0.4, 0.8) if chance < 0.12 else 1.0
            self._at(arrives, "receive",
                     lambda when: self._receive(order, picking, wanted, share, when))  # fmt: skip
        following = self._after(at, supplier.every, 0.4)
        self._at(following, "buy", lambda when: self._buy(supplier, partner, when))

    def _days(self, supplier: Supplier, at: datetime) -> float:
        """The median at the time of an order; the slow one has slowed some weeks ago."""
        is_slow = supplier.name == SLOWING and at > self.opened_at - timedelta(days=SLOW_SINCE)
        return SLOW_DAYS if is_slow else supplier.days

    def _receive(
        self, order: int, picking: int, wanted: list[Wanted], share: float, at: datetime
    ) -> None:
        next_picking, rest = self.erp.receive(order, picking, wanted, share, at)
        if rest:
            later = self._after(at, 4.0, 0.3)
            self._at(later, "receive",
                     lambda when: self._receive(order, next_picking, rest, 1.0, when))  # fmt: skip

    # customers

    def _meet_customer(self, customer: Customer) -> None:
        country = self.erp.country(customer.country, self.begin)
        partner = self.erp.partner(
            customer.name, country, self.begin, customer_rank=1, website=customer.domain
        )
        company = self.crm.create(
            "companies",
            {"name": customer.crm_name, "domain": customer.domain, "country": customer.country,
             "industry": customer.segment},
            self.begin,
        )  # fmt: skip
        self._renewals(customer, company)
        self._at(
            self.begin + timedelta(days=customer.every * self.rng.random()), "sell",
            lambda at: self._sell(customer, partner, at),
        )  # fmt: skip
        self._at(
            self._after(self.begin, 40, 0.6), "ticket",
            lambda at: self._ticket(customer, company, at),
        )  # fmt: skip

    def _has_left(self, customer: Customer, at: datetime) -> bool:
        quiet = customer.quiet_for
        return quiet is not None and at > self.opened_at - timedelta(days=quiet)

    def _sell(self, customer: Customer, partner: int, at: datetime) -> None:
        if self._has_left(customer, at):
            return
        promised = at + timedelta(days=self.rng.randrange(5, 11))
        picking, wanted = self.erp.sell(partner, customer, promised, at)
        late = self.rng.random() < 0.08
        days = self.rng.uniform(1, 9) if late else self.rng.uniform(-4, -0.2)
        leaves = max(promised + timedelta(days=days), at + timedelta(hours=20))
        self._at(leaves, "ship", lambda when: self.erp.ship(picking, wanted, when))
        following = self._after(at, customer.every * self._season(at), 0.3)
        self._at(following, "sell", lambda when: self._sell(customer, partner, when))

    def _season(self, at: datetime) -> float:
        """Less is ordered in summer and around the new year."""
        return 1.25 if at.month in (1, 7, 8) else 0.95

    def _ticket(self, customer: Customer, company: int, at: datetime) -> None:
        ticket = self.crm.create(
            "tickets",
            {"subject": self.rng.choice(SUBJECTS), "hs_pipeline_stage": "1",
             "hs_ticket_priority": self.rng.choice(("LOW", "MEDIUM", "HIGH")),
             "createdate": iso(at)},
            at,
            company,
        )  # fmt: skip
        self._at(
            self._after(at, 3.0, 0.8), "close",
            lambda when: self.crm.change(
                "tickets", ticket, {"hs_pipeline_stage": "4", "closed_date": iso(when)}, when
            ),
        )  # fmt: skip
        if self._has_left(customer, at) and customer.name != QUIET:
            return
        upset = customer.name == QUIET and at > self.opened_at - timedelta(days=90)
        following = self._after(at, 12.0 if upset else 55.0, 0.5)
        self._at(following, "ticket", lambda when: self._ticket(customer, company, when))

    def _renewals(self, customer: Customer, company: int) -> None:
        """A deal a year that renews the frame contract; the coming one is open."""
        renews = self.begin + timedelta(days=self.rng.randrange(20, 365))
        while renews < self.opened_at + timedelta(days=366):
            offered = max(self.begin, renews - timedelta(days=120))
            self._at(offered, "deal", partial(self._deal, customer, company, renews))
            renews += timedelta(days=365)

    def _deal(self, customer: Customer, company: int, closes: datetime, at: datetime) -> None:
        deal = self.crm.create(
            "deals",
            {"dealname": f"{customer.crm_name} {closes.year}", "dealtype": "renewal",
             "dealstage": "contractsent", "deal_currency_code": "EUR", "closedate": iso(closes),
             "amount": str(round(customer.basket * 365 / customer.every)),
             "hs_is_closed": "false", "hs_is_closed_won": "false"},
            at,
            company,
        )  # fmt: skip

        def close(when: datetime) -> None:
            is_won = not self._has_left(customer, when)
            self.crm.change(
                "deals", deal,
                {"hs_is_closed": "true", "hs_is_closed_won": "true" if is_won else "false",
                 "dealstage": "closedwon" if is_won else "closedlost"},
                when,
            )  # fmt: skip

        self._at(max(at, closes), "close", close)
