import pytest

from commands._churn_factors import change_said, factors_said, words
from storage.forecasts._churn_facts import known_on
from storage.forecasts._churn_now import Base, Chance, Factor
from storage.known.contracts import Contract
from storage.known.customers import Customer
from tests.commands.dialogue import NOW

BASE = Base("contracts", 90, 90, 1_000, 100, True)
TODAY = NOW.date()


@pytest.mark.parametrize(("name", "value", "said"), [
    ("open tickets", 2, "2 open tickets"), ("open tickets", 1, "1 open ticket"),
    ("recent orders", 0, "0 orders in 90 d"),
    ("days since an order", 1_200, "no order for 1,200 d"),
    ("days since an order", None, "no order known"), ("last NPS", 4.0, "NPS 4"),
    ("last NPS", None, "no NPS answer"), ("segment", "small", "segment small"),
    ("segment", None, "segment not known"), ("new customer", True, "a new customer"),
    ("renews itself", False, "does not renew by itself"),
    ("renews itself", None, "not known whether it renews by itself"),
    ("trend of orders", -0.4, "fewer orders than before"),
    ("revenue a month", 900, "what it brings a month"), ("spent", 5, "what it has spent"),
    ("seats", 4.5, "seats 4.5"),
])  # fmt: skip
def test_what_is_known_is_said_in_words(name, value, said):
    assert words(name, value) == said


def test_every_feature_of_a_contract_has_words_and_none_tells_money():
    one = Customer("Acme", frozenset({("a", "1")}), contracts=(Contract(TODAY, mrr=777),))
    for name, value in known_on(one, TODAY).items():
        said = words(name, value)
        assert said != f"{name} {value:g}" if isinstance(value, int | float) else said
        assert "777" not in said


def factor(name, value, part, usual=None):
    return Factor(name, value, usual, part)


def test_factors_are_said_by_the_way_they_move_the_score():
    some = [factor("open tickets", 2, 1.0, 0), factor("spent", 9, 0.5, 5),
            factor("segment", "big", -0.4)]  # fmt: skip
    assert factors_said(some) == (
        "raised by 2 open tickets (usual 0), what it has spent; lowered by segment big"
    )
    assert factors_said(some, has_money=False) == (
        "raised by 2 open tickets (usual 0); lowered by segment big"
    )
    assert factors_said([]) is None
    assert factors_said([factor("spent", 9, 0.5)], has_money=False) is None


def chance(share, *factors, base=BASE):
    return Chance(base, share, share - 0.1, share + 0.1, factors)


def test_what_moved_the_score_most_the_way_it_went_is_told():
    then = chance(0.3, factor("open tickets", 0, 0.0), factor("spent", 1, 0.0),
                  factor("segment", "big", -0.4), factor("last NPS", 9, -0.2))  # fmt: skip
    now = chance(0.6, factor("open tickets", 2, 1.0), factor("spent", 5, 0.5),
                 factor("segment", "big", -0.4), factor("last NPS", 9, -0.5))  # fmt: skip
    assert change_said(now, then) == (
        "▲ more than a month ago: 30 % then; most by 2 open tickets (0 then), what it has spent."
    )
    assert change_said(now, then, has_money=False).endswith("most by 2 open tickets (0 then).")
    assert change_said(then, now).startswith("▼ less than a month ago: 60 % then; most by 0 open")


def test_a_change_within_the_interval_is_none():
    assert change_said(chance(0.3), chance(0.35)) == "● About as a month ago: 35 % then."


@pytest.mark.parametrize("then", [
    None, Chance(BASE), chance(0.3, base=Base("orders", 273, 273, 9, 3, True)),
])  # fmt: skip
def test_what_was_not_told_a_month_ago_is_no_change(then):
    assert change_said(chance(0.3), then) == (
        "A month ago it was not told: it was no such customer then."
    )
    assert change_said(Chance(BASE), then) is None
