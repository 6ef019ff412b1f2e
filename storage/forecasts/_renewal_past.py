"""Renewals told in the past against how they turned out, and what was learned from by then."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from storage.forecasts import Progress
from storage.forecasts._churn_facts import View
from storage.forecasts._churn_past import (
    BASE,
    RECENCY,
    Learned,
    Told,
    Tried,
    summed,
)
from storage.forecasts._leaving import Leaving, leaving
from storage.forecasts._origins import Plan, spaced, windows
from storage.forecasts._renewal_facts import outcomes, upcoming
from storage.forecasts._report import IN_USE, Report

# how many windows before a day are learned from: three years
WINDOWS = 12
ENOUGH_DECIDED = 50
FEWEST_EACH = 10


def fit_of(rows: Learned) -> Leaving:
    """The fit of what was lost; the base rate alone of fewer than `ENOUGH_DECIDED` renewals, or
    where fewer than `FEWEST_EACH` were lost, or renewed."""
    known, lost = rows
    enough = FEWEST_EACH if len(known) >= ENOUGH_DECIDED else len(known) + 1
    return leaving(known, np.array(lost, bool), enough)


def learned_by(view: View, day: date, days: int, first: date) -> Learned:
    """What was known of contracts to be decided on in the windows before a day, and which were
    lost, as far as all of their kind are decided by then."""
    came = outcomes(view, day)
    known, lost = [], []
    for at in windows(day, days, first, WINDOWS):
        for one in upcoming(view(at).values(), at, at + timedelta(days=days)):
            if one.name in came:
                known.append(one.known)
                lost.append(not came[one.name])
    return known, lost


def look_back(
    report: Report, view: View, begun: date, plan: Plan, days: int, until: date, progress: Progress
) -> Report:
    """Contracts to be decided on from days in the past, of the first one on `begun`; the chance is
    that they are lost. What was not decided by now, or can't be found again, is unknown."""
    wanted = spaced(plan, days, begun + timedelta(days=days), until)
    found: Tried = []
    came, unknown = outcomes(view, until), 0
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        rows = learned_by(view, origin.at, days, begun)
        due = list(upcoming(view(origin.at).values(), origin.at, origin.end))
        seen = [one for one in due if one.name in came]
        unknown += len(due) - len(seen)
        if not rows[0] or not seen:
            continue
        lost = np.array([not came[one.name] for one in seen], bool)
        fit = fit_of(rows)
        found.append((origin, {
            IN_USE: Told(fit.chances([one.known for one in seen]), lost),
            BASE: Told(np.full(len(seen), fit.base), lost), RECENCY: Told(None, lost),
        }))  # fmt: skip
    progress("looking back", len(wanted), len(wanted))
    return summed(replace(report, unknown=unknown), {"renewals": found})
