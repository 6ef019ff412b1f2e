"""Answers to surveys as known at an instant."""

from datetime import UTC, datetime
from decimal import Decimal

from storage.known.customers import identities
from storage.known.voices import voices
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def test_answers_come_in_order_with_their_scale_and_words(tmp_path):
    world = World(tmp_path)
    party, account = world.customer("Acme"), world.account("Acme")
    world.survey(account, "2026-03-10", 5, kind="csat", scale=5, comment="good")
    world.survey(account, "2026-03-01", 9)
    world.survey(None, "2026-03-02", 3)
    world.survey(account, "2026-03-20", 1)
    with world.reader() as session:
        who = identities(session)
        found = list(voices(session, NOW, who))
        only = list(voices(session, NOW, who, "csat"))
    assert [(one.kind, one.score, one.scale) for one in found] == [
        ("nps", Decimal(9), 10), ("nps", Decimal(3), 10), ("csat", Decimal(5), 5),
    ]  # fmt: skip
    assert [one.company for one in found] == [(world.erp, party), None, (world.erp, party)]
    assert only == [found[2]]
    assert only[0].comment == "good"
