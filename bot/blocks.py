"""An Answer or a Notice as Block Kit, within Slack's limits.

Blocks are dicts, not classes of the SDK: it does not know the newest ones. Every text object is
verbatim and its text from `bot/mrkdwn.py`, so that no name can become a mention.
"""

from collections.abc import Sequence
from zlib import crc32
from zoneinfo import ZoneInfo

from bot.charts import chart_block
from bot.mrkdwn import TEXT, bold, coded, cut, filled, moment, plain, section, spoken, text_object
from bot.plans import Block
from bot.tables import table_block
from bot.text import basis_line, shown
from commands import Answer, FollowUp, Notice, Table
from commands._grammar import LONGEST_LINE

CONTEXT = 2_000
MOST_PARTS = 4
BUTTON = 75
BUTTON_VALUE = 2_000
MOST_QUESTIONS = 3
MOST_CHOICES = 5
DEFINE = "define "
ASK, SHARE, CSV, ROWS_CSV, WATCH = "ask", "share", "csv", "rows", "watch"


def blocks(
    said: Answer | Notice, zone: ZoneInfo, *, is_shared: bool = False, is_direct: bool = False
) -> list[Block]:
    """`said` as a message: the answer first, then a chart, a table, its basis and next questions.

    One that `is_shared` is for everybody in a channel, and is not offered to be shared again; one
    that `is_direct` stands where nobody else reads, and there is nobody to share it with.
    """
    if isinstance(said, Notice):
        parts = filled(_notice_text(said).split("\n")) or [""]
        return [*map(section, parts[:MOST_PARTS]), *_choices(said)]
    made = [section(_lead(said))]
    if said.chart and (chart := chart_block(said.chart)):
        made.append(chart)
    if said.table and said.table.rows:
        made.append(table_block(said.table, said.title or "Table"))
    made.append(_context(said, made[-1], zone))
    ups = _questions(said)
    if is_shared:
        shared = [(ASK, up) for up in [*ups, *_computed(said)]]
        return [*made, _actions(said.title, shared)] if shared else made
    if ups:
        made.append(_actions(said.title, [(ASK, up) for up in ups]))
    deeds = _deeds(said, is_direct)
    return [*made, _actions(said.title, deeds, len(ups))] if deeds else made


def fallback(said: Answer | Notice) -> str:
    """What a notification and a screen reader say: the answer in a sentence or two."""
    if isinstance(said, Notice):
        return cut(spoken(f"{said.title}. {said.text}".replace("`", "")), TEXT)
    sentences = [one.text for one in (said.summary, *said.detail)]
    if said.table and said.table.rows:
        sentences.append(_first_row(said.table))
    return cut(spoken(" ".join(sentences)), TEXT) or plain(said.title)


def _first_row(table: Table) -> str:
    """How a table begins, as one would read it out."""
    cells = [
        f"{column.name} {value if isinstance(value, str) else shown(value, column.unit)}"
        for column, value in zip(table.columns, table.rows[0], strict=True)
    ]
    count = table.total or len(table.rows)
    return f"First of {count} row{'s' if count > 1 else ''}: {', '.join(cells)}."


def _lead(answer: Answer) -> str:
    echo = [coded(f"I read that as `{answer.echo}`")] if answer.echo else []
    return "\n".join([*echo, *(bold(one.text) for one in (answer.summary, *answer.detail))])


def _notice_text(notice: Notice) -> str:
    return "\n".join(filter(None, [f"*{coded(notice.title)}*", coded(notice.text)]))


def _context(answer: Answer, above: Block, zone: ZoneInfo) -> Block:
    """What it rests on, small and grey, and as of when; then what else must be known."""
    as_of = answer.basis[0].as_of
    at = moment(as_of, f"{as_of.astimezone(zone):%-d %b %Y %H:%M %Z}")
    rests, *others = [plain(basis_line(one, zone)) for one in answer.basis]
    more = [*others, *(plain(one.text) for one in answer.notes), *_left_out(answer.table, above)]
    return {
        "type": "context",
        "elements": [text_object(cut("\n".join([f"{rests} · as of {at}", *more]), CONTEXT))],
    }


def _left_out(table: Table | None, drawn: Block) -> list[str]:
    if table is None or "rows" not in drawn:
        return []
    shown_rows, every = len(drawn["rows"]) - 1, table.total or len(table.rows)
    return [f"{shown_rows} of {every} rows shown"] if every > shown_rows else []


def _questions(answer: Answer) -> list[FollowUp]:
    """The next questions, without the one that every answer offers."""
    general = f"{DEFINE}{answer.basis[0].metric}"
    return [one for one in answer.follow_ups if one.line != general][:MOST_QUESTIONS]


def _computed(answer: Answer) -> list[FollowUp]:
    """How this very answer was computed; nothing where that is what the answer tells."""
    if answer.line.startswith(DEFINE):
        return []
    general = f"{DEFINE}{answer.basis[0].metric}"
    line = f"{general} of {answer.line}" if answer.line else general
    return [FollowUp("How is this computed?", line if len(line) <= LONGEST_LINE else general)]


def _deeds(answer: Answer, is_direct: bool) -> list[tuple[str, FollowUp]]:
    """What can be done with the answer; sharing is never the first thing to do."""
    made = [(ASK, up) for up in _computed(answer)]
    if not answer.line:
        return made
    if answer.table and answer.table.rows:
        made.append((CSV, FollowUp("CSV to me", answer.line)))
    elif answer.evidence and answer.evidence.rows:
        made.append((ROWS_CSV, FollowUp("CSV of these rows", answer.line)))
    if answer.readings and _computed(answer):
        made.append((WATCH, FollowUp("Alert me…", answer.line)))
    if not is_direct:
        made.append((SHARE, FollowUp("Share to channel…", answer.line)))
    return made


def _choices(notice: Notice) -> list[Block]:
    if not notice.choices:
        return []
    return [_actions(notice.title, [(ASK, up) for up in notice.choices[:MOST_CHOICES]])]


def _actions(of: str, buttons: Sequence[tuple[str, FollowUp]], first: int = 0) -> Block:
    """Buttons of the answer with the title `of`, the first of which is its number `first`."""
    return {
        "type": "actions",
        "elements": [
            _button(kind, up, at, of) for at, (kind, up) in enumerate(buttons, first)
        ],
    }  # fmt: skip


def _button(kind: str, up: FollowUp, at: int, of: str) -> Block:
    """A button that carries a command line; its id is its own within any message."""
    # several answers may share a message, so the id is made of the answer's title too
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": cut(up.label or "…", BUTTON)},
        "action_id": action_id(kind, at, f"{of}\0{up.line}"),
        "value": up.line[:BUTTON_VALUE],
    }


def action_id(kind: str, at: int | str, of: str) -> str:
    """The id of a button: what it does, which one it is, and a number made of the rest."""
    return f"{kind}:{at}:{crc32(of.encode())}"
