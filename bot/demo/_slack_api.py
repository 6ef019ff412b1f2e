"""The methods of Slack's Web API that the bot calls, answered by the local workspace."""

from collections.abc import Callable

from bot.demo import _slack_messages as messages
from bot.demo import _slack_people as people
from bot.demo import _slack_views as views
from bot.demo._members import BOT, Json
from bot.demo._payloads import APP, TEAM
from bot.demo._slack_answers import error, ok, read
from bot.demo.workspace import Workspace

Method = Callable[[Workspace, Json], Json]


def call(workspace: Workspace, method: str, args: Json, token: str) -> Json:
    """The answer to one call, as Slack words it: `ok`, or `error`."""
    wanted = workspace.app_token if method == "apps.connections.open" else workspace.bot_token
    if token != wanted:
        return error("invalid_auth")
    answer = METHODS.get(method)
    return answer(workspace, args) if answer else error("unknown_method")


def _auth_test(workspace: Workspace, args: Json) -> Json:
    return ok(
        url=f"{workspace.base_url}/", team="Leadline", team_id=TEAM, user="leadline", user_id=BOT,
        bot_id="B0LEADLINE", app_id=APP, is_enterprise_install=False,
    )  # fmt: skip


def _get_upload_url(workspace: Workspace, args: Json) -> Json:
    length = int(args.get("length") or 0)
    if not args.get("filename") or length < 1:
        return error("invalid_arguments")
    file = workspace.files.announce(str(args["filename"]), length)
    return ok(upload_url=f"{workspace.base_url}/upload/{file.id}", file_id=file.id)


def _complete_upload(workspace: Workspace, args: Json) -> Json:
    channel = str(args.get("channel_id") or "")
    if channel not in workspace.channels:
        return error("channel_not_found")
    wanted = [str(one.get("id")) for one in read(args, "files") or ()]
    files = workspace.files.share(wanted, channel)
    if files is None:
        return error("file_not_found")
    workspace.post(
        channel, BOT, str(args.get("initial_comment") or ""), files=files,
        thread=args.get("thread_ts"),
    )  # fmt: skip
    return ok(files=[{"id": one["id"], "title": one["name"]} for one in files])


def _group_users(workspace: Workspace, args: Json) -> Json:
    return error("no_such_subteam")


METHODS: dict[str, Method] = {
    "auth.test": _auth_test,
    "chat.delete": messages.delete,
    "chat.postEphemeral": messages.post_for_one,
    "chat.postMessage": messages.post,
    "chat.update": messages.update,
    "conversations.history": messages.history,
    "conversations.info": people.channel_info,
    "conversations.list": people.channels,
    "conversations.members": people.members,
    "conversations.open": people.open_direct,
    "conversations.replies": messages.replies,
    "files.completeUploadExternal": _complete_upload,
    "files.getUploadURLExternal": _get_upload_url,
    "usergroups.users.list": _group_users,
    "users.info": people.info,
    "users.list": people.everyone,
    "users.lookupByEmail": people.by_email,
    "views.open": views.open_one,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
