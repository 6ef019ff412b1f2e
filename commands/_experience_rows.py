"""The rows behind what came after deliveries: each order, and what its customer did."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from commands._contract import Ask, Column, Table, Value
from storage.known.orders import numbers_of
from storage.known.profiles import profiles
from storage.links import Key
from storage.metrics._felt import DAYS, LOST_DAYS, Felt
from storage.metrics.after_delivery import BANDS, METRIC


def orders_behind(
    session: Session, ask: Ask, found: Felt, span: tuple[date, date], who: Mapping[Key, Key]
) -> Table:
    """Orders felt on the days [since, until) of `span`, with answers and what came within the days
    after; null where that can't be told yet, or never is."""
    names = {key: one.name for key, one in profiles(session, who).items()}
    orders, count = found.orders, len(found.orders.order)
    answers = np.bincount(found.answers, minlength=count)
    bad = np.bincount(found.answers[found.was_bad], minlength=count)
    days = orders.since
    mine = np.flatnonzero((days >= span[0].toordinal()) & (days < span[1].toordinal()))
    numbers = numbers_of(session, "salesorder", orders.order[mine].tolist())
    rows: list[tuple[Value, ...]] = []
    for at in mine.tolist():
        since = date.fromordinal(int(days[at]))
        is_over = since + timedelta(days=DAYS) < ask.today
        is_lost = since + timedelta(days=LOST_DAYS) < ask.today
        rows.append((
            numbers.get(int(orders.order[at])),
            names.get(found.companies[int(orders.whose[at])], "unknown"),
            since.isoformat(), BANDS[int(orders.band[at])], int(answers[at]), int(bad[at]),
            _said(found.called[at]) if is_over and found.could_call[at] else None,
            _said(found.again[at]) if is_lost else None,
            "counted" if is_over else f"left out: its {DAYS} days after are not over",
        ))  # fmt: skip
    return Table(_columns(), tuple(rows), total=len(rows))


def _said(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _columns() -> tuple[Column, ...]:
    told = (
        "Order", "Customer", "Felt since", "Delivered", "Answers", "Bad answers",
        f"Ticket within {DAYS} d", f"Ordered within {LOST_DAYS} d", "State",
    )  # fmt: skip
    counts = ("Answers", "Bad answers")
    return tuple(
        Column(name, "customers", "", METRIC.id if name in counts else "") for name in told
    )
