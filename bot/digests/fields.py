"""How the dialog of a digest is drawn: its fields, when it comes, and what it says now."""

from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot.blocks import action_id
from bot.digests.condition import CHANGED
from bot.digests.draft import ALWAYS, FIGURE, ME, SERIES, Draft, schedule
from bot.digests.ready import questions, starts
from bot.digests.zone import wrong_zone
from bot.inputs import (
    Field,
    Option,
    channel_select,
    checkboxes,
    modal,
    multi_channel_select,
    multi_select,
    plain_text,
    select,
    text_input,
)
from bot.mrkdwn import coded, section
from bot.plans import Block
from bot.replies import Replies
from bot.schedule import upcoming

MAKE, CHANGE = "New digest", "Change the digest"
VIEW = "digest"
LOOK, START, TRY = "digest-look", "digest-start", "digest-test"
RUNS = 3
ONLY = (
    Option(ALWAYS, "always"), Option(CHANGED, "only if it says something new"),
    Option(FIGURE, "only if a figure is so"),
)  # fmt: skip
MARKS = (
    Option(ME, "Send it to me as well"),
    Option(SERIES, "Keep all of them in one thread"),
)
LATE = {
    "1": "1 hour", "4": "4 hours", "12": "12 hours", "24": "1 day", "72": "3 days", "168": "1 week",
}  # fmt: skip
LOOKING = "I look what it says now…"

View = dict[str, Any]


def view(replies: Replies, draft: Draft, user: str, told: str = LOOKING) -> View:
    """The dialog of a draft; `told` is mrkdwn."""
    number = draft.about.number
    blocks = [*_fields(replies, draft, user), *_below(replies, draft, told)]
    return modal(
        VIEW, CHANGE if number else MAKE, "Save" if number else "Make it", blocks,
        msgspec.json.encode(draft.about).decode(),
    )  # fmt: skip


def _fields(replies: Replies, draft: Draft, user: str) -> list[Block]:
    def name(field: str) -> str:
        return f"{field}:{draft.about.turn}" if draft.about.turn else field

    start = Field("start", "Start from", action=START, is_optional=True)
    written = "Other questions, one in each row"
    hint = "As you write them after /leadline, such as: lead-time borealis"
    return [
        *([] if draft.about.number else [select(start, starts())]),
        text_input(Field(name("title"), "Title"), draft.title),
        multi_select(
            Field(name("picked"), "Questions", action=LOOK, is_optional=True),
            choices(replies, user), draft.picked,
        ),
        text_input(Field(name("free"), written, hint, is_optional=True), "\n".join(draft.free),
                   is_long=True),
        text_input(
            Field(name("when"), "Days and time", "Or a cron expression", action=LOOK), draft.when,
            like="every Monday at 9",
        ),
        text_input(Field("zone", "By the clocks of", action=LOOK), draft.zone),
        channel_select(
            Field("place", "Channel", "Empty: to you alone", is_optional=True), draft.place
        ),
        multi_channel_select(Field("also", "More channels", is_optional=True), draft.also),
        checkboxes(
            Field("marks", "Also", is_optional=True), MARKS,
            [*([ME] if draft.to_me else []), *([SERIES] if draft.series else [])],
        ),
        select(Field(name("only"), "Send it"), ONLY, draft.only),
        text_input(
            Field(name("condition"), "If this figure is so", is_optional=True), draft.condition,
            like="exposed above 0",
        ),
        select(
            Field("catch_up", "If it could not be sent in time, send it until",
                  "Later than that it is left out, and its history says so"),
            _late(draft.catch_up), draft.catch_up,
        ),
    ]  # fmt: skip


def _late(chosen: str) -> list[Option]:
    offered = LATE if chosen in LATE else {chosen: f"{chosen} hours", **LATE}
    return [Option(hours, f"{text} after") for hours, text in offered.items()]


def _below(replies: Replies, draft: Draft, told: str) -> list[Block]:
    """When it comes, what it says now, and the buttons that look again and send a test."""
    cron, why = schedule(draft)
    runs = [] if why or wrong_zone(draft.zone) else coming(cron, draft.zone, replies.clock())
    when = f"**Next:** {'; '.join(runs)}." if runs else why or wrong_zone(draft.zone)
    buttons = [("Look again", LOOK), ("Send a test to me", TRY)]
    return [
        section(coded(when)),
        section(told),
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": plain_text(label), "value": kind,
                 "action_id": action_id(kind, "form", label)}
                for label, kind in buttons
            ],
        },
    ]  # fmt: skip


def coming(cron: str, zone: str, now: datetime) -> list[str]:
    """The next instants, by the clocks of the zone, with its name."""
    local = ZoneInfo(zone)
    return [
        f"{due.at.astimezone(local):%a %-d %b %Y %H:%M %Z}"
        for due in islice(upcoming(cron, zone, now), RUNS)
    ]


def choices(replies: Replies, user: str) -> list[Option]:
    return questions(replies.desk.registry, replies.access.of_person(user))
