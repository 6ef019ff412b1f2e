"""How a digest looks: a sentence and a button for each of its lines, the rest in its thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.blocks import ASK, BUTTON, action_id
from bot.channel import MAX_BLOCKS, Desk, Said, summaries, topics
from bot.claims import Kind
from bot.digests.plan import Digest
from bot.mrkdwn import TEXT, coded, cut, filled, plain, section, text_object
from bot.outbox import Block, Message
from bot.schedule import Due, upcoming
from commands import Answer, Grant, Notice, Topic

LATE = timedelta(minutes=5)
HEADER = 150
LABEL = 40
BUTTONS_A_ROW = 25
MOST_ROWS = 5


@dataclass(frozen=True)
class Saying:
    """One period of a digest for one audience: `said` are the answers to its lines, in order.

    `also` is a sentence that must be said of all of it. `spread`: by how much it was put off
    because many are due at that time. `when` stands in place of when it was due and comes next;
    `about` are topics that it speaks of beside those of the answers.
    """

    digest: Digest
    due: Due
    now: datetime
    said: Sequence[Said]
    also: str = ""
    spread: timedelta = timedelta(0)
    when: str = ""
    about: tuple[Topic, ...] = ()


def asked(desk: Desk, digest: Digest, now: datetime, grant: Grant) -> list[Said]:
    """The answers to a digest's lines, as they are now for whoever `grant` is for."""
    zone = ZoneInfo(digest.zone)
    return [desk.ask(line, digest.channel, now, zone, grant) for line in digest.ask]


def messages(
    desk: Desk, saying: Saying, key: str, channel: str, parent: str | None = None
) -> list[Message]:
    """The message under `key`, then a reply in its thread for each answer.

    With a `parent`, the key of the first message of a series, all of them go into its thread.
    """
    digest, said = saying.digest, saying.said
    text = desk.text(Notice(digest.title or digest.id, summaries(said)))
    kind: Kind = "reply" if parent else "post"
    spoken = tuple(sorted({*topics(*said), *saying.about}))
    first = Message(key, channel, text, head(saying), spoken, kind, parent)
    return [
        first,
        *(
            Message(
                f"{key}:{number}", channel, desk.text(one), desk.blocks(one)[:MAX_BLOCKS],
                topics(one), "reply", parent or key,
            )
            for number, one in enumerate(said, 1)
            if isinstance(one, Answer)
        ),
    ]  # fmt: skip


def head(saying: Saying) -> list[Block]:
    """The blocks of the message itself."""
    digest = saying.digest
    title = cut(digest.title or digest.id, HEADER)
    made: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        {"type": "context", "elements": [text_object(plain(saying.when or _when(saying)))]},
    ]
    also = [coded(saying.also)] if saying.also else []
    made += map(section, filled([*also, *(sentence(one) for one in saying.said)]))
    return [*made, *_buttons(saying.said)][:MAX_BLOCKS]


def sentence(said: Said) -> str:
    """An answer in a line of mrkdwn: what it is of, in bold, and its one sentence."""
    if isinstance(said, Notice):
        text = coded(said.text.partition("\n")[0])
    else:
        # the title stands before it already
        text = said.summary.text.replace("**", "")
        if text.startswith(opening := f"{said.title}: "):
            text = text.removeprefix(opening)
            text = text[:1].upper() + text[1:]
        text = plain(text)
    return cut(f"*{plain(said.title)}*  {text}", TEXT)


def city(zone: str) -> str:
    """How one says a zone: "Berlin" of Europe/Berlin."""
    return zone.rpartition("/")[2].replace("_", " ")


def _when(saying: Saying) -> str:
    """When it was due, by the clocks of its zone, and when the next one is."""
    digest, due, now = saying.digest, saying.due, saying.now
    zone = ZoneInfo(digest.zone)
    at = due.at.astimezone(zone)
    text = f"{at:%A %-d %B, %H:%M} {city(digest.zone)}"
    text += f" ({at:%Z})" if f"{at:%Z}" != digest.zone else ""
    if now - due.at > LATE + saying.spread:
        text += f", sent late, with figures of {_moment(now.astimezone(zone), at)}"
    elif saying.spread:
        text += f", with figures of {_moment(now.astimezone(zone), at)}"
    return f"{text} · {_next(digest, due.at, at)}"


def _moment(now: datetime, at: datetime) -> str:
    return f"{now:%H:%M}" if now.date() == at.date() else f"{now:%A %H:%M}"


def _next(digest: Digest, after: datetime, at: datetime) -> str:
    coming = next(islice(upcoming(digest.cron, digest.zone, after), 1), None)
    if coming is None:
        return "the last one"
    local = coming.at.astimezone(ZoneInfo(digest.zone))
    if local.date() == at.date():
        return f"next at {local:%H:%M}"
    return f"next on {local:%A %-d %B}"


def _buttons(said: Sequence[Said]) -> list[Block]:
    """A button for each answer that asks its line anew."""
    made = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": cut(one.title or one.line, min(LABEL, BUTTON))},
            "action_id": action_id(ASK, at, one.line),
            "value": one.line,
        }
        for at, one in enumerate(said)
        if isinstance(one, Answer) and one.line
    ]
    rows = [made[at : at + BUTTONS_A_ROW] for at in range(0, len(made), BUTTONS_A_ROW)]
    return [{"type": "actions", "elements": row} for row in rows[:MOST_ROWS]]
