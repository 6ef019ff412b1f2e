"""Is the data fresh? Every stream's last success, and what went wrong since."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlmodel import Session

from commands import (
    TOPICS,
    Answer,
    Ask,
    Basis,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Topic,
    Value,
)
from commands._basis import STALE_AFTER, ago, source_label
from commands._grammar import nearest, shorten
from commands._status_forecasts import with_forecasts
from commands._status_refused import WORD, refused, show
from commands._status_why import why
from storage.delivery import delivery
from storage.metrics.freshness import METRIC, Freshness, freshness

CUSTOMERS = frozenset({
    "account", "activity", "contact", "contract", "invoice", "opportunity", "salesline",
    "salesorder", "shipment", "surveyresponse", "ticket", "usageday",
})  # fmt: skip


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    """The streams that the asker has a topic of, those in trouble first."""
    streams = [
        one
        for one in freshness(session, ask.now, ask.stale_after, STALE_AFTER)
        if any(map(ask.grant.allows, _topics(one)))
    ]
    unread = sorted(set(ask.stale_after) - {one.source for one in streams})
    if words and words[0].casefold() == WORD:
        return _refused(session, ask, streams, unread, " ".join(words[1:]))
    if words:
        return _of_source(ask, streams, unread, " ".join(words))
    said = _answer(ask, streams, unread)
    if isinstance(said, Notice):
        return said
    return with_forecasts(_with_delivery(said, session, ask), session, ask)


def _refused(
    session: Session, ask: Ask, streams: Sequence[Freshness], unread: Sequence[str], phrase: str
) -> Answer | Notice:
    """The rows that were refused, of all sources or of the one that is named."""
    found = _named(phrase, {one.source for one in streams} | set(unread))
    if phrase and not found:
        return _unknown(phrase, {one.source for one in streams} | set(unread), f"status {WORD}")
    mine = [one for one in streams if not phrase or one.source in found]
    return refused(session, ask, mine, _concerned(mine, ask))


def _of_source(
    ask: Ask, streams: Sequence[Freshness], unread: Sequence[str], phrase: str
) -> Answer | Notice:
    known = {one.source for one in streams} | set(unread)
    found = _named(phrase, known)
    if not found:
        return _unknown(phrase, known, "status")
    mine = [one for one in streams if one.source in found]
    return _answer(ask, mine, sorted(found & set(unread)), phrase)


def _named(phrase: str, known: Collection[str]) -> set[str]:
    """The sources of a key, a kind or a name."""
    wanted = phrase.casefold()
    return {name for name in known if wanted in (name.casefold(), *name.casefold().split(":"))}


def _unknown(phrase: str, known: Collection[str], line: str) -> Notice:
    near = nearest(phrase, known) or sorted(known)[:5]
    choices = tuple(FollowUp(source_label(name), f"{line} {name}") for name in near)
    text = "Do you mean one of these?" if near else "Nothing was read yet. Try `help`."
    return Notice(f"I know no source “{shorten(phrase)}”", text, choices, error=True)


def _answer(
    ask: Ask, streams: Sequence[Freshness], unread: Sequence[str], phrase: str = ""
) -> Answer | Notice:
    if not streams and not unread:
        return Notice(
            "Nothing has been read yet",
            "No source has been pulled so far. `python -m bot sync` pulls all that are configured.",
            (FollowUp("Help", "help"),),
        )
    topics = _concerned(streams, ask)
    ranked = sorted(streams, key=lambda one: (one.is_healthy, not one.is_stale))
    stale = sum(1 for one in streams if one.is_stale)
    ends = [one.last_success_at for one in streams if one.last_success_at]
    return Answer(
        title="Data status",
        summary=Sentence(_summary(streams, unread), topics),
        readings=_readings(streams, unread, topics[-1]),
        table=_table(ask, ranked, unread, topics),
        basis=(
            Basis(
                METRIC.id, METRIC.version, min([*ends, ask.now]), ask.now, len(streams), stale,
                ask.now, (),
            ),
        ),
        notes=tuple(
            Sentence(f"{source_label(name)} is configured and has never been read.", topics)
            for name in unread
        ),
        follow_ups=(
            *show(streams, ask, phrase), FollowUp("How is this computed?", f"define {METRIC.id}"),
        ),
    )  # fmt: skip


def _with_delivery(said: Answer, session: Session, ask: Ask) -> Answer:
    """The answer, and what is wrong with the posting of messages if anything is."""
    found = delivery(session, ask.now)
    if found.is_well:
        return said
    parts = [
        (found.waiting, "waiting to be posted"),
        (found.failed, "not posted in the last day"),
        (found.unknown, "of which nobody can tell whether they arrived"),
    ]
    text = "Messages: " + ", ".join(f"{count} {what}" for count, what in parts if count)
    # a reason names channels, and what they may not see
    if found.why and ask.grant.is_operator:
        text += f"; the newest reason is “{found.why}”"
    return replace(said, notes=(*said.notes, Sentence(f"{text}.", said.summary.topics)))


def _summary(streams: Sequence[Freshness], unread: Sequence[str]) -> str:
    never = {one.source for one in streams if one.age is None} | set(unread)
    stale = sum(1 for one in streams if one.is_stale)
    failing = sum(1 for one in streams if one.error)
    refused = sum(one.refused for one in streams)
    parts = []
    if stale:
        parts.append(f"{stale} of {len(streams)} streams {'are' if stale > 1 else 'is'} stale")
    if failing:
        parts.append(f"the last pull of {failing} failed")
    if never:
        parts.append(f"never read: {', '.join(source_label(name) for name in sorted(never))}")
    if refused:
        parts.append(f"{refused} row{'s' if refused > 1 else ''} refused")
    if stale or failing or never:
        return f"▲ **{parts[0][0].upper()}{parts[0][1:]}**" + "".join(f"; {p}" for p in parts[1:])
    oldest = max(one.age for one in streams if one.age is not None)
    text = f"**All {len(streams)} streams are fresh**; the oldest was read {ago(oldest)} ago"
    return "; ".join([text, *parts]) + "."


def _readings(
    streams: Sequence[Freshness], unread: Sequence[str], topic: Topic
) -> tuple[Reading, ...]:
    ages = [one.age for one in streams]
    oldest = None if None in ages or unread else max(age for age in ages if age is not None)
    figures: list[tuple[str, float | None, str]] = [
        ("streams", len(streams), ""),
        ("stale", sum(1 for one in streams if one.is_stale), ""),
        ("failing", sum(1 for one in streams if one.error), ""),
        ("refused rows", sum(one.refused for one in streams), ""),
        ("oldest", None if oldest is None else oldest.total_seconds() / 86400, "d"),
    ]
    return tuple(Reading(name, value, unit, topic, METRIC.id) for name, value, unit in figures)


def _table(
    ask: Ask, streams: Sequence[Freshness], unread: Sequence[str], topics: Sequence[Topic]
) -> Table:
    rows: list[tuple[Value, ...]] = [
        (source_label(name), None, "▲ never read", None, None, None) for name in unread
    ]
    rows += [
        (
            f"{source_label(one.source)} {one.stream}".strip(),
            f"{ago(one.age)} ago" if one.age is not None else None,
            _state(one), one.written, one.refused, _error(one, ask),
        )
        for one in streams
    ]  # fmt: skip
    troubled = len(unread) + sum(1 for one in streams if not one.is_healthy)
    columns = [
        # who may see one topic only gets no table that speaks of both
        Column("Stream", topics[0]),
        Column("Read", topics[-1]),
        Column("State", topics[-1]),
        Column("Written", topics[-1], "", METRIC.id),
        Column("Refused", topics[-1], "", METRIC.id),
        Column("Last error" if ask.grant.is_operator else "Why", topics[-1]),
    ]
    if not any(one.error for one in streams):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table(tuple(columns), tuple(rows), frozenset(range(troubled)), len(rows))


def _error(one: Freshness, ask: Ask) -> str | None:
    """What the source said, which may quote an address of it; for others what that comes to."""
    if one.error is None or ask.grant.is_operator:
        return one.error
    return why(one.error)


def _state(one: Freshness) -> str:
    if one.age is None:
        return "▲ never read"
    failed = f"failed {one.failures} times" if one.failures > 1 else "failed"
    if one.is_stale:
        return f"▲ stale, {failed}" if one.error else "▲ stale"
    return f"● {failed}" if one.error else "fresh"


def _topics(one: Freshness) -> set[Topic]:
    """The topics that a stream feeds; one that names no tables yet feeds all."""
    if not one.tables or "party" in one.tables:
        return {"supply", "customers"}
    return {"customers" if table in CUSTOMERS else "supply" for table in one.tables}


def _concerned(streams: Sequence[Freshness], ask: Ask) -> tuple[Topic, ...]:
    """The asker's topics that these streams speak of, at least one."""
    allowed = [topic for topic in TOPICS if ask.grant.allows(topic)]
    found = {topic for one in streams for topic in _topics(one)}
    return tuple(topic for topic in allowed if topic in found) or tuple(allowed[:1]) or ("supply",)


COMMAND = Command(
    name="status",
    summary="How fresh the data of every source is, and what went wrong.",
    usage="status [refused] [source]",
    examples=("status", "status refused"),
    topics=("supply", "customers"),
    answer=answer,
    synonyms=("freshness", "data status", "sync status", "health"),
    asks=(
        "is the data fresh",
        "how old is the data",
        "when was the last sync",
        "are all sources synced",
        "did the sync fail",
        "data freshness",
    ),
)
