import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.nights import IDLE, Nights
from storage.fits import standing
from storage.forecasts import Fit, Model
from storage.forecasts._report import Report
from tests.storage.conftest import fresh

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 2, 1)


class Toy:
    """A model that counts its fits, and can hang, fail or find nothing."""

    def __init__(self):
        self.fits, self.gate, self.fault, self.finds = 0, None, None, True

    def fit(self, session, now, zone):
        self.fits += 1
        if self.gate:
            self.gate.wait(10)
        if self.fault:
            raise self.fault
        return Fit({}, 1, DAY, DAY) if self.finds else None

    def model(self):
        return Model("toy", 1, "Toys", "plain", "toys", "supply", self.fit,
                     lambda *_: Report("toy", 1, DAY, DAY))  # fmt: skip


def guarded(name, fn):
    try:
        return fn()
    except ZeroDivisionError:
        return None


@pytest.fixture
def toy():
    return Toy()


@pytest.fixture
def nights(tmp_path, toy):
    store = fresh(tmp_path / "leadline.db")
    made = Nights(store, [toy.model()], BERLIN, guarded)
    yield made
    made.wait()
    store.close()


def test_what_is_due_is_fitted_once(nights, toy):
    for minute in range(3):
        nights.begin(NOW + timedelta(minutes=minute))
        nights.wait()
    assert toy.fits == 1
    with nights.store.reader() as session:
        assert [one.fitted_at for one in standing(session, NOW)] == [NOW]


def test_nobody_waits_for_a_fit_and_none_begins_beside_it(nights, toy):
    toy.gate = threading.Event()
    nights.begin(NOW)
    nights.begin(NOW + timedelta(days=1))
    nights.wait(0)
    toy.gate.set()
    nights.wait()
    assert toy.fits == 1


def test_the_next_night_it_is_fitted_anew(nights, toy):
    for day in range(2):
        nights.begin(NOW + timedelta(days=day))
        nights.wait()
    assert toy.fits == 2


@pytest.mark.parametrize("fault", [None, ZeroDivisionError()])
def test_where_nothing_came_of_it_it_is_tried_again_after_an_hour(nights, toy, fault):
    toy.fault, toy.finds = fault, False
    for after in (timedelta(0), IDLE - timedelta(seconds=1), IDLE):
        nights.begin(NOW + after)
        nights.wait()
    assert toy.fits == 2
