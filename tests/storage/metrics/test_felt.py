"""Orders as customers felt them, one by one."""

from dataclasses import replace
from datetime import date

import pytest

from storage.known import columns
from storage.known.cases import cases
from storage.known.complaints import heard
from storage.known.customers import identities
from storage.known.voices import voices
from storage.metrics._felt import felt, is_bad
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.metrics.test_after_delivery import TODAY, ago, known
from tests.storage.metrics.test_surveys import said
from tests.storage.world import World


def of(world):
    with world.reader() as session:
        who = identities(session)
        return felt(
            columns.sales(session, NOW, zone=BERLIN), who, voices(session, NOW, who),
            cases(session, NOW, who), heard(session, who), TODAY.toordinal(),
        )  # fmt: skip


def test_late_ones_are_felt_from_their_day_on_and_early_ones_as_they_come(tmp_path):
    world = World(tmp_path)
    for late in (-5, 0, 9, None):
        party, _ = known(world, f"C {late}")
        sent = None if late is None else ago(200 - late)
        world.sale(party, ago(230), promised=ago(200), shipped=sent)
    found = of(world).orders
    assert [date.fromordinal(day) for day in found.since.tolist()] == [
        ago(205), ago(200), ago(200), ago(200),
    ]  # fmt: skip
    assert found.band.tolist() == [0, 1, 4, 5]


def test_an_answer_counts_for_the_last_order_before_it(tmp_path):
    world = World(tmp_path)
    party, account = known(world, "Acme")
    for day in (100, 80, 20):
        world.sale(party, ago(day + 5), promised=ago(day), shipped=ago(day))
    for day, score in ((101, 1), (99, 9), (80, 2), (49, 1), (5, 3)):
        world.survey(account, ago(day), score)
    found = of(world)
    assert [(date.fromordinal(int(found.orders.since[at])), bool(bad))
            for at, bad in zip(found.answers, found.was_bad, strict=True)
            ] == [(ago(100), False), (ago(80), True), (ago(20), True)]  # fmt: skip


def test_calls_and_orders_count_within_their_days(tmp_path):
    world = World(tmp_path)
    for name, called, again in (("in", 30, 273), ("out", 31, 274), ("same day", 0, 0)):
        party, account = known(world, name)
        world.sale(party, ago(330), promised=ago(300), shipped=ago(300))
        world.ticket(account, ago(300 - called))
        world.sale(party, ago(300 - again))
    found = of(world)
    assert found.called.tolist() == [True, False, True]
    assert found.again.tolist() == [True, False, False]
    assert found.could_call.all()
    assert len(found.companies) == 3


@pytest.mark.parametrize(("score", "kind", "scale", "is_it"), [
    (6, "nps", 10, True), (7, "nps", None, False), (2, "csat", 5, True), (3, "csat", 5, False),
    (2, "csat", None, None), (1, "ces", 7, None), (3, "nps", 5, None),
])  # fmt: skip
def test_which_answers_are_bad(score, kind, scale, is_it):
    assert is_bad(replace(said(score, 1), kind=kind, scale=scale)) is is_it
