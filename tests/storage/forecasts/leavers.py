"""A world of customers whose true chance to leave is known: with contracts, and buyers without."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tests.storage.forecasts.buyers import FIRST, bought

# leaves a day: by segment, and as many times more often who writes tickets
HAZARD = {"small": 0.0022, "big": 0.0004}
TROUBLED = 2.5
BEGUN = 1_100
NOW = date.fromordinal(FIRST + 728)


def sign(world, rng, n):
    """`n` accounts with a contract each over three years, of whom half are small and every third
    is troubled; gives the true chance of those in force on `NOW` to end theirs within 90 days, by
    name, and who did."""
    chance, left = {}, set()
    for number in range(n):
        name, segment = f"Signed {number}", ("small", "big")[number % 2]
        hazard = HAZARD[segment] * (TROUBLED if number % 3 == 0 else 1)
        start = NOW - timedelta(days=int(rng.integers(1, BEGUN)))
        ended = start + timedelta(days=1 + int(rng.exponential(1 / hazard)))
        account = world.account(name, segment=segment, country="DE")
        ended += timedelta(days=ended == NOW)  # on the day itself it would be neither
        # the store knows what is to come too: a question is asked as of an instant
        world.contract(account, start, churned=ended, mrr=Decimal(50), currency="EUR")
        if number % 3 == 0:
            _tickets(world, rng, account, start, min(ended, NOW))
        if ended > NOW:
            chance[name] = 1 - np.exp(-90 * hazard)
            if ended <= NOW + timedelta(days=90):
                left.add(name)
    return chance, left


def _tickets(world, rng, account, start, end):
    day = start
    while (day := day + timedelta(days=1 + int(rng.exponential(60)))) < end:
        world.ticket(account, day, closed=day + timedelta(days=2))


def buy(world, rng, n, *, after=273):
    """`n` buyers without a contract; gives who orders nothing in the days after `NOW`, by name."""
    made = bought(rng, n, days=728 + after, joins=500)
    refs = [world.customer(f"Buyer {number}") for number in range(n)]
    for buyer, day in zip(made.buyer.tolist(), made.day.tolist(), strict=True):
        world.sale(refs[buyer], date.fromordinal(day), amount=10)
    later = set(made.buyer[made.day >= FIRST + 728].tolist())
    known = set(made.buyer[made.day < FIRST + 728].tolist())
    return {f"Buyer {number}" for number in known - later}
