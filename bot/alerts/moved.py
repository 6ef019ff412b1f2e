"""A rule of leadline.toml that is told in another channel now: what runs of it goes there.

The alert is posted there as it stands, with who acknowledged it and what was done; the message in
the old channel says that it moved, and is edited no more.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select, update

from bot.alerts.facts import seen
from bot.alerts.left import MOVED, STILL_WATCHED
from bot.alerts.rule import Rule
from bot.alerts.scene import Scene, episodes_of, post, read_card, redraw
from bot.channel import Desk
from storage.episode_rows import among
from storage.models import AlertMessage, Deed, Episode, Outbox

TOLD = "This is told elsewhere now, as leadline.toml says."


def follow_moved(desk: Desk, declared: Iterable[Rule], now: datetime, zone: ZoneInfo) -> None:
    """Tells what runs of the rules of leadline.toml, which are `declared`, where they are told now.

    What was posted just now stays: another process may have another leadline.toml, as when a new
    one is rolled out, and the two would move it to and fro.
    """
    channels = {one.id: one.channel for one in declared}
    if not channels:
        return
    with desk.store.reader() as session:
        found = _elsewhere(session, channels, now)
    for key, channel in found:
        desk.guarded(f"the move of {key}", partial(_move, desk, key, channel, now, zone))


def _elsewhere(
    session: Session, channels: Mapping[str, str], now: datetime
) -> list[tuple[str, str]]:
    """The messages of what runs that stand in another channel than they should, with the right
    one, the oldest first.
    """
    runs = select(Episode.message).where(
        among(session.connection(), col(Episode.rule), channels),
        col(Episode.ended_at).is_(None),
        col(Episode.message).is_not(None),
    )
    query = (
        select(AlertMessage.key, AlertMessage.rule, AlertMessage.channel)
        .join(Outbox, col(Outbox.key) == AlertMessage.key)
        .where(col(AlertMessage.key).in_(runs), col(Outbox.created_at) < now - STILL_WATCHED)
        .order_by(col(AlertMessage.id))
    )
    return [
        (key, channels[rule]) for key, rule, channel in session.exec(query)
        if channel != channels[rule]
    ]  # fmt: skip


def _move(desk: Desk, key: str, channel: str, now: datetime, zone: ZoneInfo) -> None:
    with desk.store.writer() as session:
        # episodes first, in the order in which an evaluation locks them
        session.exec(select(Episode.id).where(Episode.message == key).with_for_update()).all()
        query = select(AlertMessage).where(AlertMessage.key == key).with_for_update()
        old = session.exec(query).first()
        if old is None or old.channel == channel or not episodes_of(session, key):
            return  # another process has moved it
        made = _copy(old, channel)
        _leave(Scene(session, desk.grant_of(old.channel), now, zone), old)
        _begin(Scene(session, desk.grant_of(channel), now, zone), old, made)


def _copy(old: AlertMessage, channel: str) -> AlertMessage:
    return AlertMessage(
        key=f"{old.key}>{channel}", rule=old.rule, channel=channel, card=old.card,
        marks=dict(old.marks), owes=old.owes,
    )  # fmt: skip


def _leave(scene: Scene, old: AlertMessage) -> None:
    """The last edit of the old message, while its episodes are still its own."""
    old.card = msgspec.to_builtins(msgspec.structs.replace(read_card(old), left=MOVED))
    old.owes = None
    redraw(scene, old, TOLD)


def _begin(scene: Scene, old: AlertMessage, made: AlertMessage) -> None:
    """The new message; where its channel may not see it the episodes are told of by none."""
    card, session = read_card(made), scene.session
    may_see = scene.may_see(card)
    for one in episodes_of(session, old.key):
        one.message = made.key if may_see else None
        session.add(one)
    session.flush()
    if not may_see:
        return
    moved = update(Deed).where(col(Deed.message) == old.key).values(message=made.key)
    session.connection().execute(moved)
    session.add(made)
    session.flush()
    post(scene, made, seen(card, scene.grant))
