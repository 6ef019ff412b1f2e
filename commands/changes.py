"""What is so now that was not: new late orders, moved promises, slower suppliers, tickets."""

import calendar
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from commands import (
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
from commands._basis import basis
from commands._changes_seen import TOPIC_OF_KIND, Changes, Kind, changes
from commands._grammar import read
from commands._supplier_words import joined
from storage.metrics import Metric, backorders, churn, promise_slip, slowdown, tickets

WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
SUPPLY, CUSTOMERS = "supply", "customers"
METRIC_OF: dict[Kind, Metric] = {
    "late": backorders.METRIC, "promise": promise_slip.METRIC, "slower": slowdown.METRIC,
    "quiet": churn.METRIC, "opened": tickets.METRIC, "solved": tickets.METRIC,
}  # fmt: skip
NAMES: dict[Kind, str] = {
    "late": "Became late", "promise": "Promise moved", "slower": "Slower", "quiet": "Went quiet",
    "opened": "Ticket opened", "solved": "Ticket solved",
}  # fmt: skip
READINGS: dict[Kind, str] = {
    "late": "orders that became late", "promise": "promises moved", "slower": "suppliers slower",
    "quiet": "customers gone quiet", "opened": "tickets opened", "solved": "tickets solved",
}  # fmt: skip
NONE: dict[Kind, str] = {
    "late": "no order became late", "promise": "no promise moved",
    "slower": "no supplier slowed down", "quiet": "no customer went quiet",
    "opened": "no ticket was opened", "solved": "none was solved",
}  # fmt: skip


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    begun, rest = _begun(ask, words)
    query = read(session, ask, rest, command=COMMAND.name, kinds=(), by=(), days=1)
    if isinstance(query, Notice):
        return query
    then = begun or (query.window.start if query.is_named else _days_ago(ask, 1))
    until = query.window.end if query.is_named and not begun else ask.now
    found = changes(session, ask, then, until)
    if not any(one.n for one in found.watched.values()):
        return _nothing()
    topics = _topics(found)
    when = query.when if query.is_named and not begun else _since(ask, then)
    return Answer(
        title="What changed",
        summary=Sentence(_summary(found, when), topics),
        readings=_readings(found),
        table=_table(found, topics) if found.found else None,
        basis=_basis(session, ask, found),
        notes=tuple(Sentence(text, (topic,)) for text, topic in _notes(found)),
        follow_ups=_follow_ups(found),
    )


def _begun(ask: Ask, words: Sequence[str]) -> tuple[datetime | None, list[str]]:
    """The instant meant by "since yesterday" or "since friday": that day at this time of day."""
    plain = [word.lower() for word in words]
    for at, word in enumerate(plain[:-1]):
        day = plain[at + 1]
        if word != "since" or day not in ("yesterday", *WEEKDAYS):
            continue
        back = 1 if day == "yesterday" else (ask.today.weekday() - WEEKDAYS.index(day)) % 7 or 7
        return _days_ago(ask, back), [*words[:at], *words[at + 2 :]]
    return None, list(words)


def _days_ago(ask: Ask, days: int) -> datetime:
    """The same time of day, by the asker's clock, some days ago."""
    local = ask.now.astimezone(ask.zone)
    return (local - timedelta(days=days)).astimezone(ask.now.tzinfo)


def _topics(found: Changes) -> tuple[Topic, ...]:
    """What the kinds that were looked at are about; no other is spoken of."""
    return tuple(dict.fromkeys(TOPIC_OF_KIND[kind] for kind in found.watched))


def _since(ask: Ask, then: datetime) -> str:
    return f"since {then.astimezone(ask.zone):%a %-d %b %H:%M}"


def _summary(found: Changes, when: str) -> str:
    said = [text for kind in found.watched if (text := _said(found, kind))]
    if said:
        return f"**{', '.join(said)}** {when}."
    told = [_none(found, kind) for kind in found.watched if _is_told(found, kind)]
    blind = [READINGS[kind] for kind in found.watched if _is_blind(found, kind)]
    rest = f"; {joined(blind)} can't be told" if blind else ""
    return f"**Nothing changed** {when}: {', '.join(told)}{rest}."


def _none(found: Changes, kind: Kind) -> str:
    """That nothing of a kind changed; of suppliers only of those that could be tested."""
    untold = found.watched[kind].untold
    few = f" ({untold} with too few orders to tell)" if kind == "slower" and untold else ""
    return f"{NONE[kind]}{few}"


def _is_blind(found: Changes, kind: Kind) -> bool:
    """Whether there are some of a kind and of none it can be told."""
    return found.watched[kind].n > 0 and not _is_told(found, kind)


def _is_told(found: Changes, kind: Kind) -> bool:
    """Whether at least one of a kind could have changed."""
    seen = found.watched[kind]
    return seen.n > seen.untold


def _said(found: Changes, kind: Kind) -> str:
    some = found.of(kind)
    count = len(some)
    if not count:
        return ""
    match kind:
        case "late":
            return f"{_count(count, 'order')} became late"
        case "promise":
            return f"{_count(count, 'promise')} moved{_later(found)}"
        case "slower":
            return f"{joined([one.who for one in some])} slowed down"
        case "quiet":
            return f"{_count(count, 'customer')} went quiet"
        case "opened":
            return f"{_count(count, 'ticket')} opened"
    return f"{_count(count, 'ticket')} solved"


def _later(found: Changes) -> str:
    """How many of the promises moved to a later day: " (2 later)"."""
    some = found.of("promise")
    later = sum(1 for one in some if one.days and one.days > 0)
    if later == len(some):
        return " later"
    return f" ({later} later)" if later else ""


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _readings(found: Changes) -> tuple[Reading, ...]:
    return tuple(
        Reading(
            READINGS[kind], len(found.of(kind)) if _is_told(found, kind) else None, "",
            TOPIC_OF_KIND[kind], METRIC_OF[kind].id,
        )
        for kind in found.watched
    )  # fmt: skip


def _table(found: Changes, topics: Sequence[Topic]) -> Table:
    """A row for each change; its columns bear both topics where there are rows of both."""
    rows: list[tuple[Value, ...]] = [(NAMES[one.kind], one.who, one.what) for one in found.found]
    first, last = topics[0], topics[-1]
    columns = (Column("What", first), Column("Whose", last), Column("Which", first))
    return Table(columns, tuple(rows), total=len(rows))


def _basis(session: Session, ask: Ask, found: Changes) -> tuple[Basis, ...]:
    made = {}
    for kind, seen in found.watched.items():
        metric = METRIC_OF[kind]
        made[metric.id] = basis(
            session, ask, metric, found.then, found.until, n=seen.n - seen.untold
        )
    return tuple(made.values())


def _notes(found: Changes) -> list[tuple[str, Topic]]:
    """Of how many of each kind it can't be told."""
    untold = {kind: seen.untold for kind, seen in found.watched.items() if seen.untold}
    notes: list[tuple[str, Topic]] = []
    if count := untold.get("late"):
        lines = _count(count, "open line")
        notes.append((f"{lines} of customers without any day can't become late.", "customers"))
    if count := untold.get("promise"):
        was = "what it was" if count == 1 else "what they were"
        text = f"Of {_count(count, 'promise')} it is not known {was} before."
        notes.append((text, "supply"))
    if count := untold.get("slower"):
        of = found.watched["slower"].n
        notes.append((f"{count} of {of} suppliers have too few orders to tell.", "supply"))
    return notes


def _follow_ups(found: Changes) -> tuple[FollowUp, ...]:
    ups = []
    if found.of("late"):
        ups.append(FollowUp("Who is exposed?", "exposed"))
    if slower := found.of("slower"):
        who = slower[0].who
        ups.append(FollowUp(f"Who waits for {who}?", f"impact {who}", ("supply",)))
    if found.of("quiet"):
        ups.append(FollowUp("Who may leave?", "churn"))
    return (*ups, FollowUp("Last 7 days", "changes last 7 days"))


def _nothing() -> Notice:
    return Notice(
        "Nothing is known that could change",
        "I know of no open order, no customer and no ticket. See what has been read so far.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="changes",
    summary="What changed: new late orders, moved promises, slower suppliers, quiet customers,"
    " tickets.",
    usage="changes [since yesterday | since friday | window]",
    examples=("changes", "changes since friday", "changes last 7 days"),
    topics=("supply", "customers"),
    answer=answer,
    synonyms=("what changed", "news", "whats new"),
    asks=(
        "what changed since yesterday",
        "what has changed",
        "what is new since yesterday",
        "anything new today",
        "which promises moved",
        "which orders became late",
        "what happened since friday",
    ),
)
