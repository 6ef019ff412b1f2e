"""How often the rule *unusual* fires falsely, and how soon it finds a slowdown, in drawn lives.

`python -m tests.storage.metrics.alarms 40 7` draws 40 lives of twenty years of each kind of steady
supplier with a look every 7 days, and 40 slowdowns from 30 to 45 days with a look every 7 days.
"""

import sys
from datetime import timedelta
from statistics import fmean, median

from scipy.stats import chi2

from storage.metrics._unrest import History
from storage.metrics.unusual import fires
from tests.storage.metrics.supplied import Supplier, day, purchases

YEAR = 365
# three years of history before the first look
BEFORE = 3 * YEAR

STEADY = {
    "one a week": Supplier(1 / 7),
    "three a week": Supplier(3 / 7),
    "one a day": Supplier(),
    "one a day, wide": Supplier(sigma=0.6),
    "five a day": Supplier(5),
    "one a week of 7 lines": Supplier(1 / 7, lines=7),
    "one a day of 7 lines": Supplier(lines=7),
    "with seasons": Supplier(season=0.1),
    "five a day with seasons": Supplier(5, sigma=0.3, season=0.2),
    "restless": Supplier(sigma=0.35, unrest=0.2),
    "five a day, restless": Supplier(5, sigma=0.35, unrest=0.2),
    "one a week of 7 lines, restless": Supplier(1 / 7, lines=7, season=0.1, unrest=0.15),
    "one a day of 7 lines, restless": Supplier(lines=7, sigma=0.35, season=0.1, unrest=0.15),
    "closing": Supplier(closes=True),
    "five a day, closing": Supplier(5, closes=True),
}


def looked(history, days, step=1):
    """Whether each of the looks at a supplier alone fires."""
    every = timedelta(days=step)
    return [bool(fires({"x": history.on(day(one))}, every)) for one in days]


def alarms(name, lives, step, years=20):
    """False episodes in so many lives of so many years, with a look in so many days."""
    days = range(BEFORE, BEFORE + years * YEAR, step)
    return sum(
        episodes(looked(History(purchases(STEADY[name], f"{name} {seed}", days.stop)), days, step))
        for seed in range(lives)
    )


def delays(name, lives, step=1):
    """Days from a slowdown to 1.5 times as long until it is found; a year where it is not."""
    found = []
    for seed in range(lives):
        at = BEFORE + seed * 17 % YEAR
        history = History(purchases(STEADY[name], f"{name} {seed}", at + YEAR, at))
        days = range(at, at + YEAR, step)
        found.append(next((one - at for one in days if any(looked(history, [one], step))), YEAR))
    return found


def episodes(fired):
    """How often something begins to fire that did not at the look before."""
    return sum(now and not before for before, now in zip([False, *fired], fired, strict=False))


def interval(count, lives):
    """The mean of so many events over so many lives, and its 95 % Poisson interval (Garwood)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return count / lives, low / lives, chi2.ppf(0.975, 2 * count + 2) / 2 / lives


def main(lives, step, names):
    for name in names or STEADY:
        mean, low, high = interval(alarms(name, lives, step), lives)
        found = delays(name, lives, step)
        shares = ", ".join(
            f"{fmean(one <= limit for one in found):.2f} by {limit} d" for limit in (60, 90, 180)
        )
        sys.stdout.write(
            f"{name}: {mean:.2f} [{low:.2f}, {high:.2f}] false in 20 years; found after"
            f" {median(found):.0f} d, {shares}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
