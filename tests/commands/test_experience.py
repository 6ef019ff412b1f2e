"""`experience` as people ask it."""

import pytest

from tests.commands.dialogue import grant, say, synced, verify, words_of
from tests.commands.people import ago, company
from tests.storage.world import World


def served(folder, *, late, in_time, bad_late, bad_in_time):
    """Customers of one order each, ten days late or on its day; some of them answer badly."""
    world = World(folder)
    for number in range(late + in_time):
        party, account = world.customer(f"C{number}"), world.account(f"C{number}")
        world.link(party, account)
        days = 10 if number < late else 0
        world.sale(party, ago(400), promised=ago(350), shipped=ago(350 - days))
        is_bad = number < bad_late or late <= number < late + bad_in_time
        world.survey(account, ago(335), 2 if is_bad else 9)
        if number % 2:
            world.ticket(account, ago(345))
    synced(world)
    return world


def test_the_answer_is_a_table_by_days_late_and_says_that_it_is_no_cause(tmp_path):
    world = served(tmp_path, late=40, in_time=60, bad_late=30, bad_in_time=6)
    verify(world, [
        ("experience", "answer", "**75 % of answers after late orders are bad** (60 to 86 %, of",
         "10 % after orders in time (5 to 20 %, of 60).",
         "A ticket follows 50 % of late orders within 30 days (35 to 65 %, of 40), 50 % of",
         "orders in time (38 to 62 %, of 60): no difference beyond chance.",
         "No further order follows 100 % of late orders within 273 days",
         "An association, not a cause", "more than 7 d late | 0.75 | 60 to 86 %, of 40 | 0.5",
         "orders 100", "not of our customers: in a public set of 96,000 Brazilian orders",
         "4 to 7 d late | None | of none | None | of none | None | of none | 74 %"),
        ("experience last 90 days", "notice", "No delivery in the last 90 days to look back on"),
        ("do late orders cost us customers", "answer", "75 %"),
        ("experience C1", "answer", "Too few to tell of bad answers: 1 answer after late orders"),
        ("experience by item", "error", "can't be split"),
        ("experience nobody", "error", "I know no “nobody”"),
    ])  # fmt: skip


def test_with_data_of_our_own_nothing_published_is_said(tmp_path):
    world = served(tmp_path, late=40, in_time=60, bad_late=30, bad_in_time=6)
    row = next(row for row in say(world, "experience").table.rows if row[0].startswith("more"))
    assert row[-1] == "–"


def test_of_several_companies_of_one_name_it_asks_which(tmp_path):
    world = served(tmp_path, late=6, in_time=6, bad_late=3, bad_in_time=1)
    world.customer("C1", number="another")
    verify(world, [("experience C1", "notice", "Several are called C1")])


def test_the_share_of_customers_who_could_call_us_is_the_coverage(tmp_path):
    world = served(tmp_path, late=3, in_time=3, bad_late=1, bad_in_time=1)
    for number in range(2):
        other = world.customer(f"Not in the CRM {number}")
        world.sale(other, ago(400), promised=ago(350), shipped=ago(350))
    (basis,) = say(world, "experience").basis
    assert (basis.n, basis.coverage) == (8, 0.75)


def test_who_may_not_hear_of_customers_hears_nothing(tmp_path):
    world = served(tmp_path, late=40, in_time=60, bad_late=30, bad_in_time=6)
    assert "75 %" in words_of(say(world, "experience", sees=grant("customers")))
    assert "75" not in words_of(say(world, "experience", sees=grant("supply")))


@pytest.mark.parametrize("make", [company, lambda world: world])
def test_a_store_without_days_or_without_anything_says_what_it_needs(tmp_path, make):
    verify(make(World(tmp_path)), [("experience", "notice", "needs orders with a promised day")])
