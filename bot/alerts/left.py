"""What still stands of a rule that is watched no more, or watches something else: it ends, and its
messages say so, never that it is over.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select

from bot.alerts import own
from bot.alerts.card import SOMEONE
from bot.alerts.names import names_of
from bot.alerts.scene import Scene, read_card, redraw
from bot.channel import Desk
from storage.episodes import begin_anew, cut_short, outside, running
from storage.models import AlertMessage, Audit, RuleState

CHANGED = "the alert watches something else now"
MOVED = "it is told elsewhere now"
OF_THE_FILE = "taken out of leadline.toml"
# another process may have another leadline.toml, as when a new one is rolled out
STILL_WATCHED = timedelta(minutes=15)


def given_up(by: str) -> str:
    """Why a rule is watched no more that someone gave up."""
    return f"given up by {by}"


def leave(session: Session, desk: Desk, rule: str, why: str, now: datetime, zone: ZoneInfo) -> None:
    """Ends what runs of a rule, edits what was told of it, and says why in its thread; in the
    caller's transaction. Raises where Slack can't say who reads it now.
    """
    keys = {one.message for one in running(session, rule) if one.message}
    cut_short(session, rule, now)
    query = select(AlertMessage).where(col(AlertMessage.key).in_(sorted(keys)))
    for row in session.exec(query.order_by(col(AlertMessage.id)).with_for_update()):
        card = msgspec.structs.replace(read_card(row), left=why)
        row.card = msgspec.to_builtins(card)
        scene = Scene(session, desk.grant_of(row.channel), now, zone)
        redraw(scene, row, f"No longer watched: {why}.")


def leave_gone(desk: Desk, declared: Collection[str], now: datetime, zone: ZoneInfo) -> None:
    """The same of every rule that is neither one of leadline.toml, which are `declared`, nor one
    that people keep.
    """
    with desk.store.reader() as session:
        gone = outside(session, {*declared, *own.active(session)})
    for rule in gone:
        desk.guarded(f"rule {rule}", partial(_leave_gone, desk, rule, now, zone))


def _leave_gone(desk: Desk, rule: str, now: datetime, zone: ZoneInfo) -> None:
    with desk.store.writer() as session:
        if why := _why(session, rule, now):
            leave(session, desk, rule, why, now, zone)
            begin_anew(session, rule)


def _why(session: Session, rule: str, now: datetime) -> str:
    """Why a rule is gone; empty where it is not, or may not be."""
    if not rule.startswith(own.OWN):
        state = session.get(RuleState, rule)
        is_watched = state is not None and abs(now - state.evaluated_at) < STILL_WATCHED
        return "" if is_watched else OF_THE_FILE
    row = own.row_of(session, rule)
    if row is not None and row.ended_at is None:
        return ""
    query = select(Audit.who).where(Audit.what == f"rule {rule}", Audit.action == "given up")
    who = session.exec(query.order_by(col(Audit.id).desc())).first()
    return given_up(names_of(session, [who]).get(who or "", SOMEONE))
