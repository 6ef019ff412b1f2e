"""What is said of a fit of lifetime value: how it did against plain past spend, and how sure."""

from collections.abc import Iterator, Sequence

from storage.forecasts._clv_fit import SHARES
from storage.forecasts._report import IN_USE
from storage.forecasts._scores import TOP
from storage.forecasts.clv import Used
from storage.metrics.clv import Worth

# by how much an interval may hold less often than told, and still be called by what was told
SHORT = 0.03


def looked_back(fit: Used | None) -> Iterator[str]:
    """How the fit did against what customers had spent before, in a sentence or two."""
    if fit is None:
        return
    mine, past = fit.methods[IN_USE], fit.methods["past_spend"]
    if fit.gain:
        change, most, least = (-100 * fit.gain[name] for name in ("pinball", "low", "high"))
        yield (
            f"Looked back on over {mine['n']:,} told, its error was {change:+.0f} % against plain"
            f" past spend (95 %: {least:+.0f} to {most:+.0f} %)."
        )
    if mine["lift10"] is not None and past["lift10"] is not None:
        yield (
            f"The tenth told the most brought {TOP * mine['lift10']:.0%} of the revenue; the tenth"
            f" that had spent the most brought {TOP * past['lift10']:.0%}."
        )


def often(fit: Used | None) -> str:
    """How often an interval holds, as one says it: as measured where that is less than told."""
    held = fit.methods[IN_USE]["cover80"] if fit else SHARES[0]
    return "8 in 10" if held > SHARES[0] - SHORT else f"{100 * held:.0f} in 100"


def intervals(known: Sequence[Worth], fit: Used | None) -> list[str]:
    """What the bounds of the values mean, and whether these held."""
    notes = []
    if fit and any(one.is_own for one in known):
        notes.append(
            f"From and To: what a customer brings in 8 of 10 cases; looked back on, such intervals"
            f" held {100 * fit.methods[IN_USE]['cover80']:.0f} times in 100."
        )
        notes += list(_together(fit))
    if any(not one.is_own for one in known):
        of = " (of who has no fit)" if notes else ""
        notes.append(
            f"From and To{of}: the 95 % interval of the average customer of a kind, not of this"
            " one."
        )
    return notes


def _together(fit: Used) -> Iterator[str]:
    """Where how often customers order goes with how much an order is worth."""
    for code, spend in sorted(fit.spend.items()):
        if spend.usual is not None:
            where = f" in {code}" if code else ""
            yield (
                f"How often customers order goes with how much an order is worth{where} (rank"
                f" correlation {spend.together.rank:+.2f}), so an order is told by the mean of"
                " those who order as often."
            )
