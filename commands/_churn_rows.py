"""The rows behind a churn rate: every customer, and what it counted as."""

from collections.abc import Iterable
from datetime import date

from commands._churn_words import local_days
from commands._contract import Ask, Column, Table
from commands._window import Window
from storage.metrics.churn import Life

COLUMNS = tuple(
    Column(name, "customers")
    for name in ("Customer", "Segment", "Country", "Since", "Left", "Back", "State")
)


def rows_behind(ask: Ask, everyone: Iterable[Life], window: Window) -> Table | None:
    """All customers with how they count for the rate over the local days of a window, by name."""
    if not ask.wants_evidence:
        return None
    start, end = local_days(window.start, window.end, ask.zone)
    rows = sorted((_row(one, start, end) for one in everyone), key=lambda row: row[0] or "")
    return Table(COLUMNS, tuple(rows), total=len(rows))


def _row(life: Life, start: date, end: date) -> tuple[str | None, ...]:
    one = life.customer
    gone = next((left for left in life.leavings if start <= left.on < end), None)
    back = gone.back_on if gone and gone.back_on and gone.back_on < end else None
    return (
        one.name, one.segment, one.country, _iso(life.came_on), _iso(gone.on if gone else None),
        _iso(back), _state(life, start, is_gone=gone is not None, is_back=back is not None),
    )  # fmt: skip


def _state(life: Life, start: date, *, is_gone: bool, is_back: bool) -> str:
    if life.came_on is None:
        return "left out: since when it is a customer is not known"
    if life.came_on >= start:
        return "left out: came within the window"
    if not life.is_customer_on(start):
        return "left out: had left before"
    if is_gone:
        return "left and came back" if is_back else "left"
    return "stayed"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
