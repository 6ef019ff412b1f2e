"""The lines of a customer's card."""

import pytest

from tests.commands.dialogue import say
from tests.commands.people import ago, company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return company(World(tmp_path))


def facts(world, name):
    return dict(say(world, f"customer {name}").table.rows)


def test_what_is_known_is_said_with_its_figures(world):
    found = facts(world, "nordwind")
    assert found["Who"] == "no. C-1, DE, retail"
    assert found["Owners"] == "Ines Vogt"
    assert found["Orders"].endswith("last 2026-01-05, usually every 20 d")
    assert found["Open"] == "nothing"
    assert found["Tickets"] == "1 open of 2, the oldest for 15 d"
    assert found["Last contact"] == f"call {ago(10)}"
    assert found["NPS"] == f"3 on {ago(20)} (1 answers)"
    assert found["Renewal"] == "notice by 2026-04-29, ends 2026-05-29, else it renews itself"


def test_what_is_owed_and_what_is_not_known_is_said_too(world):
    found = facts(world, "kestrel")
    assert found["Open"].startswith("1 line of S")
    assert found["Open"].endswith("; ▲ 1 past their day")
    assert (found["Owners"], found["Tickets"], found["NPS"], found["Renewal"]) == (
        "nobody named", "none known", "never answered", "none known",
    )  # fmt: skip


def test_a_renewal_deal_stands_where_no_contract_is(world):
    other = "account-"  # the id that the world gave
    with world.reader() as session:
        from sqlalchemy import text

        other = session.execute(
            text("SELECT source_id FROM account WHERE name = 'Other 3'")
        ).scalar()
    world.deal(other, "2026-05-01")
    assert facts(world, "other 3")["Renewal"] == "deal due 2026-05-01"
