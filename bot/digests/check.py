"""What is wrong with the draft of a digest, by the field that it stands in."""

from bot.alerts.place import no_place
from bot.channel import Said
from bot.digests.condition import BadCondition, Condition, read_condition
from bot.digests.draft import FIGURE, MOST_LINES, TITLE, Draft, schedule
from bot.digests.zone import wrong_zone
from bot.replies import Replies
from commands import Grant, Notice

NO_LINES = "Pick a question above, or write one here"
NOT_ALL = "Not all who get it may see “{line}”; [access] says who may"
NO_FIGURE = "“{line}” gives no figure"


def problems(replies: Replies, draft: Draft, user: str) -> dict[str, str]:
    """All that keeps a draft from being kept; nothing where nothing does."""
    places = _of_places(replies, draft, user)
    every = {
        "title": _of_title(draft),
        "when": schedule(draft)[1],
        "zone": wrong_zone(draft.zone),
        **places,
    }
    if not any(places.values()):
        grant = seen_by(replies, draft, user)
        every["free"] = _of_lines(replies, draft, user, grant)
        every["condition"] = _of_condition(replies, draft, user, grant)
    return {field: words for field, words in every.items() if words}


def seen_by(replies: Replies, draft: Draft, user: str) -> Grant:
    """What both the one who makes it and those who get it first may see."""
    access = replies.access
    return access.sharing(user, draft.place) if draft.place else access.of_person(user)


def _of_title(draft: Draft) -> str:
    return "" if 0 < len(draft.title) <= TITLE else f"Write a title of at most {TITLE} characters"


def _of_places(replies: Replies, draft: Draft, user: str) -> dict[str, str]:
    access = replies.access
    also = [why for one in draft.also if (why := no_place(access, one, ()))]
    return {
        "place": no_place(access, draft.place, ()) if draft.place else "",
        "also": also[0] if also else "",
    }


def _of_lines(replies: Replies, draft: Draft, user: str, grant: Grant) -> str:
    if not draft.lines:
        return NO_LINES
    if len(draft.lines) > MOST_LINES:
        return f"A digest has at most {MOST_LINES} questions"
    return next((why for line in draft.lines if (why := _unread(replies, line, user, grant))), "")


def _unread(replies: Replies, line: str, user: str, grant: Grant) -> str:
    """Why a line is no question for those who get it, with the nearest ones that are."""
    said = replies.ask(line, "", grant)
    if not _is_error(said):
        return ""
    own = replies.ask(line, "", replies.access.of_person(user))
    if not isinstance(own, Notice) or not own.error:
        return NOT_ALL.format(line=line)
    near = ", ".join(up.line for up in own.choices if up.line != "help")
    return f"{own.title}. " + (f"Do you mean: {near}?" if near else own.text.partition("\n")[0])


def _is_error(said: Said) -> bool:
    return isinstance(said, Notice) and said.error


def _of_condition(replies: Replies, draft: Draft, user: str, grant: Grant) -> str:
    if draft.only != FIGURE:
        return ""
    try:
        found = read_condition(draft.condition)
    except BadCondition as error:
        return str(error)
    if found is None:
        return "Write a question and a threshold, such as `exposed above 0`"
    return _unread(replies, found.line, user, grant) or _without_figure(replies, found, grant)


def _without_figure(replies: Replies, found: Condition, grant: Grant) -> str:
    """Why the figure of a condition can't be looked at; the first one of all must be seen."""
    whole = replies.ask(found.line, "", Grant.everything())
    if isinstance(whole, Notice):
        return ""
    if not whole.readings:
        return NO_FIGURE.format(line=found.line)
    return "" if grant.allows(whole.readings[0].topic) else NOT_ALL.format(line=found.line)
