from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.fits import refit, standing
from storage.forecasts import load, order_eta
from storage.forecasts._order_eta_open import read_past
from storage.forecasts._origins import Plan
from tests.storage.forecasts.company import NOW, Company
from tests.storage.world import World

ZONE = ZoneInfo("Europe/Berlin")


def quiet(*_):
    pass


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    made = Company(tmp_path_factory.mktemp("company"), days=220, a_day=2)
    refit(made.world.store, [order_eta.MODEL], NOW, ZONE, quiet)
    return made


def test_a_fit_that_tells_more_than_promises_is_used(company):
    with company.world.reader() as session:
        (one,) = standing(session, NOW)
        stages = order_eta.used(session, NOW)
    assert one.is_used
    assert "below that of fixed" in one.why
    assert stages.left_out == ()
    with company.world.reader() as session:
        sent = read_past(session, NOW, ZONE).facts.waits.sent > 0
    assert 300 < one.rows == sent.sum() < len(sent)


def test_before_it_was_fitted_there_is_none(company):
    with company.world.reader() as session:
        assert order_eta.used(session, NOW - timedelta(days=1)) is None


def test_a_store_with_nothing_sent_has_no_fit(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-02-01")
    with world.reader() as session:
        assert order_eta.fitted(session, NOW, ZONE) is None
        report = order_eta.backtest(session, NOW, ZONE, Plan(), quiet)
    assert report.methods == {}


def test_one_customer_with_few_orders_has_a_fit_that_is_not_used(tmp_path):
    few = Company(tmp_path, days=100)
    (one,) = refit(few.world.store, [order_eta.MODEL], NOW, ZONE, quiet)
    assert not one.is_used
    assert one.why == "too little history to look back on"


def test_it_is_one_of_the_models():
    assert load()["order-eta"] is order_eta.MODEL
