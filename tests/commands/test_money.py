from decimal import Decimal

from commands._money import column, readings, said
from storage.known.rates import Sums

EUR = Sums({"EUR": Decimal(1200)})
BOTH = Sums({"EUR": Decimal(1200), "USD": Decimal(5)})
UNKNOWN = Sums(unknown=2)


def test_money_is_said_in_its_currency():
    assert said(EUR) == "EUR 1,200"
    assert said(BOTH) == "EUR 1,200 + USD 5"
    assert said(Sums({"EUR": Decimal(7)}, unknown=1)) == "at least EUR 7"
    assert said(UNKNOWN) == "an unknown amount"
    assert said(Sums()) == "nothing"


def test_a_column_has_numbers_only_in_one_currency():
    assert column([EUR, Sums(), UNKNOWN]) == ([Decimal(1200), Decimal(0), None], "EUR")
    assert column([EUR, BOTH]) == (["EUR 1,200", "EUR 1,200 + USD 5"], "")


def test_what_is_not_known_is_null_and_nothing_is_0():
    (unknown,) = readings("x", UNKNOWN, "revenue", "m")
    (nothing,) = readings("x", Sums(), "revenue", "m")
    assert (unknown.value, nothing.value) == (None, 0)
    assert [(one.value, one.unit) for one in readings("x", BOTH, "revenue", "m")] == [
        (1200, "EUR"), (5, "USD"),
    ]  # fmt: skip
