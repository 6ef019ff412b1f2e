from dataclasses import replace
from datetime import date
from decimal import Decimal

from commands._clv_words import intervals, looked_back, span, statements
from commands._track_record import UNMEASURED, Track
from storage.forecasts._gamma_gamma import Together, gamma_gamma_from
from storage.forecasts._mbg import Mbg
from storage.forecasts.clv import Used
from storage.issued import Record
from storage.known.customers import Customer, Order
from storage.metrics.clv import Worth
from tests.storage.forecasts.valued import GAIN, ORDERS, SPEND, scores

TODAY = date(2026, 3, 20)
METHODS = {"leadline": scores(8.8, 5.16, 0.81), "past_spend": scores(10.0, 4.98)}
FIT = Used(Mbg(**ORDERS["pace"]), {"EUR": gamma_gamma_from(SPEND)}, None, (), {"orders": 300},
           TODAY, METHODS, GAIN)  # fmt: skip


def worth(name, *, is_own=True, currency="EUR", paid="EUR"):
    orders = (Order(TODAY, Decimal(5), paid),)
    one = Customer(name, frozenset({("erp", name)}), orders=orders)
    return Worth(one, "orders", currency, 50.0, 10.0, 90.0, 300, is_own=is_own)


def test_the_gain_over_past_spend_is_said_with_its_interval():
    one, two = looked_back(FIT)
    assert one == (
        "Looked back on over 12 months, its error of 400 told was 12 % below that of plain past"
        " spend (95 %: 5 % below to 20 % below)."
    )
    assert two == (
        "The tenth told the most brought 52 % of the revenue; the tenth that had spent the most"
        " brought 50 %."
    )


def test_a_gain_that_may_be_none_is_said_so():
    one, _ = looked_back(FIT._replace(gain={"pinball": 0.001, "low": -0.03, "high": 0.004}))
    assert one.endswith("about that of plain past spend (95 %: 3 % above to 0 %).")


def test_what_was_not_measured_is_not_said():
    none = {name: {**one, "lift10": None} for name, one in METHODS.items()}
    assert list(looked_back(FIT._replace(gain=None, methods=none))) == []
    assert list(looked_back(None)) == []


def test_how_often_intervals_held_is_said():
    [note] = intervals([worth("A")], FIT, UNMEASURED)
    assert note == (
        "From and To: what a customer brings, 8 in 10; looked back on over 12 months, such"
        " intervals held 81 times in 100."
    )
    short = Track(Record(50, 50, 33, 40.0, frozenset({0.8})), 0.8, {}, {0.8: 0.66})
    first, second = intervals([worth("A")], FIT, short)
    assert "what a customer brings, 66 in 100" in first
    assert "33 held (40 expected)" in second


def test_bounds_of_the_average_customer_are_not_called_its_own():
    [note] = intervals([worth("A", is_own=False)], None, UNMEASURED)
    assert "the average customer of a kind, not of this one" in note
    _, other = intervals([worth("A"), worth("B", is_own=False)], FIT, UNMEASURED)
    assert other.startswith("From and To (of who has no fit): the 95 % interval")


def test_where_nothing_differs_no_interval_of_nothing_is_said():
    one, _ = looked_back(FIT._replace(gain={"pinball": 0.0, "low": -0.001, "high": 0.001}))
    assert one.endswith("its error of 400 told was about that of plain past spend.")


def test_it_is_said_where_frequency_goes_with_value():
    spend = gamma_gamma_from({**SPEND, "usual": [1.0, 2.0, 3.0, 4.0]})
    fit = FIT._replace(spend={"EUR": spend.__class__(
        spend.p, spend.q, spend.gamma, Together(90, 0.42), spend.usual,
    )})  # fmt: skip
    _, note = intervals([worth("A")], fit, UNMEASURED)
    assert "goes with how much an order is worth in EUR (rank correlation +0.42)" in note


def test_what_is_shown_is_stated_in_the_customers_own_currency_only():
    [one] = statements([worth("A"), worth("B", is_own=False), worth("C", paid="USD")], TODAY)
    assert (one.model, one.subject, one.event) == ("clv", "customer:erp/A", "brings")
    assert one.share == 0.8
    assert (one.by, one.low, one.high) == (date(2027, 3, 20), 10.0, 90.0)
    assert len(statements([worth(str(at)) for at in range(30)], TODAY)) == 10


def test_bounds_are_told_as_often_as_they_held():
    one = worth("A")
    assert span(one, UNMEASURED) == " (8 in 10: 10 to 90)"
    assert span(one, Track(Record(0, 0, 0, 0.0), None, {}, {0.8: 0.7})) == " (70 in 100: 10 to 90)"
    assert span(worth("A", is_own=False), UNMEASURED) == " (10 to 90 for the average of its kind)"
    assert span(replace(one, low=None), UNMEASURED) == ""


def test_where_most_bring_more_than_the_mean_that_is_said_in_place_of_a_bound():
    one = replace(worth("A"), low=50.0)
    assert span(one, UNMEASURED) == " (8 in 10: at least that, at most 90)"
    assert any("most bring more" in note for note in intervals([one], FIT, UNMEASURED))
    assert not any("most bring more" in note for note in intervals([worth("A")], FIT, UNMEASURED))
    average = replace(one, is_own=False)
    assert span(average, UNMEASURED) == " (50 to 90 for the average of its kind)"
