"""Delivery experience: how one customer has been served of late, in the figures it would name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from storage.known.sales import SalesLine
from storage.metrics import Metric
from storage.metrics._due import Due, due_in, of_sales
from storage.metrics.on_time import days_late
from storage.metrics.otif import how_missed

METRIC = Metric(
    id="delivery-experience",
    version=1,
    title="Delivery experience",
    formula=(
        "Of one customer's lines that were due in the last 90 days: the share not complete on"
        " its day, the most days that one was late (until today for what is still owed), and how"
        " many came short. Beside them the lines whose promise was put off, among those due then"
        " or still open, and the lines owed past their day whenever they were due."
    ),
    unit="share",
    better="lower",
    needs=("salesorder", "salesline", "shipment"),
    caveats=(
        "The day is the first promise, else the day that was asked for.",
        "Short: a part was there on the day, or all of it but some had gone back by then.",
        "A promise that was never seen is not known to have been put off.",
        "Lines called off on their day or before are not due.",
    ),
    synonyms=("customer delivery experience", "service experience"),
)

DAYS = 90


@dataclass(frozen=True)
class Experience:
    """What a customer got of late.

    `due`: lines due in the window; `late`: those not complete on their day, `short` those of them
    of which a part was there. `worst`: most days late; null where nothing was due. `put_off`:
    lines promised later than at first, of `promised`. `owed`: open lines past their day, those
    waiting longest first. `undated`: open lines without a day.
    """

    due: int
    late: int
    short: int
    worst: int | None
    put_off: int
    promised: int
    owed: tuple[SalesLine, ...]
    undated: int

    @property
    def late_share(self) -> float | None:
        """Null where nothing was due."""
        return self.late / self.due if self.due else None

    @property
    def put_off_share(self) -> float | None:
        """Null where no promise was seen."""
        return self.put_off / self.promised if self.promised else None


def experience(lines: Iterable[SalesLine], today: date, days: int = DAYS) -> Experience:
    """How the customer of these lines was served in the `days` before `today`."""
    by_key = {line.key: line for line in lines}
    every = of_sales(by_key.values())
    since = today - timedelta(days=days)
    due = due_in(every, since, today, today).lines
    missed = [one for one in due if how_missed(one)]
    open_ = [one for one in every if one.is_open]
    promised = [one for one in every if _is_recent(one, since, today) and one.promised_first]
    owed = sorted(
        (one for one in open_ if _is_past(one, today)), key=lambda one: (one.day(), one.key)
    )
    return Experience(
        due=len(due),
        late=len(missed),
        short=sum(1 for one in missed if how_missed(one) == "short"),
        worst=max((days_late(one, _day(one), today) for one in missed), default=0 if due else None),
        put_off=sum(1 for one in promised if _is_put_off(one)),
        promised=len(promised),
        owed=tuple(by_key[one.key] for one in owed),
        undated=sum(1 for one in open_ if one.day() is None),
    )


def _day(one: Due) -> date:
    day = one.day()
    assert day is not None, "a line that is due has a day"
    return day


def _is_past(one: Due, today: date) -> bool:
    day = one.day()
    return day is not None and day < today


def _is_recent(one: Due, since: date, today: date) -> bool:
    """Due in the window, or still open."""
    day = one.day()
    return one.is_open or (day is not None and since <= day < today)


def _is_put_off(one: Due) -> bool:
    return bool(one.promised_first and one.promised_on and one.promised_on > one.promised_first)
