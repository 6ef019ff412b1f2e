"""A sample company before its first day, for the tests of its departments: nobody buys or sells."""

import random
from datetime import UTC, datetime, timedelta

from bot.demo._agenda import Agenda
from bot.demo._books import COUNTED, STOCK, Books
from bot.demo._stockroom import Stockroom
from bot.demo._works import Works
from bot.demo.odoo_tables import Tables

T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def small_works(*, opened_at=T0 + 700 * DAY, seed=1):
    books = Books(Tables(), T0)
    return Works(books, Stockroom(books), Agenda(), random.Random(seed), T0, opened_at)


def put(works, name, qty, at=T0):
    """So many of an item lie in stock."""
    product, way = works.books.products[name], (COUNTED, STOCK)
    works.stock.done(works.stock.plan(product, qty, way, at, at), product, qty, way, at)
    works.stock.serve(product, at)
    return product


def fill(works, needs, times):
    """All that a product needs lies in stock, so many times."""
    for item, each in needs.items():
        put(works, item, float(each * times))


def of(works, model, *names):
    """The values of all records of a model."""
    tables = works.books.tables
    return [tuple(tables.value(model, id_, name) for name in names) for id_ in tables.ids(model)]
