"""What of the message of an alert an audience may see."""

import msgspec

from bot.alerts.facts import Acts, Touch, seen, topics
from commands import Grant
from tests.bot.alerts.test_card import CARD

TOLD = msgspec.structs.replace(
    CARD, touches=(Touch("Who waits.", ("customers",)), Touch("Its worth.", ("revenue",)))
)


def test_sentences_on_what_may_not_be_seen_are_left_out_with_their_topics():
    assert topics(TOLD) == ("customers", "revenue", "supply")
    fewer = seen(TOLD, Grant({"supply": "full", "revenue": "full"}))
    assert [one.text for one in fewer.touches] == ["Its worth."]
    assert topics(fewer) == ("revenue", "supply")


def test_who_is_not_known_is_someone():
    acts = Acts(names={"U1": "Ada"})
    assert [acts.name(one) for one in ("U1", "U2", None)] == ["Ada", "someone", "someone"]
