"""What Slack's Web API does with messages: they are posted, changed, deleted and read again."""

from collections.abc import Sequence

from bot.demo._members import BOT, Json, Message, shown
from bot.demo._payloads import TEAM
from bot.demo._slack_answers import blocks_of, error, is_true, ok, page_of, read, refusals
from bot.demo.workspace import Workspace

MOST_TO_CHANGE = 4_000
MOST_A_PAGE = 999


def post(workspace: Workspace, args: Json) -> Json:
    channel, problem = _writable(workspace, args)
    if problem:
        return problem
    message = workspace.post(
        channel, BOT, str(args.get("text") or ""), blocks_of(args),
        metadata=read(args, "metadata"), thread=args.get("thread_ts"),
        is_broadcast=is_true(args, "reply_broadcast"),
    )  # fmt: skip
    return ok(channel=channel, ts=message.ts, message=shown(message))


def post_for_one(workspace: Workspace, args: Json) -> Json:
    channel, problem = _writable(workspace, args)
    if problem:
        return problem
    if args.get("user") not in workspace.people:
        return error("user_not_in_channel")
    message = workspace.post(
        channel, BOT, str(args.get("text") or ""), blocks_of(args), only_for=args["user"],
        thread=args.get("thread_ts"),
    )  # fmt: skip
    return ok(message_ts=message.ts)


def update(workspace: Workspace, args: Json) -> Json:
    """Changes a message of ours. Blocks go where only a text is given; metadata stays."""
    message = workspace.find(str(args.get("channel")), str(args.get("ts")))
    if message is None or message.user != BOT or message.only_for:
        return error("message_not_found")
    text, blocks = args.get("text"), blocks_of(args)
    if said := refusals(workspace, blocks):
        return error("invalid_blocks", response_metadata={"messages": said})
    if len(str(text or "")) > MOST_TO_CHANGE:
        return error("msg_too_long")
    if "blocks" not in args and not text:
        return error("no_text")
    workspace.change(message, str(text or message.text), blocks, read(args, "metadata"))
    return ok(
        channel=message.channel, ts=message.ts, text=message.text, message=shown(message)
    )  # fmt: skip


def delete(workspace: Workspace, args: Json) -> Json:
    message = workspace.find(str(args.get("channel")), str(args.get("ts")))
    if message is None or message.user != BOT:
        return error("message_not_found")
    workspace.delete(message)
    return ok(channel=message.channel, ts=message.ts)


def history(workspace: Workspace, args: Json) -> Json:
    """What stands in a channel, the newest first; not what was said in threads alone."""
    channel = str(args.get("channel"))
    if channel not in workspace.channels:
        return error("channel_not_found")
    found = [one for one in workspace.visible("", channel) if not one.thread or one.is_broadcast]
    return _listed(workspace, found[::-1], args, usual=100)


def replies(workspace: Workspace, args: Json) -> Json:
    """A thread: what was said first, and then what was answered."""
    channel = str(args.get("channel"))
    if channel not in workspace.channels:
        return error("channel_not_found")
    named = workspace.find(channel, str(args.get("ts")))
    if named is None:
        return error("thread_not_found")
    first = workspace.find(channel, named.thread) if named.thread else named
    found = [one for one in (first, *workspace.replies(channel, named.thread or named.ts)) if one]
    return _listed(workspace, found, args, usual=1_000)


def _listed(workspace: Workspace, found: Sequence[Message], args: Json, usual: int) -> Json:
    within = [one for one in found if _is_within(one, args)]
    has_all = is_true(args, "include_all_metadata")
    told = [_told(workspace, one, has_all) for one in within]
    page, cursor = page_of(told, args, usual, MOST_A_PAGE)
    return ok(
        messages=page, has_more=bool(cursor), response_metadata={"next_cursor": cursor}
    )  # fmt: skip


def _is_within(message: Message, args: Json) -> bool:
    """Whether it was said in the time asked for; the ends count only if `inclusive`."""
    at, oldest = float(message.ts), float(args.get("oldest") or 0)
    latest = float(args.get("latest") or "inf")
    if is_true(args, "inclusive"):
        return oldest <= at <= latest
    return oldest < at < latest


def _told(workspace: Workspace, message: Message, has_metadata: bool) -> Json:
    """A message as a list tells it; the first of a thread says who answered."""
    told = shown(message) | {"team": TEAM}
    if not has_metadata:
        told.pop("metadata", None)
    answers = workspace.replies(message.channel, message.ts)
    if message.thread or not answers:
        return told
    users = list(dict.fromkeys(one.user for one in answers))
    return told | {
        "thread_ts": message.ts,
        "reply_count": len(answers),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": answers[-1].ts,
    }


def _writable(workspace: Workspace, args: Json) -> tuple[str, Json | None]:
    """The channel to write to, and what is wrong with the call. A person is written to directly."""
    channel = str(args.get("channel"))
    if channel in workspace.people:
        channel = f"D{channel[1:]}"
    if channel not in workspace.channels:
        return channel, error("channel_not_found")
    blocks = blocks_of(args)
    if said := refusals(workspace, blocks):
        return channel, error("invalid_blocks", response_metadata={"messages": said})
    if not args.get("text") and not blocks:
        return channel, error("no_text")
    return channel, None
