"""`churn` as people ask it."""

from datetime import date, timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.storage.world import World

TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def orders(world, customer, *, last, every=20, first=900, **more):
    """Orders every so many days, shipped at once, the last so many days ago."""
    for days in range(last, first, every):
        day = TODAY - timedelta(days=days)
        world.sale(customer, day, shipped=day, **more)


@pytest.fixture
def few(world):
    """A handful of customers: one of each kind."""
    nordwind = world.customer("Nordwind Retail")
    orders(world, nordwind, last=74)
    kestrel = world.customer("Kestrel Foods")
    orders(world, kestrel, last=40)
    world.sale(kestrel, TODAY - timedelta(30), promised=TODAY - timedelta(9))
    orders(world, world.customer("Harbour & Sons"), last=3)
    orders(world, world.customer("Gone Ltd"), last=300)
    account = world.account("Nordwind Retail", segment="retail", country="DE")
    world.contract(account, "2023-01-01", renewal=TODAY + timedelta(39), notice_days=30)
    synced(world)
    return world


@pytest.fixture
def many(world):
    """Enough who left to give percentages."""
    for number in range(60):
        orders(world, world.customer(f"Gone {number}"), last=300 + number, first=800)
    for number in range(30):
        orders(world, world.customer(f"Living {number}"), last=1 + number)
    synced(world)
    return world


def test_with_few_leavers_it_gives_the_rate_and_names_signals(few):
    verify(few, [
        ("churn", "answer",
         "Too few have left to give each customer a percentage",
         "1 of 4 left in the last 365 days, 25 % (4.6 % to 70 %)",
         "Nordwind Retail | 2026-01-05 | 20",
         "quiet 74 d, usually every 20 d; notice deadline in 9 d",
         "we owe them: 1 line late; quiet 30 d, usually every 20 d (not counted)",
         "1 customer shows what usually comes before; 1 only waits for a late order of ours:",
         "An order gap is not counted while we hold a late order of theirs.",
         "[Why Nordwind Retail?]", "[How is this computed?]"),
        ("churn risk last 2 years", "answer", "in the last 2 years"),
        ("churn by segment", "answer", "retail", "unknown", "25 % of customers left"),
        ("churn by country", "answer", "DE"),
    ])  # fmt: skip


def test_under_fifty_leavers_no_customer_has_a_percentage(few):
    said = say(few, "churn")
    assert [column.name for column in said.table.columns] == [
        "Customer", "Last order", "Usual gap", "Last 12 months", "What stands out",
    ]  # fmt: skip
    assert "Gone Ltd" not in [row[0] for row in said.table.rows]


def test_with_many_leavers_it_gives_percentages_that_add_up(many):
    said = say(many, "churn")
    at = [column.name for column in said.table.columns].index("No order in 90 d")
    risks = [row[at] for row in said.table.rows]
    assert all(0 <= risk <= 1 for risk in risks)
    assert risks == sorted(risks, reverse=True)
    (expected,) = [one.value for one in said.readings if one.name.startswith("will order nothing")]
    assert expected == pytest.approx(sum(risks))
    assert f"About {expected:.0f} of 30 customers will order nothing" in said.summary.text


def test_the_readings_agree_with_the_table_by_segment(few):
    whole = {one.name: one.value for one in say(few, "churn").readings}
    split = say(few, "churn by segment").table.rows
    assert sum(row[4] for row in split) == whole["lost"] == 1
    assert sum(row[5] for row in split) == whole["customers at start"] == 4


def test_the_basis_says_what_it_rests_on(few):
    (basis,) = say(few, "churn").basis
    assert (basis.metric, basis.n, basis.open) == ("churn", 4, 3)
    assert basis.coverage == 0.25
    assert basis.history_from is not None
    assert {one.name for one in basis.sources} == {"odoo:erp", "hubspot:crm"}


def test_one_customer_is_told_with_its_facts(few):
    verify(few, [
        ("churn nordwind", "answer", "Nordwind Retail shows 2 signals",
         "Last order 2026-01-05, 74 d ago; usually every 20 d, 9 in 10 within 20 d",
         "Notice is due by 2026-03-29"),
        ("churn kestrel foods", "answer", "Kestrel Foods waits for us"),
        ("churn Harbour & Sons", "answer", "Nothing stands out about Harbour & Sons"),
        ("churn gone", "answer", "Gone Ltd left on 2025-11-21**, 119 d ago"),
        ("churn nordwnd", "error", "I know no “nordwnd”", "[Nordwind Retail]"),
        ("churn by colour", "error", "can't be split by “colour”", "[by segment]"),
        ("churn since tomorrow", "error", "I can't read that time"),
    ])  # fmt: skip


def test_a_customer_that_never_ordered_has_no_figures(few):
    few.customer("Prospect")
    verify(few, [("churn prospect", "notice", "Prospect has not ordered yet")])


def test_without_customers_it_says_so(world):
    verify(world, [("churn", "notice", "No customers yet", "[Data status]")])


def test_before_all_history_there_is_no_rate(world):
    orders(world, world.customer("New"), last=3, first=100)
    synced(world)
    said = say(world, "churn")
    assert "Nobody was a customer yet" in said.summary.text
    assert {one.name: one.value for one in said.readings}["churn"] is None


def test_stale_data_is_said_first(few):
    said = say(few, "churn", now=NOW + timedelta(hours=7))
    assert said.summary.text.startswith("⚠ **")


def test_money_is_left_out_for_those_who_may_not_see_it(few):
    said = say(few, "churn", sees=grant("customers"))
    assert "Last 12 months" not in [column.name for column in said.table.columns]
    assert "1,800" not in words_of(said)
    assert "revenue" in said.notes[-1].text
    one = say(few, "churn nordwind", sees=grant("customers"))
    assert "last 12 months" not in [reading.name for reading in one.readings]


def test_several_currencies_stand_side_by_side(few):
    quiet = few.customer("Quiet Inc")
    orders(few, quiet, last=60, amount=10, currency="USD")
    money = {row[0]: row[3] for row in say(few, "churn").table.rows}
    assert money["Quiet Inc"] == "160 USD"
    assert money["Nordwind Retail"] == "1,500 EUR"


def test_a_denied_name_and_an_invented_one_read_the_same(few):
    """One who may see revenue but no customers asks for a real and an invented customer."""
    real = say(few, "churn nordwind", sees=grant("revenue"))
    invented = say(few, "churn nobody", sees=grant("revenue"))
    assert words_of(real).replace("nordwind", "X") == words_of(invented).replace("nobody", "X")
    assert isinstance(real, Notice)


def test_who_may_see_neither_is_refused(few):
    verify(few, [("churn", "error", "nothing that I may show")], sees=grant("supply"))


def test_every_follow_up_can_be_asked(few):
    for line in ("churn", "churn nordwind", "churn by segment", "churn prospect"):
        for up in getattr(say(few, line), "follow_ups", ()):
            found = say(few, up.line)
            assert not getattr(found, "error", False), up.line


def test_a_fact_after_now_is_not_known(few):
    before = words_of(say(few, "churn"))
    few.sale("party-1", date(2026, 3, 21))
    few.customer("Later")
    assert words_of(say(few, "churn")) == before
