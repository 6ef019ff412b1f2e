"""How what came after deliveries is said."""

import pytest

from commands._experience_words import BAD, LOST, compared, prior, published, ranged, spanned, thin
from storage.metrics._due import share
from storage.metrics.after_delivery import BANDS, Outcome


def outcome(late, in_time, *bands):
    every = [share(0, one) for one in bands] or [share(0, 99)] * len(BANDS)
    return Outcome(tuple(every), share(*in_time), share(*late))


@pytest.mark.parametrize(("late", "in_time", "said"), [
    ((55, 100), (100, 1000), "**55 % of answers after late orders are bad** (45 to 64 %, of"),
    ((55, 100), (100, 1000), ", of 100), 10 % after orders in time (8 to 12 %, of 1,000)."),
    ((12, 100), (100, 1000), "of 1,000): no difference beyond chance."),
    ((3, 4), (100, 1000), "Too few to tell of bad answers: 4 answers after late orders, 1,000"),
])  # fmt: skip
def test_a_difference_is_said_where_it_is_one(late, in_time, said):
    assert said in compared(BAD, outcome(late, in_time))


def test_lost_orders_are_said_of_orders():
    text = compared(LOST, outcome((9, 20), (10, 200)))
    assert text.startswith("No further order follows 45 % of late orders within 273 days")


def test_what_is_published_is_said_of_thin_bands_only():
    found = outcome((1, 2), (1, 2), 30, 2, 29, 40, 3, 0)
    assert thin(found) == [BANDS[2], BANDS[4]]
    text = prior(found)
    assert "33 % at 1 to 3 d late, 81 to 84 % at more than 7 d late" in text
    assert "published figures, not of our customers" in text
    assert "That late orders lose customers is not borne out there" in text
    assert prior(outcome((1, 2), (1, 2))) is None


def test_shares_are_said_once_where_they_are_alike():
    assert (ranged(0.5, 0.5), ranged(0.091, 0.2)) == ("50 %", "9 to 20 %")
    assert published(BANDS[0]) == "9 to 10 %"
    assert spanned(share(0, 0)) == "of none"
