"""Which suppliers take longer than they ever vary: a test that is made to be repeated for years.

One test says it once in so many times by chance; a rule that asks every day asks 7,305 times in
twenty years, of data that are nearly those of the day before. So two things are done that a
single test need not do.

*The supplier's own unrest counts*, and what comes every year is not unusual: see `_unrest`.

*The level is that of the schedule.* The expected number of looks that fire falsely is the level
times the number of looks, however much they depend on each other, and an episode has at least
one look; so a level of one in as many looks as there are in twenty years keeps the promise. Looks
that are nearer to each other than a week share most of their window, so that more of them make
hardly more episodes: there the level stays that of a week. The simulation in the tests counts.

Days count when they are over, so that a morning does not look like a day without deliveries.

Where a fit of `storage/forecasts/slipping.py` is in use, it speaks for the suppliers that it calls
calm: the evidence of their purchases as they were placed tells a slowdown weeks sooner, at the
same level. The restless, and those that close, stay with the test.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.forecasts._slipping_now import LEVEL, Slip
from storage.forecasts.slipping import told
from storage.known import Named
from storage.known.purchases import purchase_lines
from storage.metrics import Metric
from storage.metrics._durations import DAY, LONGEST
from storage.metrics._log_rank import believed
from storage.metrics._unrest import History, Seen
from storage.metrics.lead_time import spans, split

METRIC = Metric(
    id="unusual",
    version=2,
    title="Unusually slow suppliers",
    formula=(
        "A log-rank test of the purchases under way in the last 28 days (84 where fewer than 12"
        " are placed in 28) against those of the two years that ended 12 weeks before, open"
        " ones counted, divided by how much the supplier's own windows of that time differ among"
        " each other. It fires where chance would do so at most once in twenty years of looking,"
        " the median is longer by at least a day and 15 %, and the same weeks of the year before"
        " were quicker too. A supplier whose weeks differ no more than by chance is judged by what"
        " its purchases say as they were placed: how much likelier it is that all since some day"
        " take 1.5 times as long, or that so much is awaited since anything came, against the most"
        " that chance makes of it in twenty years. Over all suppliers at most 5 % of those named"
        " are expected to be false (Benjamini-Hochberg)."
    ),
    unit="",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier",),
    caveats=(
        "Lines of one order that arrive on one day are one observation.",
        "Fewer than 40 orders, or 6 windows, in the time before are not enough history.",
        "Today counts when it is over.",
        "A supplier that always was irregular must slow down more to be named.",
        "Version 1 judged all by the log-rank test, which finds a slowdown weeks later.",
    ),
    synonyms=("unusual", "unusually slow", "anomaly", "anomalies"),
)

TWENTY_YEARS = timedelta(days=7_305)
FALSE = 0.05
NOT_ENOUGH = "not enough history"
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Unusual:
    """A `supplier` as it is now. `p`: the chance of a score as high if nothing had changed, null
    where nothing can be told; `why` says so then, else "".

    `median` and `before` are days, null where the curve does not reach; `n` purchases x receipts
    were under way in the window, or placed `since` it changed where that is told; `open` of them
    still are. `is_silent`: nothing came since that day. `is_calm`: a fit speaks for
    it; what it takes now is told only where it fires.
    """

    supplier: Named
    p: float | None
    fires: bool
    median: float | None
    before: float | None
    n: int
    open: int
    why: str = ""
    since: date | None = None
    is_silent: bool = False
    is_calm: bool = False


def unusual(session: Session, now: datetime, zone: ZoneInfo, every: timedelta) -> list[Unusual]:
    """All suppliers of the last years, those that fire first, as known at `now`.

    `every` is how often the rule looks. Windows end with the last day in `zone` that is over.
    """
    today = now.astimezone(zone).date()
    slips = told(session, now, zone)
    seen: dict[Named, Seen | Slip] = {
        one: slips.get(f"{one.source}/{one.ref}") or history.on(today - DAY)
        for one, history in _histories(session, now, zone).items()
    }
    firing = fires(seen, every)
    said = [_said(one, found, one in firing) for one, found in seen.items()]
    return sorted(said, key=_rank)


def _histories(session: Session, now: datetime, zone: ZoneInfo) -> dict[Named, History]:
    """The purchases of each supplier as known at `now`, to be looked at on any day before it that
    is not far from it: what was ordered more than `LONGEST` days before `now` is left out."""
    first = now.astimezone(zone).date() - timedelta(days=LONGEST)
    start = datetime.combine(first, time.min, zone)
    lines = split(purchase_lines(session, now, start, zone=zone), "supplier")
    return {one: History(spans(its)) for one, its in lines.items() if isinstance(one, Named)}


def _rank(one: Unusual) -> tuple[bool, float, str]:
    name = f"{one.supplier.source}:{one.supplier.ref}"
    return not one.fires, 2.0 if one.p is None else one.p, name


def _said(one: Named, found: Seen | Slip, is_firing: bool) -> Unusual:
    why = "" if found.p is not None else NOT_ENOUGH
    told = one, found.p, is_firing, found.median, found.before, found.n, found.open, why
    if not isinstance(found, Slip):
        return Unusual(*told)
    return Unusual(*told, found.since if is_firing else None, found.kind == "silent", True)


def level(every: timedelta) -> float:
    """The chance per look at which a look fires."""
    return max(LEVEL, every / TWENTY_YEARS)


def fires(seen: Mapping[K, Seen | Slip], every: timedelta) -> set[K]:
    """Which of the suppliers that were looked at together fire."""
    tested = {key: one.p for key, one in seen.items() if one.p is not None}
    trusted = believed(list(tested.values()), FALSE)
    limit = level(every)
    return {
        key
        for (key, p), is_trusted in zip(tested.items(), trusted, strict=True)
        if is_trusted and p <= limit and seen[key].is_worth_it
    }
