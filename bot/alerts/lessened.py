"""The message of an alert whose channel lost a right before it was sent: without the sentences on
whom it touches that it may not see any more.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.alerts.facts import seen, topics
from bot.alerts.scene import Scene, first, later, read_card
from bot.claims import Message
from commands import Grant
from storage.models import AlertMessage
from storage.store import Store


def lessen(
    store: Store, clock: Callable[[], datetime], zone: ZoneInfo, message: Message, grant: Grant
) -> Message | None:
    """What `grant` allows of the post or the edit of an alert, as the alert stands now; null where
    it does not allow the alert itself, and of any other message.
    """
    key = message.parent if message.kind == "edit" else message.key
    with store.reader() as session:
        row = session.exec(select(AlertMessage).where(AlertMessage.key == key)).first()
        if row is None:
            return None
        scene, card = Scene(session, grant, clock(), zone), seen(read_card(row), grant)
        if not scene.may_see(card):
            return None
        drawn = later if message.kind == "edit" else first
        text, blocks = drawn(scene, row, card)
    return replace(message, text=text, blocks=blocks, topics=topics(card))
