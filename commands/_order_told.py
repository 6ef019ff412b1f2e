"""What is told of when customers' orders come, to be held against what comes of them."""

from collections.abc import Iterable

from commands._supply import Supply
from commands._supply_words import SHARES
from storage.entities import entity
from storage.forecasts._order_eta_judge import ARRIVES, LEAVES
from storage.forecasts.order_eta import MODEL
from storage.issued import Statement
from storage.known.sales import SalesLine


def told_of(
    chain: Supply, lines: Iterable[SalesLine], shares: tuple[float, ...] = SHARES
) -> tuple[Statement, ...]:
    """What is told of open lines, as far as a fit tells it: each share by a day."""
    if chain.arrivals.stages is None:
        return ()
    event = ARRIVES if chain.reaches else LEAVES
    return tuple(
        Statement(MODEL.id, entity("salesline", line.key), event, share, on)
        for line in lines if (forecast := chain.forecast(line))
        for share in shares if (on := forecast.by(share))
    )  # fmt: skip
