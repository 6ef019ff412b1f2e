import pytest

from commands._churn_rates import compared, lost, rate_readings
from commands._grammar import Query
from commands._window import read_window
from storage.metrics.churn import Rate
from tests.commands.dialogue import BERLIN, NOW

NONE = Rate(0, 0, 0, None, None, None)
NOW_ = Rate(100, 20, 1, 0.2, 0.13, 0.29)


def before(share, at_start=100):
    return Rate(at_start, 0, 0, share, None, None)


@pytest.mark.parametrize(("now", "prior", "said"), [
    (NOW_, before(0.25), "● About as before: 25 % of 100 then."),
    (NOW_, before(0.1), "▲ more than before: 10 % of 100 then."),
    (NOW_, before(0.5), "▼ fewer than before: 50 % of 100 then."),
    (NOW_, before(0.5, 4), "Too few customers before to compare with (4)."),
    (NONE, before(0.5), "Too few customers before to compare with (100)."),
])  # fmt: skip
def test_a_rate_is_compared_with_the_one_before_by_its_interval(now, prior, said):
    assert compared(now, prior, "before") == said


def test_how_many_left_is_said_with_the_interval():
    window, _ = read_window(["last", "365", "days"], NOW, BERLIN)
    query = Query((), None, window, False, window.prior(BERLIN))
    assert "20 of 100 left" in lost(NOW_, query)
    assert "20 % (13 % to 29 %)" in lost(NOW_, query)
    assert lost(NONE, query).startswith("nobody was a customer yet before the")


def test_both_rates_are_read_and_null_where_there_is_none():
    found = {one.name: one for one in rate_readings(NOW_, NONE, 7)}
    assert (found["churn"].value, found["churn"].low) == (0.2, 0.13)
    assert found["churn before"].value is None
    assert found["lost by falling quiet, ever"].value == 7
