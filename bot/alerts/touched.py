"""Whom an alert touches: asked once it was written down, outside any transaction, then told in its
message.
"""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select

from bot.alerts.make import named_in, touches
from bot.alerts.scene import Scene, amend, read_card
from bot.channel import Desk
from storage.models import AlertMessage

# of so many it is asked before what waits in the outbox is sent; the others are edited later
AT_ONCE = 20


def tell_touched(desk: Desk, now: datetime, zone: ZoneInfo) -> None:
    """Tells of the oldest alerts that owe it whom they touch.

    What breaks, and what a process left that died meanwhile, is told the next time.
    """
    with desk.store.reader() as session:
        query = select(AlertMessage).where(col(AlertMessage.owes).is_not(None))
        owing = list(session.exec(query.order_by(col(AlertMessage.id)).limit(AT_ONCE)))
    for row in owing:
        desk.guarded(f"whom {row.key} touches", partial(_tell, desk, row, now, zone))


def _tell(desk: Desk, owing: AlertMessage, now: datetime, zone: ZoneInfo) -> None:
    grant = desk.grant_of(owing.channel)
    affects = "" if owing.owes else _named(desk, read_card(owing).line, now, zone)
    found = touches(desk, owing.owes or affects, grant, now, zone)
    with desk.store.writer() as session:
        row = _locked(session, owing.key)
        if row is None or row.owes is None:
            return  # another process has told it
        row.owes = None
        session.add(row)
        scene, card = Scene(session, grant, now, zone), read_card(row)
        if not (found or affects) or not scene.may_see(card):
            return
        card = msgspec.structs.replace(card, touches=found, affects=affects)
        row.card = msgspec.to_builtins(card)
        amend(scene, row, card)


def _named(desk: Desk, line: str, now: datetime, zone: ZoneInfo) -> str:
    with desk.store.reader() as session:
        return named_in(session, desk, line, now, zone)


def _locked(session: Session, key: str) -> AlertMessage | None:
    query = select(AlertMessage).where(AlertMessage.key == key)
    return session.exec(query.with_for_update()).first()
