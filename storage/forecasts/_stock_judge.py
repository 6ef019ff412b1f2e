"""Whether items ran out before more of them came, of which that was told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.entities import read_entity
from storage.forecasts._statement import Issued
from storage.forecasts._stock_facts import Shelves, shelves


def judged(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether each statement held that is decided: by its last day the item was out at the end of
    a day, and nothing had come since the day on which it was told. Null where the item lies on no
    shelf any more, or what lay there is not known."""
    if not told:
        return {}
    found = shelves(session, now, zone, min(one.issued_on for one in told))
    number = {name: at for at, name in enumerate(found.names)} if found else {}
    verdicts: dict[int, bool | None] = {}
    for one in told:
        row = number.get(_name(one))
        if found is None or row is None:
            verdicts[one.id] = None
        elif _is_decided(found, row, one):
            verdicts[one.id] = _held(found, row, one)
    return verdicts


def _name(one: Issued) -> str:
    found = read_entity(one.subject)
    return "/".join(found[1]) if found else ""


def _days(found: Shelves, one: Issued) -> slice:
    """The days that count and are over."""
    first = one.issued_on.toordinal() - found.first
    return slice(max(0, first), max(0, one.by.toordinal() - found.first) + 1)


def _first_came(found: Shelves, row: int, one: Issued) -> int:
    """Days until more came, later than on the day on which it was told."""
    came = np.flatnonzero(found.came[row, _days(found, one)][1:])
    return int(came[0]) + 1 if len(came) else found.stock.shape[1]


def _is_decided(found: Shelves, row: int, one: Issued) -> bool:
    stock = found.stock[row, _days(found, one)]
    is_over = one.by.toordinal() < found.end
    return is_over or bool((stock <= 0).any()) or _first_came(found, row, one) < len(stock)


def _held(found: Shelves, row: int, one: Issued) -> bool | None:
    stock = found.stock[row, _days(found, one)][: _first_came(found, row, one)]
    if bool((stock <= 0).any()):
        return True
    return None if not len(stock) or bool(np.isnan(stock).any()) else False
