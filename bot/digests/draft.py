"""What stands in the dialog of a digest, and the digest that it makes."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import msgspec

from bot.access import PEOPLE
from bot.digests.condition import CHANGED
from bot.digests.plan import Digest
from bot.digests.ready import READY
from bot.digests.when import WhenError, cron_of, words_of
from bot.inputs import entered, entered_all

ALWAYS, FIGURE = "always", "figure"
ME, SERIES = "me", "series"
MOST_LINES = 10
# how late a digest is still sent, in hours, where nobody says otherwise
CATCH_UP = "12"
TITLE = 60


class About(msgspec.Struct, frozen=True):
    """What a dialog remembers: where it was opened, the number of the digest that it changes, and
    how often its fields were filled in anew.
    """

    channel: str
    number: int | None = None
    turn: int = 0


class Draft(msgspec.Struct, frozen=True):
    """The fields of the dialog as they stand; `place` is empty where it is for oneself alone.
    `catch_up` is in hours.
    """

    about: About
    title: str = ""
    picked: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    when: str = ""
    zone: str = ""
    place: str = ""
    also: tuple[str, ...] = ()
    to_me: bool = False
    series: bool = False
    only: str = ALWAYS
    condition: str = ""
    catch_up: str = CATCH_UP

    @property
    def lines(self) -> tuple[str, ...]:
        """What it asks, each once: what was picked, then what was written."""
        return tuple(dict.fromkeys([*self.picked, *self.free]))


def read(view: dict[str, Any]) -> Draft:
    """The draft of a dialog as it was sent."""
    marks = entered_all(view, "marks")
    return Draft(
        msgspec.json.decode(view["private_metadata"], type=About),
        " ".join(entered(view, "title").split()),
        entered_all(view, "picked"),
        tuple(filter(None, (" ".join(row.split()) for row in entered(view, "free").split("\n")))),
        entered(view, "when"), entered(view, "zone"), entered(view, "place"),
        entered_all(view, "also"), ME in marks, SERIES in marks,
        entered(view, "only") or ALWAYS, " ".join(entered(view, "condition").split()),
        entered(view, "catch_up") or CATCH_UP,
    )  # fmt: skip


def started(draft: Draft, key: str) -> Draft:
    """The draft with what a ready-made digest brings, in fields that are filled in anew."""
    one = READY.get(key)
    if one is None:
        return draft
    about = msgspec.structs.replace(draft.about, turn=draft.about.turn + 1)
    return msgspec.structs.replace(
        draft, about=about, title=one.title, picked=one.ask, free=(), when=one.when,
        only=FIGURE if one.only_if else ALWAYS, condition=one.only_if,
    )  # fmt: skip


def of_digest(
    digest: Digest, number: int | None, channel: str, user: str, known: Collection[str]
) -> Draft:
    """The draft of a digest that is to be changed; `known` are the lines that can be picked."""
    only = FIGURE
    if digest.only_if in ("", CHANGED):
        only = digest.only_if or ALWAYS
    is_for_owner = digest.channel == digest.owner
    return Draft(
        About(channel, number), digest.title,
        tuple(line for line in digest.ask if line in known),
        tuple(line for line in digest.ask if line not in known),
        words_of(digest.cron) or digest.cron, digest.zone,
        "" if is_for_owner else digest.channel,
        tuple(one for one in digest.also if not one.startswith(PEOPLE)),
        digest.owner in digest.also, digest.series, only,
        digest.only_if if only == FIGURE else "",
        f"{digest.catch_up / timedelta(hours=1):g}",
    )  # fmt: skip


def digest_of(draft: Draft, owner: str) -> Digest:
    """The digest that a draft without problems makes; a `WhenError` if its time can't be read."""
    only_if = {ALWAYS: "", FIGURE: draft.condition}.get(draft.only, draft.only)
    also = [one for one in draft.also if one != draft.place]
    if draft.to_me and draft.place:
        also.append(owner)
    return Digest(
        "", draft.place or owner, cron_of(draft.when), draft.zone, draft.lines, draft.title,
        also=tuple(dict.fromkeys(also)), only_if=only_if, series=draft.series, owner=owner,
        catch_up=timedelta(hours=float(draft.catch_up)),
    )  # fmt: skip


def schedule(draft: Draft) -> tuple[str, str]:
    """The cron expression of a draft, or why it can't be read."""
    try:
        return cron_of(draft.when), ""
    except WhenError as error:
        return "", str(error)
