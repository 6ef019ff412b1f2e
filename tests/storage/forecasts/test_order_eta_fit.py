from dataclasses import replace
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from storage.forecasts._calibration import EVEN
from storage.forecasts._order_eta_facts import facts
from storage.forecasts._order_eta_fit import fit, stages_from
from storage.forecasts._orders import Orders
from tests.storage.forecasts.company import NOW, TODAY, Company
from tests.storage.forecasts.generated import lognormal
from tests.storage.world import World

ZONE = ZoneInfo("Europe/Berlin")
DAY = TODAY.toordinal() + 1


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    company = Company(tmp_path_factory.mktemp("company"), days=120)
    with company.world.reader() as session:
        return facts(session, NOW, ZONE)


def durations(start, end, item):
    names = ["", "Desk", "Lamp", "Rug"]
    zeros = np.zeros(len(start), np.int64)
    return Orders(start, end, zeros, np.arange(len(start)), {"item": item}, {"item": names})


def median(fitted, name):
    return fitted.knots.curve(fitted.follow({"item": name}).number, 0).quantile(0.5)


def test_every_stage_is_recovered(known):
    found = fit(known, DAY)
    assert found.left_out == ()
    halves = [getattr(found, name).knots.curve(0, 0).quantile(0.5)
              for name in ("docked", "made", "carried")]  # fmt: skip
    assert halves == [1, 5, 3]


def test_an_item_with_few_leans_on_all_and_one_with_many_is_itself(known):
    rng = np.random.default_rng(0)
    item = np.repeat([1, 2, 3], [400, 400, 2])
    takes = np.concatenate([lognormal(rng, 400, 5, 0.2), lognormal(rng, 400, 20, 0.2), [60, 60]])
    start = DAY - 120 + np.arange(len(item)) % 50
    made = fit(replace(known, made=durations(start, start + takes, item)), DAY).made
    assert 4 <= median(made, "Desk") <= 6
    assert 18 <= median(made, "Lamp") <= 22
    assert median(made, "Rug") < 40
    assert 5 <= median(made, "Never made") <= 20


def test_what_is_in_work_counts_as_not_done_at_its_age(known):
    rng = np.random.default_rng(1)
    start = DAY - rng.integers(1, 30, 900)
    takes = lognormal(rng, 900, 15, 0.4)
    item = np.ones(900, np.int64)
    done = start + takes < DAY
    every = durations(start, np.where(done, start + takes, 0), item)
    closed = every.of(done)
    assert abs(median(fit(replace(known, made=every), DAY).made, "Desk") - 15) <= 1
    assert median(fit(replace(known, made=closed), DAY).made, "Desk") < 13


def test_production_that_slowed_down_is_followed(known):
    start = DAY - np.arange(30, 430)
    takes = np.where(start > DAY - 130, 12, 5)
    made = fit(replace(known, made=durations(start, start + takes, np.ones(400, np.int64))), DAY)
    assert made.made.knots.survival(np.zeros(1, np.int64), np.array([6]))[0] > 0.33  # a quarter


def test_a_stage_that_nobody_tells_of_is_left_out_and_named(tmp_path, known):
    with World(tmp_path).reader() as session:
        nothing = facts(session, NOW, ZONE)
    assert fit(nothing, DAY).left_out == ("putting away", "production", "picking", "transport")
    assert fit(replace(known, carried=nothing.carried), DAY).left_out == ("transport",)


def test_all_open_or_all_called_off_tell_nothing(known):
    start = np.full(100, DAY - 20)
    none = np.zeros(100, np.int64)
    waiting = durations(start, none, none + 1)
    assert fit(replace(known, made=waiting), DAY).made is None
    gone = replace(waiting, left=start + 3)
    assert fit(replace(known, made=gone), DAY).made is None


def test_it_is_kept_as_json_and_always_the_same(known):
    made = replace(fit(known, DAY), came=EVEN**2)
    kept = msgspec.json.encode(made.as_json())
    assert kept == msgspec.json.encode(replace(fit(known, DAY), came=EVEN**2).as_json())
    again = stages_from(msgspec.json.decode(kept))
    assert again.left_out == ()
    assert again.together == made.together
    assert np.allclose(again.came, made.came, atol=1e-3)
    assert np.allclose(again.made.knots.left, made.made.knots.left, atol=1e-5)
