"""How fresh the data is: of every stream the last success, its age and what went wrong."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, select

from storage.metrics import Metric
from storage.models import Quarantine, SyncState

METRIC = Metric(
    id="freshness",
    version=1,
    title="Freshness",
    formula=(
        "Now less the end of the last pull of a stream that succeeded. A stream is stale when that"
        " is more than its source's limit, and when it never succeeded."
    ),
    unit="d",
    better="lower",
    needs=(),
    dimensions=("source", "stream"),
    caveats=(
        "A pull that failed does not count, however much of it had arrived.",
        "Refused rows are those that could not be believed; each waits in quarantine.",
    ),
    synonyms=("data age", "data status", "sync status"),
)


@dataclass(frozen=True)
class Freshness:
    """One stream. `age` is null when it never succeeded; `tables` are the facts it feeds.

    `written` counts rows written ever, `refused` rows in quarantine now, `error` is that of the
    last pull, null if it went well; `failures` in a row.
    """

    source: str
    stream: str
    tables: tuple[str, ...]
    last_success_at: datetime | None
    age: timedelta | None
    is_stale: bool
    written: int
    refused: int
    error: str | None
    failures: int

    @property
    def is_healthy(self) -> bool:
        return not self.is_stale and self.error is None


def freshness(
    session: Session, now: datetime, limits: Mapping[str, timedelta], usual: timedelta
) -> list[Freshness]:
    """All streams that were ever tried, by source and name. `limits` are by source; a source that
    is not named has the `usual` one."""
    refused = _refused(session)
    states = session.exec(select(SyncState).order_by(SyncState.source, SyncState.stream))
    return [
        _freshness(state, now, limits.get(state.source, usual), refused[state.source, state.stream])
        for state in states
    ]


def _freshness(state: SyncState, now: datetime, limit: timedelta, refused: int) -> Freshness:
    at = state.last_success_at
    # a replay of the past has data from its future
    age = None if at is None else max(timedelta(0), now - at)
    return Freshness(
        state.source, state.stream, tuple(filter(None, state.tables.split(","))), at, age,
        age is None or age > limit, state.rows, refused, state.last_error, state.failures,
    )  # fmt: skip


def _refused(session: Session) -> Counter[tuple[str, str]]:
    counted = session.exec(
        select(Quarantine.source, Quarantine.stream, func.count()).group_by(
            Quarantine.source, Quarantine.stream
        )
    )
    return Counter({(source, stream): count for source, stream, count in counted})
