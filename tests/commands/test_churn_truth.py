"""From a store over the nightly fit to the answer: chances of customers whose truth is known."""

from datetime import UTC, datetime, time, timedelta
from time import process_time

import numpy as np
import pytest

from storage.fits import refit
from storage.forecasts._scores import of_chances
from storage.forecasts.churn import MODEL
from tests.commands.dialogue import BERLIN, say, words_of
from tests.storage.forecasts.leavers import NOW, buy, sign
from tests.storage.world import World

pytestmark = pytest.mark.slow

AT = datetime.combine(NOW, time(3), UTC)
N = 1_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The world after its nightly fit, the true chances of those with contracts, who left of them,
    and who of the buyers ordered nothing."""
    world = World(tmp_path_factory.mktemp("leavers"))
    chance, left = sign(world, np.random.default_rng(1), N)
    quiet = buy(world, np.random.default_rng(2), N)
    refit(world.store, [MODEL], AT, BERLIN, lambda *_: None)
    return world, chance, left, quiet


@pytest.fixture(scope="module")
def rows(made):
    said = say(made[0], "churn", now=AT + timedelta(hours=1))
    names = [column.name for column in said.table.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in said.table.rows}, said


def perfect_ece(told):
    """What 95 in 100 perfectly calibrated models of such chances stay under."""
    rng = np.random.default_rng(0)
    drawn = [of_chances(told, rng.random(len(told)) < told).ece for _ in range(200)]
    return np.quantile(drawn, 0.95)


def by_chance(told):
    """How far what came lies from what was expected in all but 3 of 1,000 draws."""
    return 3 * np.sqrt((told * (1 - told)).sum())


def test_with_a_contract_the_true_chances_are_told(made, rows):
    _, chance, left, _ = made
    mine = {name: row for name, row in rows[0].items() if row["Within"] == 90}
    assert set(mine) == set(chance)
    told = np.array([row["To leave"] for row in mine.values()])
    true = np.array([chance[name] for name in mine])
    assert np.abs(told - true).mean() < 0.03
    assert told.sum() == pytest.approx(true.sum(), rel=0.2)
    came = np.array([name in left for name in mine])
    assert of_chances(told, came).ece < perfect_ece(told) + 0.01
    held = [row["From"] <= chance[name] <= row["To"] for name, row in mine.items()]
    assert np.mean(held) > 0.75


def test_without_a_contract_chances_come_to_what_they_say(made, rows):
    quiet = made[3]
    mine = {name: row for name, row in rows[0].items() if row["Within"] == 273}
    told = np.array([row["To leave"] for row in mine.values()])
    came = np.array([name in quiet for name in mine])
    assert told.sum() == pytest.approx(came.sum(), abs=by_chance(told))
    scores = of_chances(told, came)
    assert scores.ece < perfect_ece(told) + 0.02
    assert scores.auc > 0.7


def test_the_answer_states_the_sum_and_the_same_again(made, rows):
    found, said = rows
    read = {one.name: one.value for one in said.readings}
    assert read["expected to leave"] == pytest.approx(
        sum(row["To leave"] for row in found.values())
    )
    assert words_of(say(made[0], "churn", now=AT + timedelta(hours=1))) == words_of(said)


@pytest.mark.parametrize("line", ["churn", "churn Signed 901", "customer Signed 901"])
def test_of_thousands_it_is_answered_at_once(made, rows, line):
    begin = process_time()
    said = say(made[0], line, now=AT + timedelta(hours=1))
    took = process_time() - begin
    assert said.statements
    assert took < 2, f"{line} took {took:.1f} s of the processor"
