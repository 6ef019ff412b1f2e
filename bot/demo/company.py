"""A sample company: two years of buying, making, selling and talking, and it goes on.

Three things are there to be found. Borealis Steel slows down: what needs its coil waits, and the
orders of customers with it, among them some whose contract is about to end; one of these is angry.
Nordwind Retail goes quiet, for reasons of its own. One item lies in the store for nobody.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta

from bot.demo._accounts import Accounts
from bot.demo._agenda import Agenda
from bot.demo._books import COUNTED, STOCK, Books
from bot.demo._cast import SUPPLIERS, customers
from bot.demo._production import Production
from bot.demo._purchasing import Purchasing, reach
from bot.demo._range import OBSOLETE, OBSOLETE_QTY, RESOLD, TASTES, first_needs, price_of
from bot.demo._relations import Relations
from bot.demo._sales import RESOLD_SHARE, RESOLD_TIMES, Sales
from bot.demo._stockroom import Stockroom
from bot.demo._voices import Voices
from bot.demo._works import Works
from bot.demo.hubspot import Crm
from bot.demo.odoo_tables import Tables

HISTORY = timedelta(days=730)
LIVELY_EVERY = timedelta(seconds=6)
SOON = timedelta(hours=36)
# What may happen before its time so that someone who watches sees something move.
LIVELY = frozenset({"buy", "sell", "ticket", "receive", "put away", "start", "finish", "ship"})
# And when nothing of that is near: what begins something new, but not so often.
NEW_EVERY = timedelta(seconds=60)
NEW = frozenset({"buy", "sell", "ticket"})


class Company:
    """The company of a seed, as it stands at `now` (aware): the same seed gives the same past.

    `tables` are the ERP's records and `crm` the CRM's. `step` lets time pass.
    """

    def __init__(self, seed: int, now: datetime, history: timedelta = HISTORY) -> None:
        begin = now - history
        self.tables, self.crm, self.now = Tables(), Crm(), begin
        books, rng = Books(self.tables, begin), random.Random(seed)  # noqa: S311 - a story, not a secret
        self.works = Works(books, Stockroom(books), Agenda(), rng, begin, now)
        self._lively_at = self._new_at = now
        self._open_store()
        accounts = Accounts(self.works)
        Purchasing(self.works, accounts)
        relations = Relations(self.works, self.crm)
        voices = Voices(self.works, self.crm, relations)
        sales = Sales(self.works, Production(self.works), accounts, voices.sold)
        for customer in customers():
            for department in (sales, relations, voices):
                department.meet(customer)
        self._run_to(now)

    def step(self, now: datetime) -> int:
        """Lets time pass until `now`; how many things happened. Something does, now and then."""
        with self.tables.lock, self.crm.lock:
            happened = self._run_to(now)
            if now - self._lively_at >= LIVELY_EVERY:
                self._lively_at = now
                happened += self._bring_forward(now)
                self.works.stock.count()
        return happened

    def _run_to(self, now: datetime) -> int:
        happened = self.works.agenda.run_to(now)
        self.works.stock.count()
        self.now = max(self.now, now)
        return happened

    def _bring_forward(self, now: datetime) -> int:
        agenda = self.works.agenda
        if agenda.bring_forward(now, LIVELY, SOON):
            return 1
        if now - self._new_at < NEW_EVERY:
            return 0
        self._new_at = now
        return agenda.bring_forward(now, NEW, HISTORY)

    def _open_store(self) -> None:
        """What lies in the store on the first day: enough for the usual orders."""
        stock, at, books = self.works.stock, self.works.begin, self.works.books
        rates = _expected_rates()
        for supplier in SUPPLIERS:
            for item in supplier.items:
                product, per_day = books.products[item], rates[item]
                stock.start_with(product, per_day, at)
                self._put(product, float(max(20, round(per_day * reach(supplier)))), at)
        self._put(books.products[OBSOLETE], OBSOLETE_QTY, at)

    def _put(self, product: int, qty: float, at: datetime) -> None:
        stock, way = self.works.stock, (COUNTED, STOCK)
        stock.done(stock.plan(product, qty, way, at, at), product, qty, way, at)


def _expected_rates() -> dict[str, float]:
    """How many of each item a day all customers need, by what they like and how much they spend."""
    rates: dict[str, float] = defaultdict(float)
    for customer in customers():
        spent = customer.basket / customer.every
        tastes = TASTES[customer.segment]
        shares = [(one, spent * (1 - RESOLD_SHARE) / len(tastes)) for one in tastes]
        small = spent * RESOLD_SHARE * RESOLD_TIMES / len(RESOLD)
        shares += [(one, small) for one in RESOLD]
        for name, money in shares:
            for item, each in first_needs(name).items():
                rates[item] += money / price_of(name) * each
    return rates
