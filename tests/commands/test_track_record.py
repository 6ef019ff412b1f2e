"""How a record is said, and when a chance is told by what was measured instead of its word."""

from datetime import date, timedelta

import pytest

from commands._track_record import UNMEASURED, record
from storage.models import ForecastFit
from tests.commands.dialogue import NOW
from tests.storage.world import World

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def told(world, *, held, missed, share=0.8, things=1_000, model="toy", **more):
    for number in range(held + missed):
        world.told(
            model, f"purchaseline:a:b/{number % things}", share,
            NOW.date() - (3 + number // things) * DAY, NOW - (40 + number // things) * DAY,
            held=number < held, scored=NOW - DAY, **more,
        )  # fmt: skip


def looked_back(world, *, is_used=True, **came):
    pairs = [(0.5, came.get("half")), (0.8, came.get("eight")), (0.9, came.get("nine"))]
    world._add(
        ForecastFit, model="toy", version=1, fitted_at=NOW - DAY, starts_on=date(2025, 1, 1),
        ends_on=date(2026, 1, 1), rows=9, params="{}", why="", is_used=is_used,
        backtest={
            "methods": {"leadline": {"cover80": 0.7, "cover90": None}},
            "calibration": [
                {"said": said, "came": share, "n": 900} for said, share in pairs if share
            ],
        },
    )  # fmt: skip


def track(world):
    with world.reader() as session:
        return record(session, "toy", NOW)


def test_without_anything_measured_chances_are_told_in_words(world):
    for found in (track(world), UNMEASURED):
        assert [found.said(share) for share in (0.5, 0.8, 0.9)] == ["half", "8 in 10", "9 in 10"]
        assert found.sentence() is None
    assert UNMEASURED.said(0.63) == "63 in 100"


def test_the_sentence_is_of_the_last_fifty_that_were_told_8_in_10(world):
    told(world, held=41, missed=9)
    told(world, held=3, missed=40, share=0.5)
    assert track(world).sentence() == (
        "Of the last 50 “8 in 10 by” statements 41 held (40 expected)."
    )


def test_amounts_are_not_told_by_a_day(world):
    for number in range(10):
        world.told(
            "toy", f"customer:a:b/{number}", 0.8, NOW.date() - 3 * DAY, NOW - 40 * DAY,
            held=number > 1, scored=NOW - DAY, event="brings", low=1.0, high=9.0,
        )  # fmt: skip
    assert track(world).sentence() == "Of 10 “8 in 10” statements 8 held (8 expected)."


def test_chances_of_any_size_are_counted_together(world):
    for number in range(20):
        world.told("toy", f"customer:a:b/{number}", 0.05 * number, NOW.date() - 3 * DAY,
                   NOW - 40 * DAY, held=number > 11, scored=NOW - DAY, event="leaves")  # fmt: skip
    assert track(world).sentence() == "Of 20 such statements 8 held (10 expected)."


def test_a_handful_makes_no_sentence(world):
    told(world, held=8, missed=1)
    assert track(world).sentence() is None


@pytest.mark.parametrize(
    ("came", "said"),
    [(0.9, "9 in 10"), (0.87, "9 in 10"), (0.864, "86 in 100"), (0.71, "71 in 100"),
     (0.99, "9 in 10")],
)  # fmt: skip
def test_9_in_10_is_said_only_where_looking_back_allows_it(world, came, said):
    looked_back(world, nine=came)
    assert track(world).said(0.9) == said


def test_half_is_not_said_of_what_mostly_comes(world):
    looked_back(world, half=0.61)
    assert track(world).said(0.5) == "61 in 100"


def test_what_people_were_told_counts_before_looking_back(world):
    looked_back(world, eight=0.8)
    told(world, held=35, missed=15)
    assert track(world).said(0.8) == "70 in 100"


def test_what_was_told_without_a_fit_says_nothing_of_how_well_one_does(world):
    told(world, held=35, missed=15, version=0)
    assert track(world).said(0.8) == "70 in 100"
    looked_back(world, eight=0.8)
    found = track(world)
    assert (found.said(0.8), found.last.held) == ("8 in 10", 35)


@pytest.mark.parametrize(("count", "things"), [(49, 1_000), (60, 24)])
def test_few_statements_or_about_few_things_do_not(world, count, things):
    looked_back(world, eight=0.8)
    told(world, held=count - 30, missed=30, things=things)
    assert track(world).said(0.8) == "8 in 10"


def test_a_backtest_of_before_it_was_written_down_counts_by_its_scores(world):
    looked_back(world)
    found = track(world)
    assert (found.said(0.8), found.said(0.9)) == ("70 in 100", "9 in 10")


def test_a_fit_that_is_not_used_measures_nothing(world):
    looked_back(world, is_used=False, nine=0.5)
    assert track(world).said(0.9) == "9 in 10"
