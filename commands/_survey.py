"""How an answer about a survey is made, be it NPS, CSAT or CES: its figure, by whom, and since."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands._basis import basis
from commands._book import Book, open_book
from commands._churn_words import local_days
from commands._contract import (
    Answer,
    Ask,
    Column,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._customer_rows import voices_behind
from commands._grammar import Query, read
from storage.entities import entity
from storage.known.voices import Voice, voices
from storage.metrics import Metric
from storage.metrics._surveys import latest

FEW = 5


@dataclass(frozen=True)
class Figure:
    """What a survey says: of n answers, with its interval and the counts to read it by."""

    n: int
    left_out: int
    value: float | None
    low: float | None
    high: float | None
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Survey:
    """A kind of survey: how it is measured and said. `is_change(now, before)`: beyond chance;
    `bad`: those of some answers that count and are not content."""

    command: str
    kind: str
    metric: Metric
    measure: Callable[[Sequence[Voice]], Figure]
    said: Callable[[float], str]
    is_change: Callable[[Sequence[Voice], Sequence[Voice]], bool]
    bad: Callable[[Sequence[Voice]], Sequence[Voice]]


def survey_answer(
    session: Session, ask: Ask, words: Sequence[str], survey: Survey
) -> Answer | Notice:
    """The answer of any of the three commands."""
    query = read(
        session, ask, words, command=survey.command, kinds=("customer", "account"),
        by=survey.metric.dimensions, days=365,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    book = open_book(session, ask, query)
    wanted = book.asked(query)
    every = [
        one
        for one in voices(session, ask.now, book.who, survey.kind)
        if not wanted or one.company in wanted
    ]
    window = local_days(query.window.start, query.window.end, ask.zone)
    counted = latest(every, *window)
    found = survey.measure(counted)
    if found.n == 0:
        return _nothing(survey, query, len(counted))
    before = latest(every, *local_days(query.prior.start, query.prior.end, ask.zone))
    split = _split(survey, book, query, every, window) if query.by else None
    return Answer(
        title=f"{survey.metric.title} {query.label}".strip(),
        summary=Sentence(_summary(survey, query, found), ("customers",)),
        detail=(Sentence(_compared(survey, query, counted, before), ("customers",)),),
        readings=_readings(survey, found, survey.measure(before)),
        table=split or _bad(survey, book, counted),
        is_list=split is None,
        basis=(
            basis(session, ask, survey.metric, query.window.start, query.window.end, n=found.n),
        ),
        evidence=voices_behind(ask, book, every, counted, window),
        notes=_notes(found),
        follow_ups=_follow_ups(survey, book, query),
    )  # fmt: skip


def _summary(survey: Survey, query: Query, found: Figure) -> str:
    assert found.value is not None
    title = survey.metric.title
    told = (f"{count} {name if count != 1 else name.removesuffix('s')}"
            for name, count in found.counts)  # fmt: skip
    parts = ", ".join(told)
    counted = f"{found.n} answer{'' if found.n == 1 else 's'} {query.when}"
    counted += f" ({parts})" if parts else ""
    if found.low is None or found.high is None:
        return f"**{title} {survey.said(found.value)}**, but of a single answer: {counted}."
    span = f"{survey.said(found.low)} to {survey.said(found.high)}"
    if found.n < FEW:
        return f"**Too few answers for {title}**: anything from {span}, of {counted}."
    return f"**{title} {survey.said(found.value)}** ({span}), of {counted}."


def _compared(
    survey: Survey, query: Query, counted: Sequence[Voice], before: Sequence[Voice]
) -> str:
    now, then, label = survey.measure(counted), survey.measure(before), query.prior.label
    if then.value is None or then.n < FEW:
        return f"Too few answers {label} to compare with ({then.n})."
    if now.n < FEW:
        return f"Too few answers now to compare with the {then.n} {label}."
    if not survey.is_change(counted, before):
        return f"● No change beyond chance: {survey.said(then.value)} {label} (of {then.n})."
    assert now.value is not None
    word = "▲ better" if now.value > then.value else "▼ worse"
    return f"{word} than {label}: {survey.said(then.value)} then (of {then.n})."


def _readings(survey: Survey, found: Figure, before: Figure) -> tuple[Reading, ...]:
    metric = survey.metric
    return (
        Reading(metric.id, found.value, metric.unit, "customers", metric.id,
                low=found.low, high=found.high),
        Reading("answers", found.n, "", "customers", metric.id),
        *(Reading(name, count, "", "customers", metric.id) for name, count in found.counts),
        Reading("left out", found.left_out, "", "customers", metric.id),
        Reading(f"{metric.id} before", before.value, metric.unit, "customers", metric.id,
                low=before.low, high=before.high),
        Reading("answers before", before.n, "", "customers", metric.id),
    )  # fmt: skip


def _bad(survey: Survey, book: Book, counted: Sequence[Voice]) -> Table | None:
    """Who is not content, the latest first; what they wrote is theirs, and so personal."""
    bad = survey.bad(counted)[::-1]
    if not bad:
        return None
    columns = (
        Column("Customer", "customers"),
        Column("Score", "customers", "", survey.metric.id),
        Column("On", "customers"),
        Column("Owner", "customers"),
        Column("Comment", "personal"),
    )
    rows: list[tuple[Value, ...]] = [
        (book.name(one.company), one.score, one.on.isoformat(),
         book.dimension(one.company, "owner"), one.comment or "–")
        for one in bad
    ]  # fmt: skip
    keys = tuple(entity("customer", one.company) for one in bad)
    return Table(columns, tuple(rows), total=len(rows), keys=keys, is_fleeting=True)


def _split(
    survey: Survey, book: Book, query: Query, every: Sequence[Voice], window: tuple[date, date]
) -> Table:
    assert query.by is not None
    groups = _by_month(every, window) if query.by == "month" else _by(book, query.by, every, window)
    rows: list[tuple[Value, ...]] = []
    for name, some in groups.items():
        found = survey.measure(some)
        rows.append((name, found.value, found.low, found.high, found.n))
    if query.by != "month":
        rows.sort(key=lambda row: (-int(row[4] or 0), str(row[0])))
    unit = survey.metric.unit
    columns = (
        Column(query.by.capitalize(), "customers"),
        *(Column(name, "customers", unit, survey.metric.id)
          for name in (survey.metric.title, "From", "To")),
        Column("Answers", "customers", "", survey.metric.id),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=len(rows))


def _by(
    book: Book, dimension: str, every: Sequence[Voice], window: tuple[date, date]
) -> dict[str, list[Voice]]:
    groups: dict[str, list[Voice]] = {}
    for one in latest(every, *window):
        groups.setdefault(book.dimension(one.company, dimension), []).append(one)
    return groups


def _by_month(every: Sequence[Voice], window: tuple[date, date]) -> dict[str, list[Voice]]:
    """Each month by its own last answers, the newest month first."""
    months: dict[date, list[Voice]] = {}
    for one in every:
        if window[0] <= one.on < window[1]:
            months.setdefault(one.on.replace(day=1), []).append(one)
    return {f"{day:%b %Y}": latest(some, *window) for day, some in sorted(months.items())[::-1]}


def _notes(found: Figure) -> tuple[Sentence, ...]:
    notes = ["How many were asked is not known, so there is no response rate."]
    if found.left_out:
        notes.append(f"{found.left_out} answers left out: another scale, or one nobody told.")
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _follow_ups(survey: Survey, book: Book, query: Query) -> tuple[FollowUp, ...]:
    ups = []
    if query.by != "segment" and any(one.segment for one in book.profiles.values()):
        ups.append(FollowUp("By segment", f"{survey.command} by segment"))
    if query.by != "month":
        ups.append(FollowUp("By month", f"{survey.command} by month"))
    return (*ups, FollowUp("What do they say?", "feedback"))


def _nothing(survey: Survey, query: Query, left_out: int) -> Notice:
    title = survey.metric.title
    why = f" {left_out} answers are on a scale that is not known." if left_out else ""
    return Notice(
        f"No {title} answers {query.when}",
        f"{title} needs answers to a survey of that kind, from the CRM or a file.{why}",
        (FollowUp("Last 3 years", f"{survey.command} last 3 years"),
         FollowUp("Data status", "status")),
    )  # fmt: skip
