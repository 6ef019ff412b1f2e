"""A dry run as it stands in the dialog: in words, and a mark for each day of the past.

Slack shows its charts in messages only, so the days are drawn with letters.
"""

from collections.abc import Sequence
from datetime import date

from bot.alerts.replay import Day, Replay
from bot.alerts.replayed import words
from bot.mrkdwn import bold, cut, plain, section
from bot.plans import Block

WEEK, LINE = 7, 28
TEXT = 2_900
FIRED, FIRING, PENDING, FINE, BLIND = "▲", "█", "▒", "·", "?"
LEGEND = {
    FIRED: "begins to fire", FIRING: "fires", PENDING: "not yet for long enough", FINE: "fine",
    BLIND: "can't tell",
}  # fmt: skip
ON = ("firing", "recovering")
WAITS = "trial:waits"


def trial(found: Replay) -> list[Block]:
    """What is shown of a dry run that is done."""
    told = _section(bold(words(found)), "trial:words")
    if not found.days:
        return [told]
    return [told, _section(f"```{cut(drawn(found), TEXT)}```", "trial:days")]


def under_way(done: int, of: int) -> list[Block]:
    """What is shown while the past is looked at."""
    return [_section(f"I try it on the past: looked at {done} of {of} days…", WAITS)]


def not_tried(why: str) -> list[Block]:
    """What is shown where it can't be tried, or not yet."""
    return [_section(plain(why), "trial:words")]


def told(blocks: Sequence[Block]) -> list[Block] | None:
    """What a dialog says of the past; null where that is still being looked at."""
    found = [one for one in blocks if is_trial(one)]
    return None if any(one["block_id"] == WAITS for one in found) else found


def is_trial(block: Block) -> bool:
    """Whether a block of the dialog says what the past is like."""
    return str(block.get("block_id")).startswith("trial:")


def drawn(found: Replay) -> str:
    """A mark for each day that was looked at, four weeks of them a line, and what they mean."""
    began = {one.date for one in found.fired}
    row = [(day.date, FIRED if day.date in began else _mark(day)) for day in found.days]
    lines = [
        f"{_day(row[at][0]):>6}  {_weeks([mark for _, mark in row[at : at + LINE]])}"
        for at in range(0, len(row), LINE)
    ]
    used = {mark for _, mark in row}
    means = "   ".join(f"{mark} {text}" for mark, text in LEGEND.items() if mark in used)
    return "\n".join([*lines, means])


def _weeks(marks: Sequence[str]) -> str:
    parts = [marks[at : at + WEEK] for at in range(0, len(marks), WEEK)]
    return " ".join("".join(one) for one in parts)


def _mark(day: Day) -> str:
    if day.value is None:
        return BLIND
    if day.phase in ON:
        return FIRING
    return PENDING if day.phase == "pending" else FINE


def _day(day: date) -> str:
    return f"{day:%-d %b}"


def _section(text: str, name: str) -> Block:
    return {**section(text), "block_id": name}
