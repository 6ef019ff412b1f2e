"""Whether customers brought what was told: known once the months that it was told of are over.

Amounts are of the one currency that a customer pays in; of one that pays in several by now, and of
one that has since become part of another, it will never be known.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.entities import read_entity
from storage.forecasts._clv_facts import (
    AS_THEY_ARE,
    SEVERAL,
    brought,
    contracts_by_day,
    earned,
    paid,
)
from storage.forecasts._statement import Issued
from storage.links import Key
from storage.metrics._worth import monthly
from storage.metrics.clv import discounts

# what a customer brings by its orders, and by its contracts, these discounted
ORDERS, CONTRACTS = "brings", "brings by contract"
CENT = 0.01


def judged(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether each statement held whose day is over; null where it will never be known."""
    today = now.astimezone(zone).date()
    over = [one for one in told if one.by < today]
    orders = [one for one in over if one.event == ORDERS]
    signed = [one for one in over if one.event == CONTRACTS]
    return {**(_of_orders(session, orders, now) if orders else {}),
            **(_of_contracts(session, signed, now, zone) if signed else {})}  # fmt: skip


def _of_orders(session: Session, told: Sequence[Issued], now: datetime) -> dict[int, bool | None]:
    made = paid(session, now)
    numbers = {key: number for number, key in enumerate(made.keys)}
    found: dict[int, bool | None] = {}
    groups = defaultdict(list)
    for one in told:
        number = numbers.get(_key(one))
        if number is None or made.currency[number] == SEVERAL:
            found[one.id] = None
        else:
            groups[one.issued_on, one.by].append((one, number))
    for (start, end), some in groups.items():
        mine = np.array([number for _, number in some])
        # what was ordered on the day itself was known by then
        sums = brought(made, mine, start.toordinal() + 1, end.toordinal() + 1)
        found |= {one.id: _held(one, float(money))
                  for (one, _), money in zip(some, sums, strict=True)}  # fmt: skip
    return found


def _of_contracts(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> dict[int, bool | None]:
    after = contracts_by_day(session, zone)(now.astimezone(zone).date())
    worth = np.array(discounts())
    found: dict[int, bool | None] = {}
    for one in told:
        who = after.get(_key(one))
        then = monthly(who, one.issued_on, AS_THEY_ARE, "", one.issued_on) if who else None
        if who is None or then is None or not then[1]:
            found[one.id] = None
            continue
        found[one.id] = _held(one, earned(after, who.key, one.issued_on, worth, then[1]))
    return found


def _key(one: Issued) -> Key:
    found = read_entity(one.subject)
    return found[1] if found else ("", "")


def _held(one: Issued, money: float) -> bool | None:
    if np.isnan(money) or one.low is None or one.high is None:
        return None
    return one.low - CENT <= money <= one.high + CENT
