"""What customers will begin to buy, from a store."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.fits import in_use, refit
from storage.forecasts import load
from storage.forecasts._origins import Plan
from storage.forecasts._statement import Issued
from storage.forecasts.upsell import MODEL, event
from storage.known import Named
from tests.storage.forecasts.tastes import FIRST, STEP, tasted
from tests.storage.world import World

BERLIN = ZoneInfo("Europe/Berlin")
END = FIRST + 24 * STEP
NOW = datetime.combine(date.fromordinal(END), datetime.min.time(), UTC)


def filled(folder, every):
    world = World(folder)
    items = [world.item(one.name, source_id=one.ref) for one in every.items]
    refs = [world.customer(f"C{at}", source_id=f"c{at}") for at in range(len(every.companies))]
    for whose, item, on in zip(every.whose, every.item, every.on, strict=True):
        world.sale(refs[whose], date.fromordinal(int(on)), item=items[item])
    return world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = tasted(np.random.default_rng(8), n=120, items=16, months=24, usual=0.01, times=8.0)
    return filled(tmp_path_factory.mktemp("tastes"), made)


def quietly(*_):
    pass


def test_it_is_found_among_the_models():
    assert load()["upsell"] is MODEL


def test_it_is_fitted_kept_and_used_where_it_did_better_than_popularity(world):
    (kept,) = refit(world.store, [MODEL], NOW, BERLIN, quietly)
    assert kept.is_used
    assert "below that of popularity" in kept.why
    assert kept.backtest["hits"]["leadline"] > kept.backtest["hits"]["popularity"]
    with world.reader() as session:
        assert in_use(session, MODEL, NOW).rows == kept.rows > 50
        report = MODEL.backtest(session, NOW, BERLIN, Plan(most=1, horizon=90), quietly)
    assert report.model == "upsell"


def test_an_empty_store_has_no_fit_and_no_origins(tmp_path):
    world = World(tmp_path)
    with world.reader() as session:
        assert MODEL.fit(session, NOW, BERLIN) is None
        assert MODEL.backtest(session, NOW, BERLIN, Plan(), quietly).methods == {}


def test_what_is_called_off_was_never_begun(tmp_path):
    world = World(tmp_path)
    item = world.item("Plate")
    for number in range(200):
        day = date.fromordinal(END - 1 - number)
        world.sale(world.customer(f"C{number}"), day, item=item, cancelled=date.fromordinal(END))
    with world.reader() as session:
        assert MODEL.fit(session, NOW.replace(year=NOW.year + 1), BERLIN) is None


def test_a_statement_holds_once_its_item_is_bought(tmp_path):
    world = World(tmp_path)
    acme, plate, screw = world.customer("Acme"), world.item("Plate"), world.item("Screw")
    world.sale(acme, "2026-01-10", item=plate)
    world.sale(acme, "2026-03-10", item=screw)

    def told(number, item, issued, by, who=acme):
        return Issued(
            model="upsell", subject=f"customer:{world.erp}/{who}", share=0.1,
            event=event(Named("item", world.erp, item, "")), by=date.fromisoformat(by), id=number,
            version=1, issued_at=NOW, issued_on=date.fromisoformat(issued),
        )  # fmt: skip

    statements = [
        told(1, screw, "2026-02-01", "2026-07-01"), told(2, screw, "2026-02-01", "2026-03-09"),
        told(3, plate, "2026-02-01", "2026-07-01"), told(4, "none", "2026-02-01", "2026-03-01"),
        told(5, "none", "2026-02-01", "2026-07-01"),
        told(6, screw, "2026-02-01", "2026-03-01", who="nobody"),
    ]  # fmt: skip
    with world.reader() as session:
        now = datetime(2026, 4, 1, tzinfo=UTC)
        found = MODEL.judge(session, statements, now, BERLIN)
    assert found == {1: True, 2: False, 3: None, 4: False, 6: False}
