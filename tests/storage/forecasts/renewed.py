"""A world of contracts of a year each, renewed or lost with a chance that is known."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

TODAY = date(2026, 3, 1)
LOST = {"small": 0.5, "big": 0.1}
YEARS = 4


def renew(world, rng, n, *, today=TODAY, lost=LOST):
    """`n` accounts whose contracts came up each year; gives the true chance of each that is still
    in force to be renewed, by name. A renewal was seen a week before the contract would end."""
    chance = {}
    for number in range(n):
        name, segment = f"Acme {number}", ("small", "big")[number % 2]
        first = today - timedelta(days=365 * YEARS - int(rng.integers(0, 365)))
        ends, is_lost = [first + timedelta(days=365)], False
        while ends[-1] < today and not is_lost:
            is_lost = rng.random() < lost[segment]
            ends += [] if is_lost else [ends[-1] + timedelta(days=365)]
        _sign(world, world.account(name, segment=segment), first, ends, is_lost=is_lost)
        if not is_lost:
            chance[name] = 1 - lost[segment]
    return chance


def _sign(world, account, first, ends, *, is_lost):
    made = world.contract(
        account, first, ends=ends[0], churned=ends[-1] if is_lost else None, mrr=Decimal(10),
        currency="EUR",
    )  # fmt: skip
    for was, due in pairwise(ends):
        seen = datetime.combine(was - timedelta(days=7), time(9), UTC)
        world.overwrite("contract", made, "ends_on", due, seen)
