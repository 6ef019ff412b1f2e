"""`/leadline owners`: whom the data names as an owner, who that is in Slack, and a way to say so.

For operators alone, as it shows everyone's names.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from bot.alerts.names import keep_name
from bot.alerts.owners import correct, corrections, links, plain
from bot.alerts.standing import at
from bot.blocks import action_id
from bot.dialogs import Feature, Opening, Sending, View
from bot.inputs import Field, entered, modal, plain_text, user_select
from bot.mrkdwn import cut, section
from bot.mrkdwn import plain as shown
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Drawn, Replies
from commands import Notice
from commands._audience import refusal
from storage.models import Audit, OwnerLink

OWNER, PAGE = "owner", "owners-page"
ON_PAGE, MOST_SAID = 45, 20
NONE = Notice("No owners yet", "No source has named an owner or a buyer so far.")


class Named(msgspec.Struct, frozen=True):
    """Whom a dialog is about, by the name that the data has, and where it was opened."""

    name: str
    channel: str


def owner_page(replies: Replies, words: Sequence[str], user: str, channel: str) -> Drawn | Notice:
    """The owners, those first of whom nobody is known; `words` may name a page."""
    first = words[0] if words else ""
    number = int(first) if first.isascii() and first.isdigit() and len(first) < 6 else 1
    return _page(replies, user, channel, max(1, number))


def turn(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Another page."""
    return owner_page(replies, [value], user, channel)


def owner_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """Who someone is; nobody, if it is sent empty."""
    if refused := _refused(replies, user, channel):
        return refused
    with replies.desk.store.reader() as session:
        link, said = session.get(OwnerLink, plain(value)), corrections(session, value)
    hint = "Empty: nobody. It stands until you say otherwise."
    field = Field("who", cut(value, 100), hint, is_optional=True)
    about = msgspec.json.encode(Named(value, channel)).decode()
    told = [_correction(one, replies.zone) for one in said[:MOST_SAID]]
    history = [section("\n".join(["*What was said of it*", *told]))] if told else []
    blocks = [user_select(field, link.slack_user if link else ""), *history]
    return modal(OWNER, "Who is this?", "Set", blocks, about)


def owner_set(replies: Replies, view: View, user: str) -> Notice:
    """Keeps what an operator said."""
    about = msgspec.json.decode(view["private_metadata"], type=Named)
    if refused := _refused(replies, user, about.channel):
        return refused
    who, now = entered(view, "who"), replies.clock()
    try:
        called = replies.access.directory.person(who).name if who else "nobody in Slack"
    except FAILURES:
        return UNKNOWN_ASKER
    with replies.desk.store.writer() as session:
        correct(session, about.name, who, user, now)
        if who:
            keep_name(session, who, called, now)
    return Notice("Set", f"{about.name} is {called} from now on.")


def _correction(one: Audit, zone: ZoneInfo) -> str:
    user = (one.after or {}).get("slack_user")
    return f"• {at(one.at, zone)}: <@{one.who}> said {f'<@{user}>' if user else 'nobody'}"


def _page(replies: Replies, user: str, channel: str, number: int) -> Drawn | Notice:
    if refused := _refused(replies, user, channel):
        return refused
    with replies.desk.store.reader() as session:
        every = sorted(links(session).items(), key=lambda one: (_is_known(one[1]), one[0]))
    if not every:
        return NONE
    first = min((number - 1) * ON_PAGE, (len(every) - 1) // ON_PAGE * ON_PAGE)
    known = sum(1 for _, link in every if _is_known(link))
    text = f"{len(every)} owners in the data, {known} of them known in Slack."
    blocks = [section(text)]
    for name, link in every[first : first + ON_PAGE]:
        button = _button(OWNER, "Change" if _is_known(link) else "Set", name)
        blocks.append({**section(f"{shown(name)}: {_who(link)}"), "accessory": button})
    return Drawn(text, [*blocks, *_pages(first, len(every))])


def _refused(replies: Replies, user: str, channel: str) -> Notice | None:
    try:
        is_operator = replies.access.asking(user, channel).is_operator
    except FAILURES:
        return UNKNOWN_ASKER
    return None if is_operator else refusal("owners")


def _is_known(link: OwnerLink | None) -> bool:
    return link is not None and bool(link.slack_user)


def _who(link: OwnerLink | None) -> str:
    if link is None:
        return "not known"
    who = f"<@{link.slack_user}>" if link.slack_user else "nobody"
    if link.said_by:
        return f"{who}, said by <@{link.said_by}>"
    return f"{who}, by the address" if link.slack_user else "nobody in Slack has this address"


def _pages(first: int, count: int) -> list[Block]:
    page = first // ON_PAGE + 1
    made = [_button(PAGE, "Back", str(page - 1))] if first else []
    if first + ON_PAGE < count:
        made.append(_button(PAGE, f"{count - first - ON_PAGE} more", str(page + 1)))
    return [{"type": "actions", "elements": made}] if made else []


def _button(kind: str, label: str, value: str) -> Block:
    return {
        "type": "button", "text": plain_text(label), "action_id": action_id(kind, "list", value),
        "value": value,
    }  # fmt: skip


OWNERS = Feature(
    pages={"owners": owner_page},
    opens={OWNER: Opening(owner_view, "Who is this?", "I look who that is…")},
    acts={PAGE: turn},
    sends={OWNER: Sending(owner_set)},
)
