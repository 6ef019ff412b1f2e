"""How many left over a window, in words and readings, and how that compares with the one before."""

from commands._churn_words import interval, percent
from commands._contract import Reading
from commands._grammar import Query
from storage.metrics.churn import METRIC, Rate

FEW = 5


def lost(now: Rate, query: Query) -> str:
    """How many left, without a full stop."""
    if now.rate is None:
        return f"nobody was a customer yet before the {query.window.label}"
    return f"{now.lost} of {now.at_start} left {query.when}, {percent(now.rate)} {interval(now)}"


def compared(now: Rate, prior: Rate, label: str) -> str:
    """Whether that is more than before, in a sentence; `label` says when that was."""
    if prior.rate is None or prior.at_start < FEW or now.rate is None:
        return f"Too few customers {label} to compare with ({prior.at_start})."
    assert now.low is not None and now.high is not None
    if now.low <= prior.rate <= now.high:
        return f"● About as {label}: {percent(prior.rate)} of {prior.at_start} then."
    word = "▲ more" if now.rate > prior.rate else "▼ fewer"
    return f"{word} than {label}: {percent(prior.rate)} of {prior.at_start} then."


def rate_readings(now: Rate, prior: Rate, events: int) -> tuple[Reading, ...]:
    """Both rates; `events` are those who ever left by falling quiet."""

    def figure(name: str, value: float | None, unit: str = "", **bounds: float | None) -> Reading:
        return Reading(name, value, unit, "customers", METRIC.id, **bounds)

    return (
        figure("churn", now.rate, "share", low=now.low, high=now.high),
        figure("customers at start", now.at_start),
        figure("lost", now.lost),
        figure("returned", now.returned),
        figure("churn before", prior.rate, "share", low=prior.low, high=prior.high),
        figure("customers at start before", prior.at_start),
        figure("lost by falling quiet, ever", events),
    )
