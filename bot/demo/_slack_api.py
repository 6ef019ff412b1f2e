"""The methods of Slack's Web API that the bot calls, answered by the local workspace."""

from collections.abc import Callable
from typing import Any

import msgspec

from bot.demo._block_check import KNOWN, MOST_BLOCKS, faults
from bot.demo._members import BOT, Channel, Json, Person, shown
from bot.demo._payloads import APP, TEAM
from bot.demo.workspace import Workspace

MOST_BLOCKS_IN_VIEW = 100
Method = Callable[[Workspace, Json], Json]


def call(workspace: Workspace, method: str, args: Json, token: str) -> Json:
    """The answer to one call, as Slack words it: `ok`, or `error`."""
    wanted = workspace.app_token if method == "apps.connections.open" else workspace.bot_token
    if token != wanted:
        return _error("invalid_auth")
    answer = METHODS.get(method)
    return answer(workspace, args) if answer else _error("unknown_method")


def refusals(workspace: Workspace, blocks: list[Json], most: int = MOST_BLOCKS) -> list[str]:
    """What this workspace does not take of the blocks."""
    known = KNOWN - workspace.unknown_blocks
    return faults(blocks, most, known)


def _auth_test(workspace: Workspace, args: Json) -> Json:
    return _ok(
        url=f"{workspace.base_url}/", team="Leadline", team_id=TEAM, user="leadline", user_id=BOT,
        bot_id="B0LEADLINE", app_id=APP, is_enterprise_install=False,
    )  # fmt: skip


def _post_message(workspace: Workspace, args: Json) -> Json:
    channel, problem = _writable(workspace, args)
    if problem:
        return problem
    message = workspace.post(
        channel, BOT, str(args.get("text") or ""), _blocks(args),
        metadata=_json(args, "metadata"), thread=args.get("thread_ts"),
    )  # fmt: skip
    return _ok(channel=channel, ts=message.ts, message=shown(message))


def _post_ephemeral(workspace: Workspace, args: Json) -> Json:
    channel, problem = _writable(workspace, args)
    if problem:
        return problem
    if args.get("user") not in workspace.people:
        return _error("user_not_in_channel")
    message = workspace.post(
        channel, BOT, str(args.get("text") or ""), _blocks(args), only_for=args["user"],
        thread=args.get("thread_ts"),
    )  # fmt: skip
    return _ok(message_ts=message.ts)


def _update(workspace: Workspace, args: Json) -> Json:
    message = workspace.find(str(args.get("channel")), str(args.get("ts")))
    if message is None or message.user != BOT or message.only_for:
        return _error("message_not_found")
    if said := refusals(workspace, _blocks(args)):
        return _error("invalid_blocks", response_metadata={"messages": said})
    workspace.change(message, str(args.get("text") or ""), _blocks(args))
    return _ok(channel=message.channel, ts=message.ts, text=message.text)


def _delete(workspace: Workspace, args: Json) -> Json:
    message = workspace.find(str(args.get("channel")), str(args.get("ts")))
    if message is None or message.user != BOT:
        return _error("message_not_found")
    workspace.delete(message)
    return _ok(channel=message.channel, ts=message.ts)


def _history(workspace: Workspace, args: Json) -> Json:
    channel = str(args.get("channel"))
    if channel not in workspace.channels:
        return _error("channel_not_found")
    found = [shown(one) for one in workspace.visible("", channel)][::-1]
    limit = int(args.get("limit") or 100)
    return _ok(messages=found[:limit], has_more=len(found) > limit)


def _channel_info(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channels.get(str(args.get("channel")))
    return _ok(channel=_channel(channel)) if channel else _error("channel_not_found")


def _channels(workspace: Workspace, args: Json) -> Json:
    every = [_channel(one) for one in workspace.channels.values() if one.id.startswith("C")]
    return _ok(channels=every, response_metadata={"next_cursor": ""})


def _open_direct(workspace: Workspace, args: Json) -> Json:
    if args.get("users") not in workspace.people:
        return _error("user_not_found")
    return _ok(channel={"id": f"D{args['users'][1:]}"})


def _get_upload_url(workspace: Workspace, args: Json) -> Json:
    length = int(args.get("length") or 0)
    if not args.get("filename") or length < 1:
        return _error("invalid_arguments")
    file = workspace.files.announce(str(args["filename"]), length)
    return _ok(upload_url=f"{workspace.base_url}/upload/{file.id}", file_id=file.id)


def _complete_upload(workspace: Workspace, args: Json) -> Json:
    channel = str(args.get("channel_id") or "")
    if channel not in workspace.channels:
        return _error("channel_not_found")
    wanted = [str(one.get("id")) for one in _json(args, "files") or ()]
    files = workspace.files.share(wanted, channel)
    if files is None:
        return _error("file_not_found")
    workspace.post(channel, BOT, str(args.get("initial_comment") or ""), files=files)
    return _ok(files=[{"id": one["id"], "title": one["name"]} for one in files])


def _members(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channels.get(str(args.get("channel")))
    if channel is None:
        return _error("channel_not_found")
    return _ok(members=list(channel.members), response_metadata={"next_cursor": ""})


def _user_info(workspace: Workspace, args: Json) -> Json:
    person = workspace.people.get(str(args.get("user")))
    if person is None and args.get("user") == BOT:
        return _ok(user=_user(Person(BOT, "Leadline")) | {"is_bot": True})
    return _ok(user=_user(person)) if person else _error("user_not_found")


def _users(workspace: Workspace, args: Json) -> Json:
    return _ok(members=[_user(one) for one in workspace.people.values()])


def _group_users(workspace: Workspace, args: Json) -> Json:
    return _error("no_such_subteam")


def _views_open(workspace: Workspace, args: Json) -> Json:
    view = _json(args, "view") or {}
    if said := refusals(workspace, view.get("blocks") or [], MOST_BLOCKS_IN_VIEW):
        return _error("invalid_arguments", response_metadata={"messages": said})
    opened = workspace.open_view(str(args.get("trigger_id")), view)
    return _ok(view=opened) if opened else _error("expired_trigger_id")


def _views_update(workspace: Workspace, args: Json) -> Json:
    view = _json(args, "view") or {}
    if said := refusals(workspace, view.get("blocks") or [], MOST_BLOCKS_IN_VIEW):
        return _error("invalid_arguments", response_metadata={"messages": said})
    changed = workspace.change_view(str(args.get("view_id")), view)
    return _ok(view=changed) if changed else _error("not_found")


def _views_publish(workspace: Workspace, args: Json) -> Json:
    view = _json(args, "view") or {}
    if args.get("user_id") not in workspace.people:
        return _error("user_not_found")
    if said := refusals(workspace, view.get("blocks") or [], MOST_BLOCKS_IN_VIEW):
        return _error("invalid_arguments", response_metadata={"messages": said})
    workspace.publish(str(args["user_id"]), view)
    return _ok(view=view)


METHODS: dict[str, Method] = {
    "auth.test": _auth_test,
    "chat.delete": _delete,
    "chat.postEphemeral": _post_ephemeral,
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "conversations.history": _history,
    "conversations.info": _channel_info,
    "conversations.list": _channels,
    "conversations.members": _members,
    "conversations.open": _open_direct,
    "files.completeUploadExternal": _complete_upload,
    "files.getUploadURLExternal": _get_upload_url,
    "usergroups.users.list": _group_users,
    "users.info": _user_info,
    "users.list": _users,
    "views.open": _views_open,
    "views.publish": _views_publish,
    "views.update": _views_update,
}


def _writable(workspace: Workspace, args: Json) -> tuple[str, Json | None]:
    """The channel to write to, and what is wrong with the call."""
    channel = str(args.get("channel"))
    if channel not in workspace.channels:
        return channel, _error("channel_not_found")
    if said := refusals(workspace, _blocks(args)):
        return channel, _error("invalid_blocks", response_metadata={"messages": said})
    if not args.get("text") and not _blocks(args):
        return channel, _error("no_text")
    return channel, None


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.id.startswith("C"),
        "is_im": channel.id.startswith("D"),
        "is_private": channel.is_private,
        "is_member": BOT in channel.members,
        "is_ext_shared": channel.is_external,
        "is_shared": channel.is_external,
        "num_members": len(channel.members),
    }


def _user(person: Person) -> Json:
    return {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name.lower(),
        "deleted": False,
        "is_bot": False,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": False,
        "profile": {"display_name": person.name, "title": person.title},
    }


def _blocks(args: Json) -> list[Json]:
    found = _json(args, "blocks")
    return found if isinstance(found, list) else []


def _json(args: Json, name: str) -> Any:
    """An argument that forms carry as JSON text."""
    value = args.get(name)
    return msgspec.json.decode(value) if isinstance(value, str) and value else value


def _ok(**more: Any) -> Json:
    return {"ok": True, **more}


def _error(code: str, **more: Any) -> Json:
    return {"ok": False, "error": code, **more}
