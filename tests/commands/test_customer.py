"""`customer` as people ask it."""

from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, verify, words_of
from tests.commands.people import company
from tests.storage.forecasts.valued import valued
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


@pytest.mark.slow
def test_a_card_tells_all_of_one_customer(world):
    verify(world, [
        ("customer nordwind", "answer", "Nordwind Retail: quiet 74 d, usually every 20 d",
         "notice deadline in 40 d", "Ordered for EUR 1,500 in 12 months",
         "Health", "weakest: orders", "[Why might they leave?]", "[Their tickets]"),
        ("customer kestrel foods", "answer", "we owe them: 1 line late",
         "An order gap is not counted"),
        ("who is other 4", "answer", "Nothing stands out about Other 4"),
        ("customer gone", "answer", "Not linked to the CRM"),
        ("customer nordwnd", "error", "I know no “nordwnd”", "[Nordwind Retail]"),
        ("customer by segment", "error", "can't be split"),
    ])  # fmt: skip


def test_the_figures_of_the_card_agree_with_each_other(world):
    said = say(world, "customer nordwind")
    figures = {one.name: one.value for one in said.readings}
    parts = [(one.name, one.value) for one in said.readings if one.name.startswith("health: ")]
    weights = {"orders": 30, "delivery": 25, "tickets": 15, "survey": 15, "payment": 10, "touch": 5}
    known = [(weights[name.removeprefix("health: ")], value) for name, value in parts
             if value is not None]  # fmt: skip
    expected = sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
    assert figures["health"] == pytest.approx(expected)
    assert figures["health coverage"] == sum(weight for weight, _ in known) / 100
    assert sum(said.chart.series[0].values) <= figures["last 12 months"] == 1500


def test_two_of_one_name_give_a_choice(world):
    twin = world.customer("Kestrel Foods", number="C-9", country="IE")
    world.sale(twin, "2026-03-01")
    verify(world, [("customer kestrel foods", "notice", "Several are called Kestrel Foods",
                    "[Kestrel Foods (no. C-2)]", "[Kestrel Foods (no. C-9, IE)]")])  # fmt: skip
    choices = say(world, "customer kestrel foods").choices
    line = next(up.line for up in choices if "C-9" in up.label)
    said = say(world, line)
    assert "C-9" in dict(said.table.rows)["Who"]
    for up in said.follow_ups:
        assert not getattr(say(world, up.line), "error", False), up.line


def test_a_prospect_has_no_card(world):
    world.account("Prospect")
    verify(world, [("customer prospect", "notice", "Prospect has not ordered yet")])


def test_without_customers_it_says_so(tmp_path):
    verify(World(tmp_path), [("customer", "notice", "No customers yet")])


def test_money_is_for_those_who_may_see_it(world):
    said = say(world, "customer nordwind", sees=grant("customers"))
    assert "1,500" not in words_of(said)
    assert said.chart is None
    assert "Nordwind Retail: quiet" in said.summary.text
    assert isinstance(say(world, "customer nordwind", sees=grant("supply")), Notice)


def test_stale_data_is_said_first(world):
    assert say(world, "customer kestrel", now=NOW + timedelta(hours=7)).summary.text.startswith("⚠")


def test_what_a_customer_is_expected_to_bring_is_told_as_clv_tells_it(world):
    assert "Expected to bring" not in words_of(say(world, "customer other 4"))
    valued(world, NOW)
    card, list_ = say(world, "customer other 4"), say(world, "clv other 4")
    _, _, told = list_.summary.text.partition("**Other 4 is expected to bring ")
    assert f"Expected to bring {told.replace('**', '')}" in words_of(card)
    [figure] = [one for one in card.readings if one.name == "next 12 months"]
    assert figure.low < figure.value < figure.high
    assert card.statements == list_.statements
    assert [one.metric for one in card.basis][-1] == "clv"
    assert "Expected" not in words_of(say(world, "customer other 4", sees=grant("customers")))


def test_of_one_with_a_contract_it_is_what_that_brings(world):
    valued(world, NOW)
    card = say(world, "customer nordwind")
    [figure] = [one for one in card.readings if one.name == "next 36 months"]
    assert 20_000 < figure.value < 36_000
