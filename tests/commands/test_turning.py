from datetime import date

import pytest

from commands import Ask, Grant
from commands._grammar import read
from commands._stock_seen import shelf
from commands._turning import turning, whole_days
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.stock_world import day, stocked

ASK = Ask("", NOW, BERLIN, Grant.everything())


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("turning"))


@pytest.fixture
def session(world):
    with world.reader() as found:
        yield found


def query(session, *words):
    return read(
        session, ASK, words, command="turnover", kinds=("item", "category"),
        by=("item", "category", "site", "month"), days=365,
    )  # fmt: skip


def asked(session, *words):
    found = query(session, *words)
    return turning(session, ASK, found, shelf(session, ASK, found))


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("last 30 days", (day(-30), day(-1))),
        ("this month", (date(2026, 3, 1), day(-1))),
        ("last month", (date(2026, 2, 1), date(2026, 2, 28))),
        ("today", (day(0), day(-1))),
    ],
)
def test_days_are_whole_ones(session, words, days):
    assert whole_days(query(session, *words.split()).window, ASK) == days


def test_months_are_the_newest_first_and_cut_where_the_window_begins_and_ends(session):
    assert asked(session, "last", "60", "days").months() == [
        (date(2026, 3, 1), date(2026, 3, 19)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 1, 19), date(2026, 1, 31)),
    ]


def test_it_is_worth_nothing_known_before_moves_are_kept(session):
    found = asked(session)
    assert found.value_on(day(-2)).single == (10 * 60 + 5 * 3 + 902 + 100 + 400, "EUR")
    assert asked(session, "last", "2", "years").value_on(day(-500)).by_currency == {}


def test_stock_is_split_by_what_it_has(session):
    found = asked(session)
    assert {name: len(held) for name, held in found.split("category").items()} == {
        "Steel": 2, "Glass": 1, "Fasteners": 2,
    }  # fmt: skip
    assert set(found.split("site")) == {"North", "South"}
