"""Tickets: how many wait, and how many hours a first response and a solution take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.curves import Curve, Observed, kaplan_meier
from storage.known.cases import Case
from storage.metrics import Metric
from storage.metrics._durations import FEWEST_AT_RISK

METRIC = Metric(
    id="tickets",
    version=1,
    title="Tickets",
    formula=(
        "Open tickets now, and the hours within which half and 9 in 10 get a first response and"
        " are closed. Open ones count for as long as they wait (Kaplan-Meier). Now: all that were"
        " under way in the last 30 days, each entering at its age; where fewer than 5 were at a"
        " time, those opened in the window. A window that is named: those opened in it."
    ),
    unit="h",
    better="lower",
    needs=("ticket",),
    dimensions=("priority", "segment", "owner", "month"),
    caveats=(
        "Hours of the clock, nights and weekends counted.",
        "A ticket closed without a first response waited for one until then.",
        "How many were opened again is n/a: sources overwrite the state.",
    ),
    synonyms=("ticket load", "first response", "resolution time", "support load", "open tickets"),
)

HOUR = timedelta(hours=1)
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Hours:
    """How long something takes, in hours; null where the curve does not reach.

    `n` counts all tickets, `open` those that still wait. `is_thin`: too few were at risk at a
    time, so these are the tickets opened in the window.
    """

    n: int
    open: int
    median: float | None
    p90: float | None
    curve: Curve
    is_thin: bool = False


Until = Callable[[Case], tuple[datetime | None, datetime | None]]


def resolution(one: Case) -> tuple[datetime | None, datetime | None]:
    """When it was solved, and when it left without that (never)."""
    return one.closed_at, None


def first_response(one: Case) -> tuple[datetime | None, datetime | None]:
    """When it was first answered, and when it was closed without an answer."""
    return one.answered_at, one.closed_at if one.answered_at is None else None


def opened(
    cases: Iterable[Case], until: Until, start: datetime, end: datetime, now: datetime
) -> Hours:
    """Of tickets opened in [start, end), as known at `now`."""
    return _hours([one for one in cases if start <= one.opened_at < end], until, None, now)


def under_way(cases: Sequence[Case], until: Until, now: datetime) -> Hours:
    """Of all that waited at some time in the 30 days before `now`, by what had happened before
    it; of those opened in them where too few did."""
    since = now - RECENT
    found = _hours(cases, until, since, now)
    if found.curve.fewest(0.5) >= FEWEST_AT_RISK:
        return found
    thin = opened(cases, until, since, now, now)
    return Hours(thin.n, thin.open, thin.median, thin.p90, thin.curve, is_thin=True)


def waiting(cases: Iterable[Case]) -> list[Case]:
    """Those that are open, the oldest first."""
    return sorted((one for one in cases if one.closed_at is None), key=lambda one: one.opened_at)


def _hours(cases: Iterable[Case], until: Until, since: datetime | None, now: datetime) -> Hours:
    observed, still = [], 0
    for one in cases:
        if one.opened_at >= now:
            continue
        ended, left = (None if at and at >= now else at for at in until(one))
        stops = ended or left or now
        if stops < one.opened_at or (since and stops < since):
            continue
        entry = max(0.0, (since - one.opened_at) / HOUR) if since else 0.0
        still += ended is None and left is None
        observed.append(Observed((stops - one.opened_at) / HOUR, ended is not None, entry))
    curve = kaplan_meier(observed)
    return Hours(curve.n, still, curve.quantile(0.5), curve.quantile(0.9), curve)
