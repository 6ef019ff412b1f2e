"""Dialogues: a table of lines and what each answer must say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from commands import Ask, Grant, Notice, answer, load

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def grant(*topics):
    """What an audience may see in full: these topics and no other."""
    return Grant(dict.fromkeys(topics, "full"))


def say(
    world, line, *, now=NOW, sees=None, stale_after=None, rows=False, currency="", who="U1",
    carry_rate=None,
):  # fmt: skip
    """The answer to a line, asked in Berlin by someone who may see `sees` (null: everything)."""
    ask = Ask(
        line, now, BERLIN, sees or Grant.everything(), who=who, stale_after=stale_after or {},
        wants_evidence=rows, currency=currency, carry_rate=carry_rate,
    )  # fmt: skip
    with world.reader() as session:
        return answer(session, ask, load())


def words_of(said):
    """All that a person reads of an answer or notice, figures included, as one text."""
    if isinstance(said, Notice):
        parts = [said.title, said.text]
        parts += [f"[{up.label}]" for up in said.choices]
        return "\n".join(parts)
    parts = [said.title, *(one.text for one in (said.summary, *said.detail, *said.notes))]
    parts += [note.text for one in said.basis for note in one.notes]
    parts += [f"{one.name} {one.value} {one.unit}" for one in said.readings]
    if said.table:
        parts.append(" | ".join(column.name for column in said.table.columns))
        parts += [" | ".join(map(str, row)) for row in said.table.rows]
    parts += [f"[{up.label}]" for up in said.follow_ups]
    return "\n".join(parts)


def verify(world, dialogue, **how):
    """Asks each line; its answer must be of the kind and contain every part.

    A row is (line, kind, part, ...); kind: answer, notice or error.
    """
    for line, kind, *parts in dialogue:
        said = say(world, line, **how)
        found = "answer" if not isinstance(said, Notice) else "error" if said.error else "notice"
        text = words_of(said)
        assert found == kind, f"{line!r} gave {found}: {text}"
        for part in parts:
            assert part in text, f"{line!r} does not say {part!r}: {text}"


def synced(world, at=NOW - timedelta(minutes=5)):
    """Both sources of the world read at an instant."""
    world.synced(world.erp, "sales", "salesorder,salesline,shipment,invoice", at, rows=10)
    world.synced(world.erp, "purchases", "purchaseorder,purchaseline,receipt", at, rows=10)
    world.synced(world.crm, "tickets", "ticket,contract,account,surveyresponse", at, rows=10)
