"""What an answer rests on: the age of the data behind it, and what to say when it is stale."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from commands._contract import Answer, Ask, Basis, Sentence, SourceAge, Topic
from storage.metrics import Metric
from storage.models import FACTS, SyncState

STALE_AFTER = timedelta(hours=2)


def source_ages(session: Session, ask: Ask, tables: Sequence[str]) -> tuple[SourceAge, ...]:
    """The age of each source that feeds one of the tables: that of its oldest such stream."""
    oldest: dict[str, datetime | None] = {}
    for state in session.exec(select(SyncState).order_by(SyncState.source, SyncState.stream)):
        if not set(state.tables.split(",")) & set(tables):
            continue
        seen = state.last_success_at
        known = oldest.get(state.source, seen)
        oldest[state.source] = None if seen is None or known is None else min(seen, known)
    return tuple(_age(ask, source, at) for source, at in oldest.items())


def basis(
    session: Session,
    ask: Ask,
    metric: Metric,
    start: datetime,
    end: datetime,
    *,
    n: int,
    open: int = 0,  # noqa: A002 - the field's name in every answer
    coverage: float | None = None,
    notes: tuple[Sentence, ...] = (),
) -> Basis:
    """The Basis of figures of `metric` over [start, end), as known at the asker's now."""
    return Basis(
        metric.id,
        metric.version,
        start,
        end,
        n,
        open,
        ask.now,
        source_ages(session, ask, metric.needs),
        coverage=coverage,
        notes=notes,
    )


def with_stale_first(answer: Answer, zone: ZoneInfo, topics: tuple[Topic, ...]) -> Answer:
    """The answer with its stale sources said first: old data never looks healthy."""
    stale = {age.name: age for one in answer.basis for age in one.sources if age.stale}
    if not stale:
        return answer
    said = " ".join(_stale_words(age) for age in stale.values())
    as_of = _last_good(answer, zone)
    text = f"⚠ **{said}** {as_of}{answer.summary.text}"
    return replace(answer, summary=Sentence(text, answer.summary.topics or topics))


def stale_words(session: Session, ask: Ask) -> str:
    """Which sources have not been read for too long, in words; "" where all are fresh."""
    ages = source_ages(session, ask, sorted(FACTS))
    return " ".join(_stale_words(age) for age in ages if age.stale)


def ago(age: timedelta) -> str:
    """An age as one says it: "4 min", "7 hours", "3 days"."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} hours"
    return f"{minutes // (24 * 60)} days"


def source_label(name: str) -> str:
    """`odoo:erp` as one reads it: Odoo (erp)."""
    kind, _, key = name.partition(":")
    label = {"csv": "CSV", "hubspot": "HubSpot"}.get(kind, kind.capitalize())
    return f"{label} ({key})" if key else label


def _age(ask: Ask, source: str, at: datetime | None) -> SourceAge:
    if at is None:
        return SourceAge(source, None, True)
    age = max(timedelta(0), ask.now - at)  # a replay of the past has data from its future
    return SourceAge(source, age, age > ask.stale_after.get(source, STALE_AFTER))


def _stale_words(age: SourceAge) -> str:
    if age.age is None:
        return f"{source_label(age.name)} has not been read yet."
    return f"{source_label(age.name)} has not been read for {ago(age.age)}."


def _last_good(answer: Answer, zone: ZoneInfo) -> str:
    ages = [age.age for one in answer.basis for age in one.sources if age.stale and age.age]
    if not ages:
        return ""
    at = (answer.basis[0].as_of - max(ages)).astimezone(zone)
    return f"As of {at:%-d %b %H:%M}: "
