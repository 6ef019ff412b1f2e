"""`status refused`: the rows that were held back, each with its reason, for operators."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from commands._basis import source_label
from commands._contract import (
    Answer,
    Ask,
    Basis,
    Column,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Topic,
    Value,
)
from storage.metrics.freshness import METRIC, Freshness
from storage.models import Quarantine

WORD = "refused"
MOST_ROWS = 500


def show(streams: Sequence[Freshness], ask: Ask, source: str = "") -> tuple[FollowUp, ...]:
    """The button that shows the rows, where there are any and the asker may read them."""
    count = sum(one.refused for one in streams)
    if not count or not ask.grant.is_operator:
        return ()
    return (FollowUp(f"Show {_rows(count)}", f"status {WORD} {source}".strip()),)


def refused(
    session: Session, ask: Ask, streams: Sequence[Freshness], topics: Sequence[Topic]
) -> Answer | Notice:
    """The refused rows of these streams, the latest first."""
    if not ask.grant.is_operator:
        return Notice(
            "What was refused is for operators",
            "A reason quotes what stands in your systems. Who may read it is set under"
            " `[access.operators]` in leadline.toml.",
            (FollowUp("Status", "status"),),
        )
    count, first, found = _held(session, streams)
    if first is None:
        return Notice(
            "No row is held back", "All that was read could be believed.",
            (FollowUp("Status", "status"),),
        )  # fmt: skip
    return Answer(
        title="Refused rows",
        summary=Sentence(_summary(count, streams), tuple(topics)),
        readings=(Reading("refused rows", count, "", topics[-1], METRIC.id),),
        table=_table(ask, found, count, topics),
        basis=(Basis(METRIC.id, METRIC.version, first, ask.now, count, 0, ask.now, ()),),
        notes=(
            Sentence(
                "Mend a row where it comes from, or its mapping in leadline.toml: it leaves this"
                " list when it is read again and can be believed, or is gone.", tuple(topics),
            ),
        ),
        follow_ups=(FollowUp("Status", "status"),),
    )  # fmt: skip


def _held(
    session: Session, streams: Sequence[Freshness]
) -> tuple[int, datetime | None, list[Quarantine]]:
    """How many rows are held back and since when the first of them is, and the latest."""
    names = [(one.source, one.stream) for one in streams if one.refused]
    if not names:
        return 0, None, []
    which = or_(*(
        (col(Quarantine.source) == source) & (col(Quarantine.stream) == stream)
        for source, stream in names
    ))  # fmt: skip
    query = select(func.count(), func.min(Quarantine.first_seen_at)).select_from(Quarantine)
    count, first = session.exec(query.where(which)).one()
    newest = select(Quarantine).where(which).order_by(
        col(Quarantine.last_seen_at).desc(), col(Quarantine.id)
    )  # fmt: skip
    return count, first, list(session.exec(newest.limit(MOST_ROWS)))


def _summary(count: int, streams: Sequence[Freshness]) -> str:
    held = [one for one in streams if one.refused]
    worst = max(held, key=lambda one: one.refused)
    name = f"{source_label(worst.source)} {worst.stream}"
    verb = "is" if count == 1 else "are"
    text = f"**{_rows(count)} {verb} held back**"
    return f"{text}{',' if len(held) == 1 else f'; {worst.refused:,} of them'} of {name}."


def _table(ask: Ask, found: Sequence[Quarantine], count: int, topics: Sequence[Topic]) -> Table:
    def day(at: datetime) -> str:
        return f"{at.astimezone(ask.zone):%-d %b %Y %H:%M}"

    rows: list[tuple[Value, ...]] = [
        (
            row.source_id, f"{source_label(row.source)} {row.stream}", row.error,
            day(row.first_seen_at), day(row.last_seen_at), row.count,
        )
        for row in found
    ]  # fmt: skip
    # who may see one topic only gets no table that speaks of both
    columns = (
        Column("Row", topics[0]), Column("Stream", topics[-1]), Column("Reason", topics[-1]),
        Column("First seen", topics[-1]), Column("Last seen", topics[-1]),
        Column("Times", topics[-1], "", METRIC.id),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=count)


def _rows(count: int) -> str:
    return f"{count:,} refused row{'' if count == 1 else 's'}"
