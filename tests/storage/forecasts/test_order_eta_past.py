from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts import _order_eta_past
from storage.forecasts._order_eta_open import Open, Past, open_on, read_past
from storage.forecasts._order_eta_past import look_back, read_from
from storage.forecasts._origins import Plan
from tests.storage.forecasts.company import NOW, Company
from tests.storage.world import World

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    company = Company(tmp_path_factory.mktemp("company"), days=300, a_day=2)
    with company.world.reader() as session:
        return told(session)


def told(session, plan=None):
    past = read_past(session, NOW, ZONE)
    return look_back(session, past, plan or Plan(), lambda *_: None, "order-eta")


def test_shares_that_were_told_came(found):
    mine = found.report.methods["leadline"]
    assert mine.n > 100
    assert 0.72 <= mine.cover80 <= 0.88
    assert 0.83 <= mine.cover90 <= 0.97


def test_it_tells_more_than_the_promise_the_usual_days_and_the_supplies(found):
    methods, gains = found.report.methods, found.report.gains
    for name in ("fixed", "ecdf_closed", "supplies"):
        assert methods["leadline"].pinball < methods[name].pinball
        assert gains[name].low > 0


def test_each_day_in_the_past_has_its_scores(found):
    report = found.report
    assert [one.at.day for one in report.origins] == [1] * len(report.origins)
    assert len(report.origins) >= 3
    assert sum(one.n for one in report.origins) == report.methods["leadline"].n
    assert report.methods["promise"].brier is not None


@pytest.mark.slow
def test_two_look_backs_say_the_same(found, tmp_path):
    company = Company(tmp_path, days=300, a_day=2)
    with company.world.reader() as session:
        assert told(session).report.as_json() == found.report.as_json()


def test_half_of_what_was_told_for_half_came_so(tmp_path):
    company = Company(tmp_path, days=200, a_day=2, seed=3)
    with company.world.reader() as session:
        past = read_past(session, NOW, ZONE)
        open_ = open_on(session, past, _order_eta_past._days(past, Plan())[-1])
    done = past.ended[open_.rows] > 0
    came = past.ended[open_.rows][done] - open_.day
    upto = (open_.draws[done] <= came[:, None]).mean(axis=1)
    under = (open_.draws[done] < came[:, None]).mean(axis=1)
    assert 0.35 <= ((upto + under) / 2 <= 0.5).mean() <= 0.65


def test_promises_that_nobody_had_seen_then_are_not_told_of(tmp_path):
    company = Company(tmp_path, days=200, a_day=2)
    for _, row in company.world._rows:
        if "promised_first" in row:
            row["first_seen_at"] = NOW
    with company.world.reader() as session:
        report = told(session).report
    assert report.methods["leadline"].n > 20
    assert "promise" not in report.methods


def test_too_little_history_is_not_looked_back_on(tmp_path):
    company = Company(tmp_path, days=40)
    with company.world.reader() as session:
        report = told(session).report
    assert report.rows == 40
    assert report.methods == {}


def test_nothing_at_all_has_a_report_of_nothing(tmp_path):
    with World(tmp_path).reader() as session:
        report = told(session).report
    assert (report.rows, report.start, report.methods) == (0, None, {})


def opened(rng, day, bias, n=150):
    """Lines whose draws are of 20 days give or take, while they take `bias` days more."""
    draws = np.sort(rng.normal(20, 4, (n, 200)).round(), axis=1).astype(np.int32)
    truth = rng.normal(20, 4, n).round() + bias
    rows = np.arange(n)
    return Open(day, draws, draws, rows, np.zeros(n, np.int64), 0), (day + truth).astype(np.int64)


def past_of(rng, bias, days=(1_000, 1_030, 1_060)):
    opens, ends = zip(*(opened(rng, day, bias) for day in days), strict=True)
    rows = np.arange(len(days) * 150).reshape(len(days), 150)
    moved = [Open(one.day, one.draws, one.plain, mine, one.due, 0)
             for one, mine in zip(opens, rows, strict=True)]  # fmt: skip
    lines = {"left_on": np.zeros(rows.size, np.int64)}
    return Past(NOW, ZONE, None, None, lines, np.concatenate(ends)), moved


def test_chances_that_came_out_too_early_are_read_later_next_time():
    past, opens = past_of(np.random.default_rng(0), bias=5)
    came = read_from(past, opens, 1_100)
    assert came is not None
    assert came[800] < 0.5  # of what was told for 8 in 10 not even half came


def test_chances_that_held_are_read_as_they_are():
    past, opens = past_of(np.random.default_rng(0), bias=0)
    came = read_from(past, opens, 1_100)
    assert came is None or abs(came[800] - 0.8) < 0.05


def test_what_is_not_known_by_a_day_teaches_nothing_on_it():
    past, opens = past_of(np.random.default_rng(0), bias=5)
    assert read_from(past, opens[:1], 1_001) is None
    assert read_from(past, [], 1_001) is None
