"""What becomes of a message after a try, and who has to hear of it."""

from datetime import datetime, timedelta
from typing import Any

from bot.claims import Claim
from bot.post import Again, Doubt, Later, Outcome, Posted, Refused, Unsure
from bot.trouble import State
from storage.delivery import DELETED, PARENTLESS

GIVE_UP = timedelta(days=1)
# So many tries while others arrive are told of, however it ends.
MANY_TRIES = 10
# A short wait between two tries grows to this in a long outage.
LONG_WAIT = timedelta(seconds=60)
FEW_TRIES = 4
MAYBE_TWICE = "sent again without knowing: it may be there twice"

Changes = dict[str, Any]


def changes(claim: Claim, outcome: Outcome, now: datetime) -> Changes:
    """The columns of the row after a try; `state` is always among them."""
    if isinstance(outcome, Posted):
        note = outcome.note or (MAYBE_TWICE if claim.resent else None)
        return {"state": "sent", "ts": outcome.ts, "sent_at": now, "error": note}
    if isinstance(outcome, Refused):
        return {"state": "failed", "error": outcome.why}
    if isinstance(outcome, Doubt):
        return {"state": "doubt", "error": outcome.why}
    if isinstance(outcome, Again):
        resent = claim.resent + outcome.is_repeat
        return {"state": "pending", "retry_at": None, "error": outcome.why, "resent": resent}
    return _postponed(claim, outcome, now)


def _postponed(claim: Claim, outcome: Later | Unsure, now: datetime) -> Changes:
    is_sure = isinstance(outcome, Later)
    if now - claim.created_at > GIVE_UP:
        state = "failed" if is_sure else "doubt"
        return {"state": state, "error": f"given up after a day: {outcome.why}"}
    state = "pending" if is_sure else "unsure"
    if outcome.method:
        # the method's pause holds it, and it is no failure of this message
        return {"state": state, "attempts": claim.attempts - 1}
    return {"state": state, "retry_at": now + _wait(claim, outcome), "error": outcome.why}


def _wait(claim: Claim, outcome: Later | Unsure) -> timedelta:
    doublings = min(max(0, claim.attempts - FEW_TRIES), 8)
    grown: timedelta = outcome.after * 2**doublings
    return max(outcome.after, min(grown, LONG_WAIT))


def is_news(claim: Claim, made: Changes) -> bool:
    """Whether the log has to say it."""
    is_lost = made["state"] in ("failed", "doubt") and not _is_needless(claim, made)
    is_odd = made["state"] == "sent" and made["error"]
    return bool(is_lost or is_odd or made.get("resent", claim.resent) > claim.resent)


def trouble(claim: Claim, made: Changes, *, others_arrive: bool) -> State | None:
    """What the owner has to hear of it: nothing as long as it may be Slack as a whole."""
    if made["state"] in ("failed", "doubt"):
        return None if _is_needless(claim, made) else made["state"]
    is_stuck = "retry_at" in made and made["retry_at"] and claim.attempts >= MANY_TRIES
    return "waiting" if is_stuck and others_arrive else None


def _is_needless(claim: Claim, made: Changes) -> bool:
    """An edit of what is not there, or not any more."""
    return claim.message.kind == "edit" and made.get("error") in (DELETED, PARENTLESS)
