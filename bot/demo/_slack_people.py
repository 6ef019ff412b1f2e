"""What Slack's Web API tells of people and channels."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.demo._members import BOT, Channel, Json, Person
from bot.demo._payloads import TEAM
from bot.demo._slack_answers import error, ok, page_of
from bot.demo.workspace import Workspace

MOST_A_PAGE = 1_000


def channel_info(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channels.get(str(args.get("channel")))
    return ok(channel=_channel(channel)) if channel else error("channel_not_found")


def channels(workspace: Workspace, args: Json) -> Json:
    every = [_channel(one) for one in workspace.channels.values() if one.id.startswith("C")]
    page, cursor = page_of(every, args, 100, MOST_A_PAGE)
    return ok(channels=page, response_metadata={"next_cursor": cursor})


def members(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channels.get(str(args.get("channel")))
    if channel is None:
        return error("channel_not_found")
    page, cursor = page_of([{"id": one} for one in channel.members], args, 100, MOST_A_PAGE)
    return ok(members=[one["id"] for one in page], response_metadata={"next_cursor": cursor})


def open_direct(workspace: Workspace, args: Json) -> Json:
    """The conversation of one person with us; it is always there already."""
    if args.get("channel") in workspace.channels:
        return ok(no_op=True, already_open=True, channel={"id": args["channel"]})
    if args.get("users") not in workspace.people:
        return error("user_not_found")
    return ok(no_op=True, already_open=True, channel={"id": f"D{args['users'][1:]}"})


def info(workspace: Workspace, args: Json) -> Json:
    person = workspace.people.get(str(args.get("user")))
    if person is None and args.get("user") == BOT:
        return ok(user=_user(workspace, Person(BOT, "Leadline")) | {"is_bot": True})
    return ok(user=_user(workspace, person)) if person else error("user_not_found")


def by_email(workspace: Workspace, args: Json) -> Json:
    wanted = str(args.get("email") or "").casefold()
    found = [one for one in workspace.people.values() if wanted and one.email.casefold() == wanted]
    return ok(user=_user(workspace, found[0])) if found else error("users_not_found")


def everyone(workspace: Workspace, args: Json) -> Json:
    every = [_user(workspace, one) for one in workspace.people.values()]
    page, cursor = page_of(every, args, MOST_A_PAGE, MOST_A_PAGE)
    return ok(members=page, response_metadata={"next_cursor": cursor})


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.id.startswith("C"),
        "is_im": channel.id.startswith("D"),
        "is_private": channel.is_private,
        "is_archived": False,
        "is_member": BOT in channel.members,
        "is_ext_shared": channel.is_external,
        "is_shared": channel.is_external,
        "num_members": len(channel.members),
    }


def _user(workspace: Workspace, person: Person) -> Json:
    now = datetime.fromtimestamp(workspace.clock(), UTC).astimezone(ZoneInfo(person.zone))
    offset = now.utcoffset()
    return {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name.lower(),
        "real_name": person.name,
        "deleted": False,
        "tz": person.zone,
        "tz_label": now.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "is_bot": False,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": False,
        "profile": {
            "display_name": person.name,
            "real_name": person.name,
            "title": person.title,
            **({"email": person.email} if person.email else {}),
        },
    }
