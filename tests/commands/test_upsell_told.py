"""With what chance offers are taken, as `opportunities` tells it."""

from datetime import timedelta

import numpy as np
import pytest

from commands._upsell_told import Chances
from storage.entities import read_entity
from storage.fits import refit
from storage.forecasts._upsell_fit import Begins
from storage.forecasts.upsell import MODEL
from storage.metrics._lift import Rules
from storage.metrics.bought_together import Offers
from tests.commands.dialogue import grant, say, verify, words_of
from tests.storage.forecasts.tastes import tasted
from tests.storage.forecasts.test_upsell import BERLIN, NOW, filled, quietly


def of_tastes(folder, times):
    made = tasted(np.random.default_rng(8), n=120, items=16, months=24, usual=0.01, times=times)
    return filled(folder, made)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = of_tastes(tmp_path_factory.mktemp("told"), 8.0)
    refit(made.store, [MODEL], NOW, BERLIN, quietly)
    return made


def test_each_offer_has_its_chance_and_what_it_is_expected_to_bring(world):
    said = say(world, "opportunities", now=NOW)
    names = [one.name for one in said.table.columns]
    assert names[4:7] == ["Worth", "Chance", "Expected"]
    offers = [row for row in said.table.rows if row[1] == "cross-sell"]
    assert all(0 < row[5] < 1 and row[4] == "EUR 100" for row in offers)
    assert [row[5] for row in offers] == sorted((row[5] for row in offers), reverse=True)
    text, total = words_of(said), 100 * sum(row[5] for row in offers)
    assert f"Of the items EUR {total:,.0f} is expected within 180 days, by their chances." in text
    assert "Each chance is that of buying it within 180 days, offered or not. In the past" in text
    assert "of the 5 items that were likeliest for each, and" in text


def test_what_is_drawn_first_is_kept_as_told(world):
    said = say(world, "opportunities", now=NOW)
    assert 0 < len(said.statements) <= 10
    one = said.statements[0]
    assert (one.model, read_entity(one.subject)[0]) == ("upsell", "customer")
    assert one.event.startswith("buys item:odoo:erp/i")
    assert one.by == (NOW + timedelta(days=180)).date()


def test_who_may_not_see_items_or_money_sees_chances_only(world):
    said = say(world, "opportunities", now=NOW, sees=grant("customers"))
    assert "Chance" in [one.name for one in said.table.columns]
    assert "EUR" not in words_of(said)
    assert "Item" not in words_of(said).replace("items", "")


def test_of_an_item_too_new_to_have_a_rate_no_chance_is_told():
    rules = Rules(*(np.array([one]) for one in (0, 1, 18, 25, 4.0, 3.0, 5.0)))
    found = Offers(np.array([0, 1]), np.array([1, 2]), np.array([0, 0]))
    made = Chances(Begins(180, np.array([0.1, 0.1, 0.0]), np.ones(5), 100, 60), "")
    assert made.shares(found, rules) == [pytest.approx(0.1), None]
    assert Chances(None, "").shares(found, rules) is None


def test_without_a_fit_it_says_why_no_chance_is_told(tmp_path):
    world = of_tastes(tmp_path, 8.0)
    verify(world, [
        ("opportunities", "answer", "With what chance an offer is taken is not told: too little"),
    ], now=NOW)  # fmt: skip
    assert say(world, "opportunities", now=NOW).statements == ()
