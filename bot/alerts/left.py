"""What still stands of a rule that is watched no more, or watches something else: its messages say
that nobody can tell, never that it is over.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select

from bot.alerts.rule import Rule
from bot.alerts.scene import Scene, read_card, redraw
from bot.alerts.standing import DATA as UNTOLD
from bot.alerts.tell import DATA
from bot.channel import Desk
from storage.episodes import running
from storage.models import AlertMessage, RuleState

GIVEN_UP = "it is watched no more"
CHANGED = "the alert watches something else now"
MOVED = "it is told elsewhere now"
# no state of data is this: with the next look that has something to show they are edited again
LEFT = "left"


def leave(
    session: Session, desk: Desk, rule: Rule, why: str, now: datetime, zone: ZoneInfo
) -> None:
    """Edits what the rule told of that is not over, and says why in its thread; in the caller's
    transaction, before the episodes end. Raises where Slack can't say who reads it now.
    """
    told = f"Whether it goes on can't be told any more: {why}."
    _redraw(session, desk, rule, why, LEFT, told, now, zone)


def resume(session: Session, desk: Desk, rule: Rule, now: datetime, zone: ZoneInfo) -> None:
    """Edits what stands of a rule that is watched again, as it was when that ended; likewise."""
    state = session.get(RuleState, rule.id)
    data = state.data if state else "ok"
    why = "" if data == "ok" else UNTOLD[data]
    _redraw(session, desk, rule, why, data, "It is watched again.", now, zone)


def _redraw(
    session: Session, desk: Desk, rule: Rule, why: str, data: str, told: str, now: datetime,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    keys = {one.message for one in running(session, rule.id) if one.message}
    if not keys:
        return
    scene = Scene(session, desk.grant_of(rule.channel), now, zone)
    query = select(AlertMessage).where(col(AlertMessage.key).in_(sorted(keys)))
    for row in session.exec(query.order_by(col(AlertMessage.id)).with_for_update()):
        card = msgspec.structs.replace(read_card(row), why=why)
        row.card, row.marks = msgspec.to_builtins(card), {**row.marks, DATA: data}
        redraw(scene, row, told)
