"""How often what was told came true, and in which words a chance may be told after that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from storage.fits import Standing, last_of
from storage.forecasts._report import IN_USE
from storage.forecasts._scores import QUANTILES
from storage.issued import LAST, Record, scored

WORDS = {0.5: "half", 0.8: "8 in 10", 0.9: "9 in 10"}
# the share that every card tells of what comes by a day
USUAL = 0.8
COVERS = {0.8: "cover80", 0.9: "cover90"}
# measured over so many at most, and told by them only where there are so many, of things enough
MEASURED = 200
ENOUGH = 50
ENOUGH_THINGS = 25
FEWEST_TOLD = 10
# hundredths by which fewer, and more, may have come for a word still to be said
FEWER, MORE = 3, 10


@dataclass(frozen=True)
class Track:
    """The record of a model: `last` are its last statements, of the `share` that cards tell where
    it tells such (null: of any share); `shares` those of each, and `alike` of these those told as
    one is told now, by a fit or without. `backtest`: what share came by each told one, looking back
    with the last fit."""

    last: Record
    share: float | None
    shares: Mapping[float, Record]
    backtest: Mapping[float, float]
    alike: Mapping[float, Record] = field(default_factory=dict)

    def measured(self, share: float) -> float | None:
        """What share of statements told with a chance came true: of those that people were told,
        where there are enough, else looking back; null where nothing was measured."""
        told = self.alike.get(share)
        if told and told.n >= ENOUGH and told.things >= ENOUGH_THINGS:
            return told.held / told.n
        return self.backtest.get(share)

    def said(self, share: float) -> str:
        """A chance in words, "8 in 10"; the measured number, "73 in 100", where that is another."""
        found, word = self.measured(share), WORDS.get(share)
        wanted = round(100 * share)
        if word and (found is None or wanted - FEWER <= round(100 * found) <= wanted + MORE):
            return word
        return f"{wanted if found is None or not word else round(100 * found)} in 100"

    def sentence(self) -> str | None:
        """How the last ones came out; null where fewer than ten have."""
        return None if self.last.n < FEWEST_TOLD else f"{self.told()}."

    def told(self) -> str:
        """The same of any number, without a full stop."""
        by = "" if self.last.amounts else " by"
        such = f"“{WORDS[self.share]}{by}”" if self.share else "such"
        of = f"the last {self.last.n}" if self.last.n == LAST else f"{self.last.n}"
        such += " statement" if self.last.n == 1 else " statements"
        return f"Of {of} {such} {self.last.held} held ({self.last.expected:.0f} expected)"


UNMEASURED = Track(Record(0, 0, 0, 0.0), None, {}, {})


def record(session: Session, model_id: str, now: datetime) -> Track:
    """How what a model told came out, as known at `now`."""
    shares = {share: scored(session, model_id, now, MEASURED, share) for share in QUANTILES}
    last, share = scored(session, model_id, now), None
    if shares[USUAL].n and last.shares <= set(QUANTILES):
        last, share = scored(session, model_id, now, share=USUAL), USUAL
    fit = last_of(session, model_id, now)
    by_fit = fit is not None and fit.is_used
    alike = {share: scored(session, model_id, now, MEASURED, share, by_fit) for share in QUANTILES}
    return Track(last, share, shares, _looked_back(fit) if fit and by_fit else {}, alike)


def _looked_back(last: Standing) -> dict[float, float]:
    """What share came by each told one, as a fit looked back on it; of one that was kept before
    that was written down, as far as its scores say it."""
    mine: Mapping[str, Any] = last.backtest.get("methods", {}).get(IN_USE, {})
    found = {share: mine[name] for share, name in COVERS.items() if mine.get(name) is not None}
    for one in last.backtest.get("calibration", ()):
        found[one["said"]] = one["came"]
    return {share: came for share, came in found.items() if share in QUANTILES}
