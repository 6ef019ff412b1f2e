"""What is told where a fit of who leaves is in use, where it is not, and why."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.leaving_fit import BAD, GOOD, by_quiet, by_tickets, few, keep
from tests.storage.world import World

TODAY = NOW.date()
LINES = ("churn", "churn Nordwind", "churn Kestrel", "customer Nordwind", "exposed")


@pytest.fixture
def world(tmp_path):
    """Two with contracts, one of them with open tickets; two who only buy, one of them quiet."""
    world = World(tmp_path)
    for name, tickets, mrr in (("Nordwind", 2, 1_000), ("Harbour", 0, 200)):
        account = world.account(name, segment="retail")
        world.contract(account, "2024-01-01", mrr=Decimal(mrr), currency="EUR")
        for number in range(tickets):
            world.ticket(account, TODAY - timedelta(days=20 + number))
    for name, last in (("Kestrel", 150), ("Marlin", 5)):
        party = world.customer(name)
        for ago in range(last, 500, 30):
            world.sale(party, TODAY - timedelta(days=ago), amount=100)
    synced(world)
    return world


def test_the_list_tells_chances_what_is_expected_and_what_is_at_risk(world):
    keep(world, contracts=by_tickets(), orders=by_quiet())
    said = say(world, "churn")
    text = words_of(said)
    names = [column.name for column in said.table.columns]
    assert names == ["Customer", "To leave", "From", "To", "Within", "Last 12 months", "At risk",
                     "Main factors in the score"]  # fmt: skip
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in said.table.rows}
    shares = [row["To leave"] for row in rows.values()]
    assert shares == sorted(shares, reverse=True)
    read = {one.name: one.value for one in said.readings}
    assert read["expected to leave"] == pytest.approx(sum(shares))
    assert float(read["revenue expected to go"]) == pytest.approx(
        sum(float(row["At risk"]) for row in rows.values())
    )
    assert float(read["revenue of those named"]) == sum(
        float(row["Last 12 months"]) for row in rows.values()
    )
    for row in rows.values():
        assert row["From"] < row["To leave"] < row["To"]
        assert float(row["At risk"]) == pytest.approx(
            row["To leave"] * float(row["Last 12 months"])
        )
    assert {name: row["Within"] for name, row in rows.items()} == {
        "Nordwind": 90, "Harbour": 90, "Kestrel": 273, "Marlin": 273,
    }  # fmt: skip
    assert rows["Nordwind"]["Main factors in the score"].startswith(
        "raised by 2 open tickets (usual 0)"
    )
    assert "no order for 150 d (usual 30)" in rows["Kestrel"]["Main factors in the score"]
    assert f"About {sum(shares):.1f} of 4 customers will leave" in text
    assert "Base rate with a contract: 10 % (8.3 % to 12 %) left within 90 d, 100 of 1,000." in text
    assert "Base rate without a contract: 75 %" in text
    assert "the sum of chance × revenue; all 4 named bring EUR" in text
    assert "cause" not in text


def test_only_what_is_over_half_is_called_likely(world):
    keep(world, contracts=by_tickets(level=-1.955))
    assert "0 are likely to (over 50 %)" in say(world, "churn").summary.text
    assert "likely" not in words_of(say(world, "churn Nordwind"))
    keep(world, contracts=by_tickets(level=-1.755))
    said = say(world, "churn")
    assert "1 is likely to (over 50 %)" in said.summary.text
    assert [said.table.rows[at][0] for at in said.table.bold] == ["Nordwind"]
    assert "**Nordwind is likely to leave**: 52 % to leave within 90 d" in words_of(
        say(world, "churn Nordwind")
    )


def test_the_card_tells_the_chance_the_base_rate_the_factors_and_what_changed(world):
    keep(world, contracts=by_tickets(), orders=by_quiet())
    verify(world, [
        ("churn Nordwind", "answer", "has a chance of 50 % to leave within 90 d",
         "base rate 10 %", "Main factors in the score: raised by 2 open tickets (usual 0)",
         "▲ more than a month ago: 10.0 % then; most by 2 open tickets (0 then)",
         "at risk 5", "base rate 0.1 share", "chance a month ago 0.099"),
        ("churn Harbour", "answer", "● About as a month ago: 11 % then"),
        ("churn Marlin", "answer", "to order nothing within 273 d", "base rate 75 %"),
        ("customer Nordwind", "answer", "May leave | 50 % to leave within 90 d (39 % to"),
        ("customer Kestrel", "answer", "May leave | ", "to order nothing within 273 d"),
    ])  # fmt: skip


def test_who_came_within_the_month_was_not_told_a_month_ago(world):
    keep(world, contracts=by_tickets())
    world.contract(
        world.account("Newton"), TODAY - timedelta(days=9), mrr=Decimal(5), currency="EUR"
    )
    assert "A month ago it was not told" in words_of(say(world, "churn Newton"))


def test_what_a_month_ago_was_known_is_as_it_was_known_then(world):
    keep(world, orders=by_quiet())
    before = words_of(say(world, "churn Kestrel"))
    (then,) = [line for line in before.splitlines() if "a month ago" in line and "then" in line]
    world.sale("party-none", TODAY - timedelta(days=3))
    assert then in words_of(say(world, "churn Kestrel"))


@pytest.mark.parametrize(("how", "why"), [
    ({"is_used": False, "why": "its error was 3.0% above that of base_rate"},
     "its error was 3.0% above that of base_rate"),
    ({"version": 1}, "of an older version"),
    ({"parts": {"contracts": BAD, "orders": BAD}}, "was not tried on the past"),
    ({"parts": {}}, "was not tried on the past"),
])  # fmt: skip
def test_without_a_fit_in_use_it_is_told_as_before_and_said_so(world, how, why):
    before = {line: words_of(say(world, line)) for line in LINES}
    assert "No fit of who leaves is in use (none was made yet): signals alone" in before["churn"]
    keep(world, contracts=by_tickets(), orders=by_quiet(), **how)
    for line, text in before.items():
        now = words_of(say(world, line))
        assert (why in now) == ("none was made yet" in text)
        assert [one for one in now.splitlines() if "No fit" not in one] == [
            one for one in text.splitlines() if "No fit" not in one
        ]


def test_a_part_that_did_worse_is_left_out_and_the_other_told(world):
    keep(world, contracts=by_tickets(), orders=by_quiet(),
         parts={"contracts": GOOD, "orders": BAD})  # fmt: skip
    said = say(world, "churn")
    told = {row[0]: row[1] for row in said.table.rows}
    assert told["Kestrel"] is None
    assert told["Nordwind"] == pytest.approx(0.5, abs=0.03)
    assert "without a contract" not in words_of(said)
    assert "Of 2 no chance is told: no fit in use tells one of such customers." in words_of(said)
    assert "No percentage: no fit of customers like it is in use." in words_of(
        say(world, "churn Kestrel")
    )


def test_with_few_events_there_is_a_base_rate_and_signals_and_no_percentage(world):
    keep(world, contracts=few())
    said = say(world, "churn")
    text = words_of(said)
    assert "Too few have left to give each customer a percentage" in text
    assert "Base rate with a contract: 18 % (8.7 % to 32 %) left within 90 d, 7 of 40." in text
    assert "2 tickets open over 10 d" in text
    assert [column.name for column in said.table.columns] == [
        "Customer", "Last order", "Usual gap", "Last 12 months", "What stands out",
    ]  # fmt: skip
    assert "No percentage: too few have left, or stayed. Base rate with a contract: 18 %" in (
        words_of(say(world, "churn Nordwind"))
    )
    assert "May leave" not in words_of(say(world, "customer Nordwind"))


def test_money_is_left_out_for_those_who_may_not_see_it(world):
    keep(world, contracts=by_tickets(), orders=by_quiet())
    for line in ("churn", "churn Nordwind", "customer Nordwind"):
        text = words_of(say(world, line, sees=grant("customers")))
        assert not any(word in text for word in ("At risk", "at risk", "EUR", "what it brings"))
    assert "what it brings a month" in words_of(say(world, "churn Nordwind"))


def test_exposed_stands_beside_the_chance_and_what_is_at_risk(world):
    party = world.customer("Quayside")
    for ago in range(3, 300, 30):
        world.sale(party, TODAY - timedelta(days=ago), shipped=TODAY - timedelta(days=ago))
    world.sale(party, TODAY - timedelta(30), promised=TODAY - timedelta(9), amount=70)
    account = world.account("Quayside")
    world.link(party, account)
    world.contract(account, "2024-01-01", mrr=Decimal(0), currency="EUR")
    world.ticket(account, TODAY - timedelta(days=40))
    keep(world, contracts=by_tickets())
    said = say(world, "exposed")
    names = [column.name for column in said.table.columns]
    (row,) = [dict(zip(names, row, strict=True)) for row in said.table.rows]
    assert row["To leave"] == pytest.approx(0.32, abs=0.01)
    assert float(row["At risk"]) == pytest.approx(row["To leave"] * float(row["12 months"]))
    text = words_of(said)
    assert "Expected to go of it: EUR 342 a year, the sum of chance × revenue." in text
    assert "Chances to leave are told by a fit: within 90 d with a contract." in text
    alone = words_of(say(world, "exposed", sees=grant("customers")))
    assert "EUR" not in alone
    assert "At risk" not in alone
    assert [one.share for one in said.statements] == [row["To leave"]]


def told_by(said):
    return {one.subject.split("/")[1]: (one.event, one.share, one.by) for one in said.statements}


def test_what_is_shown_of_each_is_stated_with_the_day_by_which_it_is_decided(world):
    keep(world, contracts=by_tickets(), orders=by_quiet())
    said = say(world, "churn")
    shown = [key.split("/")[1] for key in said.table.keys]
    stated = told_by(said)
    assert list(stated) == shown
    for key, row in zip(shown, said.table.rows, strict=True):
        assert stated[key] == ("leaves", row[1], TODAY + timedelta(days=row[4]))
    nordwind = shown[[row[0] for row in said.table.rows].index("Nordwind")]
    for line in ("churn Nordwind", "customer Nordwind"):
        assert told_by(say(world, line)) == {nordwind: stated[nordwind]}
    assert say(world, "churn", sees=grant("revenue", "supply")).statements == ()


def test_of_a_list_only_what_one_reads_is_stated(world):
    for number in range(60):
        world.contract(world.account(f"Acme {number}"), "2024-01-01")
    keep(world, contracts=by_tickets())
    assert len(say(world, "churn").statements) == 50


def test_without_chances_nothing_is_stated(world):
    assert say(world, "churn").statements == ()
    keep(world, contracts=few())
    for line in LINES[:4]:
        assert say(world, line).statements == ()


def test_who_has_left_already_has_no_chance_to_leave(world):
    party, account = world.customer("Gone"), world.account("Gone")
    world.link(party, account)
    for ago in range(300, 500, 30):
        world.sale(party, TODAY - timedelta(days=ago), shipped=TODAY - timedelta(days=ago))
    world.sale(party, TODAY - timedelta(300), promised=TODAY - timedelta(9), amount=70)
    world.ticket(account, TODAY - timedelta(days=40))
    keep(world, orders=by_quiet())
    assert "Gone left on" in words_of(say(world, "churn Gone"))
    for line in ("customer Gone", "exposed"):
        said = say(world, line)
        assert "Gone" in words_of(said)
        assert "May leave" not in words_of(said)
        assert not [one for one in said.statements if one.model == "churn"]
