"""Whole companies made up for the models, as stores that the command line opens too.

`company(folder)` has years of purchases, sales, stock, contracts and their renewals; other ways to
fill it are the edges that each model must stand: `one` of everything, `lone` (one supplier,
customer and item for years), and `open`, `cancelled` or `future`, which hold for every order.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from storage import schema
from storage.store import Store
from tests.storage.forecasts.renewed import renew
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
DAYS = 1_095
# customers and orders of a company with a history to learn from; edges do with fewer
CUSTOMERS = 160
LONG = ("kept", "lone")
WAYS = ("nothing", "one", "lone", "open", "cancelled", "future")


@cache
def empty() -> bytes:
    """The file of a store of this version with nothing in it: made once, and copied."""
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/empty.db")
        schema.upgrade(store)
        store.close()
        return Path(folder, "empty.db").read_bytes()


def company(folder: Path, way: str = "kept") -> World:
    """A store in a folder, filled in some way, the same each time."""
    Path(folder, "world.db").write_bytes(empty())
    world = World(folder)
    if way == "nothing":
        return world
    world.places("north")
    items = [world.item(f"Item {number}") for number in range(1 if is_lone(way) else 4)]
    rng = np.random.default_rng(5)
    supplies = _purchases(world, rng, items, way)
    _sales(world, rng, items, supplies, way)
    _contracts(world, rng, way)
    if way == "kept":
        renew(world, np.random.default_rng(6), CUSTOMERS // 2, today=TODAY)
    for item in items:
        world.level(item, 40, as_of=NOW - timedelta(hours=6), site="north/stock")
    return world


def environment(folder: Path) -> dict[str, str | None]:
    """What the command line is to be told to open that store."""
    Path(folder, "leadline.toml").write_text('zone = "Europe/Berlin"\n')
    return {"LEADLINE_CONFIG": f"{folder}/leadline.toml", "LEADLINE_NOW": NOW.isoformat(),
            "DATABASE_URL": f"sqlite:///{folder}/world.db"}  # fmt: skip


def is_lone(way: str) -> bool:
    return way in ("one", "lone")


def _customers(way: str) -> int:
    return 1 if is_lone(way) else CUSTOMERS if way == "kept" else CUSTOMERS // 4


def _days(rng: np.random.Generator, every: int, way: str) -> Iterator[tuple[int, date]]:
    count = 1 if way == "one" else DAYS // every
    for number in range(count):
        past = TODAY - timedelta(days=int(DAYS - number * every - rng.integers(0, every)))
        yield number, past + timedelta(days=DAYS + 30) if way == "future" else past


def _ended(day: date, way: str) -> date | None:
    """The day on which something came; null while it is open."""
    is_over = day <= TODAY if way != "future" else day <= TODAY + timedelta(days=DAYS)
    return day if is_over and way not in ("open", "cancelled") else None


def _purchases(world: World, rng: np.random.Generator, items: list[str], way: str) -> list[str]:
    suppliers = [world.supplier(f"Works {number}") for number in range(len(items))]
    lines = []
    for number, day in _days(rng, 2 if way in LONG else 6, way):
        at = number % len(items)
        takes = timedelta(days=1 + round(25 * float(np.exp(0.5 * rng.standard_normal()))))
        came = _ended(day + takes, way)
        lines.append(world.purchase(
            suppliers[at], items[(at + number // 50) % len(items)], day, qty=20, site="north",
            promised=day + timedelta(days=28), received=came,
            cancelled=day + timedelta(days=3) if way == "cancelled" else None,
        ))  # fmt: skip
    return lines


def _sales(
    world: World, rng: np.random.Generator, items: list[str], supplies: list[str], way: str
) -> None:
    """Customers who come one after the other, and order ever less often."""
    names = [world.customer(f"Shop {number}") for number in range(_customers(way))]
    for number, day in _days(rng, 1 if way == "kept" else 4, way):
        known = 0.4 + 0.6 * ((day - TODAY).days % DAYS) / DAYS  # the share of them met by then
        for turn in range(2 if way == "kept" else 1):
            at = int(rng.integers(len(names)) * known)
            sent = _ended(day + timedelta(days=int(rng.integers(1, 9))), way)
            item = items[int(rng.integers(len(items)))]
            line = world.sale(
                names[at], day, amount=100 + 10 * turn, item=item, qty=4,
                promised=day + timedelta(days=7), shipped=sent,
                cancelled=day + timedelta(days=2) if way == "cancelled" else None,
            )  # fmt: skip
            world.peg("salesline", line, "purchaseline", supplies[number % len(supplies)], 4, item)
            if sent:
                world.move(item, "north/stock", "customer", sent, qty=4)


def _contracts(world: World, rng: np.random.Generator, way: str) -> None:
    """Contracts that run until they are ended, and such of a year that are made anew or not."""
    for number in range(_customers(way)):
        account = world.account(f"Account {number}")
        start = TODAY - timedelta(days=int(rng.integers(200, DAYS)))
        if way == "future":
            start += timedelta(days=DAYS + 30)
        leaves = rng.random() < 0.5 and way not in ("one", "open", "future")
        if number % 2 and way == "kept":
            _by_the_year(world, rng, account, start)
            continue
        end = start + timedelta(days=int(rng.integers(60, 900)))
        if way == "cancelled":
            leaves, end = True, start + timedelta(days=3)
        is_gone = leaves and end <= TODAY
        world.contract(account, start, churned=end if is_gone else None, mrr=100, currency="EUR")


def _by_the_year(world: World, rng: np.random.Generator, account: str, start: date) -> None:
    while start <= TODAY:
        end = start + timedelta(days=364)
        world.contract(account, start, ends=end, mrr=80, currency="EUR")
        if rng.random() < 0.3:
            return
        start = end + timedelta(days=1)
