"""What a customer lives through, in a few words."""

import pytest

from commands import Ask, Grant
from commands._book import open_book
from commands._dealings import dealings, served, standing_out
from storage.metrics.delivery_experience import Experience
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.people import TODAY, company
from tests.storage.world import World


@pytest.fixture
def seen(tmp_path):
    world, ask = company(World(tmp_path)), Ask("", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        yield dealings(session, ask, open_book(session, ask))


def one(seen, name):
    return next(found for found in seen.book.customers if found.name == name)


def test_health_knows_deliveries_tickets_surveys_and_the_last_contact(seen):
    parts = {part.name: part for part in seen.health(one(seen, "Nordwind Retail")).parts}
    assert parts["touch"].value == 100
    assert parts["survey"].value == 30
    assert parts["tickets"].value == 100 - 25 - 20
    assert parts["payment"].value is None
    kestrel = {part.name: part for part in seen.health(one(seen, "Kestrel Foods")).parts}
    assert kestrel["delivery"].value is not None
    assert kestrel["orders"].value is None


def test_a_customer_without_an_account_has_no_part_tickets(seen):
    parts = {part.name: part for part in seen.health(one(seen, "Gone Ltd")).parts}
    assert parts["tickets"].value is None


def test_how_it_was_served_is_said_in_figures(seen):
    kestrel = one(seen, "Kestrel Foods")
    assert served(seen.experience(seen.book.company(kestrel))) == "1 of 1 late, up to 9 d, 1 owed"
    assert served(Experience(0, 0, 0, None, 0, 0, (), 0)) == "nothing due in 90 d"


def test_what_stands_out_can_leave_one_out(seen):
    nordwind = one(seen, "Nordwind Retail")
    assert "notice deadline" in standing_out(nordwind, TODAY)
    assert "notice deadline" not in standing_out(nordwind, TODAY, but="renewal")
    assert standing_out(one(seen, "Other 1"), TODAY) == "–"
