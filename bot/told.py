"""Keeps what answers told of the future, once they have gone out: later it is seen if it was so."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from commands import Answer
from storage.forecasts import load
from storage.issued import keep
from storage.store import Store


def keep_told(store: Store, said: Iterable[object], now: datetime, zone: ZoneInfo) -> None:
    """Keeps the statements of the answers among what was said; an answer has only those that its
    audience may see."""
    statements = [two for one in said if isinstance(one, Answer) for two in one.statements]
    if not statements:
        return
    versions = {model.id: model.version for model in load().values()}
    with store.writer() as session:
        keep(session, statements, versions, now, zone)
