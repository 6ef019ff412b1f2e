"""What Slack's Web API does with dialogs and home tabs."""

from bot.demo._block_check import view_faults
from bot.demo._dialogs import MOST_VIEWS
from bot.demo._members import Json
from bot.demo._slack_answers import error, ok, read
from bot.demo.workspace import Workspace


def open_one(workspace: Workspace, args: Json) -> Json:
    view = read(args, "view") or {}
    if problem := _problem(workspace, view, "modal"):
        return problem
    trigger = str(args.get("trigger_id"))
    if workspace.payloads.is_spent(trigger):
        return error("exchanged_trigger_id")
    opened = workspace.open_view(trigger, view)
    return ok(view=opened) if opened else error("expired_trigger_id")


def push(workspace: Workspace, args: Json) -> Json:
    """Lays a view over the one in which the trigger was made."""
    view = read(args, "view") or {}
    if problem := _problem(workspace, view, "modal"):
        return problem
    trigger = str(args.get("trigger_id"))
    if workspace.payloads.is_spent(trigger):
        return error("exchanged_trigger_id")
    user = workspace.payloads.take_trigger(trigger)
    if user is None:
        return error("expired_trigger_id")
    stack = workspace.dialogs.stack(user)
    if not stack:
        return error("not_found")
    if len(stack) >= MOST_VIEWS:
        return error("push_limit_reached")
    return ok(view=workspace.dialogs.push(user, view))


def update(workspace: Workspace, args: Json) -> Json:
    """Shows something else in a view; with a `hash` only if it is still what was seen."""
    view = read(args, "view") or {}
    if problem := _problem(workspace, view, "modal"):
        return problem
    found = workspace.dialogs.find(str(args.get("view_id")), str(args.get("external_id")))
    if found is None:
        return error("not_found")
    if args.get("hash") and args["hash"] != found["hash"]:
        return error("hash_conflict")
    return ok(view=workspace.change_view(found["id"], view))


def publish(workspace: Workspace, args: Json) -> Json:
    view = read(args, "view") or {}
    if args.get("user_id") not in workspace.people:
        return error("user_not_found")
    if problem := _problem(workspace, view, "home"):
        return problem
    user = str(args["user_id"])
    seen = workspace.homes.get(user, {}).get("hash")
    if args.get("hash") and args["hash"] != seen:
        return error("hash_conflict")
    return ok(view=workspace.publish(user, view))


def _problem(workspace: Workspace, view: Json, kind: str) -> Json | None:
    said = view_faults(view, kind, workspace.unknown_blocks)
    return error("invalid_arguments", response_metadata={"messages": said}) if said else None
