"""What a part of Leadline adds to the conversation: lists, dialogs, and buttons that do something.

A part has one `Feature`, and bot/features.py names it. Slack tells of a click by its action_id and
of a dialog by its callback_id; both begin with the word under which the feature has them, alone or
before a colon. The private_metadata of a dialog is JSON that has the `channel` in which it was
opened, empty in the home tab.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bot.mrkdwn import cut, section
from bot.replies import Page, Replies, Spoken
from commands import Notice

TITLE = 24

View = dict[str, Any]
Json = dict[str, Any]
# Shows something else in an open dialog; false once it is closed, or shows what another click made.
Show = Callable[[View], bool]
# (replies, what the button carries, who, in which channel)
Make = Callable[[Replies, str, str, str], View | Notice]
Act = Callable[[Replies, str, str, str], Spoken | None]
# (replies, the dialog with what was filled in, who, the element that was used, show)
Change = Callable[[Replies, View, str, Json, Show], None]
# (replies, the dialog with what was filled in, who)
# (replies, the dialog as it was made, who, show)
Then = Callable[[Replies, View, str, Show], None]
Check = Callable[[Replies, View, str], Json]
Keep = Callable[[Replies, View, str], Notice | None]


@dataclass(frozen=True)
class Opening:
    """A dialog that a button opens. It stands there at once, with a `title` and the `text` that
    says what is being looked up, and `make` fills it in or says why there is nothing to fill in;
    `then` may go on and show more of what takes long.
    """

    make: Make
    title: str
    text: str
    then: Then | None = None


def stays(replies: Replies, view: View, user: str) -> Json:
    """A dialog in which nothing can be wrong."""
    return {}


@dataclass(frozen=True)
class Sending:
    """What becomes of a dialog that is sent. `check` answers within Slack's three seconds: nothing
    closes it, `wrong` keeps it open, `instead` and `on_top` show another. Only when it closes does
    `keep` do what it is for, which may take its time, and says so to who sent it.
    """

    keep: Keep
    check: Check = stays


@dataclass(frozen=True)
class Feature:
    """`pages` by the name of a command; `opens`, `acts` and `changes` by how an action_id begins
    (of a button anywhere; of one that changes its message; of an element in a dialog); `sends` by
    how a callback_id begins.
    """

    pages: Mapping[str, Page] = field(default_factory=lambda: MappingProxyType({}))
    opens: Mapping[str, Opening] = field(default_factory=lambda: MappingProxyType({}))
    acts: Mapping[str, Act] = field(default_factory=lambda: MappingProxyType({}))
    changes: Mapping[str, Change] = field(default_factory=lambda: MappingProxyType({}))
    sends: Mapping[str, Sending] = field(default_factory=lambda: MappingProxyType({}))


def wrong(errors: Mapping[str, str]) -> Json:
    """Keeps the dialog open and says what is wrong, by the block_id of each field; nothing is
    wrong where there are none.
    """
    return {"response_action": "errors", "errors": dict(errors)} if errors else {}


def instead(view: View) -> Json:
    """Shows another dialog in place of the one that was sent."""
    return {"response_action": "update", "view": view}


def on_top(view: View) -> Json:
    """Shows another dialog over the one that was sent."""
    return {"response_action": "push", "view": view}


def dialog(text: str, title: str) -> View:
    """A dialog in which there is nothing to do yet, or any more; the text is mrkdwn."""
    return {
        "type": "modal",
        "callback_id": "nothing",
        "title": {"type": "plain_text", "text": cut(title, TITLE)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [section(text)],
    }
