import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.nights import IDLE, SCORED_EVERY, Nights
from storage.fits import standing
from storage.forecasts import Fit, Model
from storage.forecasts._report import Report
from storage.issued import Statement, keep
from storage.models import ForecastIssued, SyncRun
from tests.storage.conftest import fresh

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 2, 1)


class Toy:
    """A model that counts its fits, and can hang, fail or find nothing."""

    def __init__(self):
        self.fits, self.gate, self.fault, self.finds = 0, None, None, True
        self.judged = []

    def fit(self, session, now, zone):
        self.fits += 1
        if self.gate:
            self.gate.wait(10)
        if self.fault:
            raise self.fault
        return Fit({}, 1, DAY, DAY) if self.finds else None

    def judge(self, session, told, now, zone):
        self.judged.append(now)
        return {one.id: True for one in told}

    def model(self, name="toy"):
        return Model(name, 1, "Toys", "plain", "toys", "supply", self.fit,
                     lambda *_: Report(name, 1, DAY, DAY), judge=self.judge)  # fmt: skip


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


def test_a_fit_that_was_made_holds_back_none_after_a_back_fill(nights, toy):
    nights.begin(NOW)
    nights.wait()
    ended = NOW + timedelta(minutes=2)
    with nights.store.writer() as session:
        session.add(SyncRun(source="a:b", stream="x", started_at=ended, ended_at=ended,
                            outcome="ok", written=5_000))  # fmt: skip
    nights.begin(NOW + timedelta(minutes=3))
    nights.wait()
    assert toy.fits == 2


def test_a_model_without_anything_to_fit_holds_back_no_other(nights, toy):
    empty = Toy()
    empty.finds = False
    nights.models = [empty.model("empty"), toy.model()]
    nights.begin(NOW)
    nights.wait()
    toy.finds = False
    nights.models = [*nights.models, Toy().model("new")]
    nights.begin(NOW + timedelta(minutes=1))
    nights.wait()
    assert (empty.fits, toy.fits) == (1, 1)
    with nights.store.reader() as session:
        assert [one.model for one in standing(session, NOW + timedelta(minutes=1))] == [
            "new", "toy",
        ]  # fmt: skip


def told(store, *, by):
    with store.writer() as session:
        one = Statement("toy", "x", "arrives", 0.8, by)
        keep(session, [one], {"toy": 1}, NOW, BERLIN)


def rows(store):
    with store.reader() as session:
        return [(row.held, row.scored_at) for row in session.exec(select(ForecastIssued))]


def test_what_was_told_is_scored_after_the_fits_and_each_hour(nights, toy):
    told(nights.store, by=date(2026, 3, 5))
    for after in (timedelta(0), SCORED_EVERY - timedelta(seconds=1), SCORED_EVERY):
        nights.begin(NOW + after)
        nights.wait()
    assert rows(nights.store) == [(True, NOW)]
    assert toy.judged == [NOW]  # nothing was left to judge
    assert toy.fits == 1


def test_a_model_that_breaks_keeps_no_other_from_being_scored(nights, toy):
    broken = Toy()
    broken.judge = lambda *_: 1 / 0
    nights.models = [broken.model(), toy.model()]
    told(nights.store, by=date(2026, 3, 5))
    nights.begin(NOW)
    nights.wait()
    assert rows(nights.store) == [(True, NOW)]


def test_old_scores_are_removed(nights):
    told(nights.store, by=date(2022, 3, 5))
    nights.begin(NOW)
    nights.wait()
    assert rows(nights.store) == []


def test_stopping_waits_for_the_step_under_way_and_begins_no_other(nights, toy):
    toy.gate = threading.Event()
    nights.models = [toy.model(), toy.model("second")]
    nights.begin(NOW)
    stopped = threading.Thread(target=nights.stop, args=(10,))
    stopped.start()
    assert stopped.is_alive()
    toy.gate.set()
    stopped.join(10)
    assert not nights._thread.is_alive()
    assert toy.fits == 1
