"""What is said of suppliers that slip: of the one in its card, of all in the list."""

from datetime import timedelta

import msgspec
import pytest

from storage.forecasts.slipping import MODEL, fitted
from storage.models import ForecastFit
from tests.commands.dialogue import BERLIN, NOW, say, verify, words_of
from tests.commands.supplier_world import bought, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The suppliers with a story; Ember delivered nothing for two weeks."""
    world = World(tmp_path_factory.mktemp("slipping"))
    ember, wick = world.supplier("Ember Light"), world.item("Wick")
    for ago in range(3, 500, 2):
        came = ago - 9 - ago % 5 > 14
        bought(world, ember, wick, ago, 9 + ago % 5 if came else 900, plans=10, price=1)
    tell(world)
    keep(world)
    return world


def keep(world, version=MODEL.version):
    """A fit of this night that proved well."""
    with world.reader() as session:
        made = fitted(session, NOW, BERLIN)
    with world.store.writer() as session:
        session.add(ForecastFit(
            model=MODEL.id, version=version, fitted_at=NOW - timedelta(hours=10),
            starts_on=made.start, ends_on=made.end, rows=made.rows,
            params=msgspec.json.encode(made.params).decode(), backtest={}, is_used=True, why="",
        ))  # fmt: skip


def test_who_slips_or_is_silent_is_said_in_the_list_and_of_the_one(world):
    verify(world, [
        ("suppliers", "answer", "Borealis Steel is slipping since ", "Ember Light is silent since",
         "| Since"),
        ("suppliers borealis", "answer", "Slipping since ", " against 31 ("),
        ("suppliers ember", "answer", "Silent since ", "open, and nothing came since"),
        ("lead-time borealis", "answer", "Slipping since ", " against 31 ("),
        ("suppliers dune", "answer", "Not enough history to tell whether it slips"),
    ])  # fmt: skip


def test_one_that_is_as_ever_is_not_said_to_slip(world):
    assert "lipping" not in words_of(say(world, "suppliers cobalt"))
    rows = {row[0]: row[-1] for row in say(world, "suppliers").table.rows}
    assert rows["Cobalt Glass"] == rows["Dune Sands"] == ""


def test_what_is_said_has_its_basis(world):
    for line in ("suppliers", "suppliers borealis", "lead-time borealis"):
        found = [one for one in say(world, line).basis if one.metric == "unusual"]
        assert found
        assert found[0].n > found[0].open > 0


def test_of_a_window_that_is_named_nothing_is_told(world):
    for line in ("suppliers last 90 days", "suppliers borealis last 90 days"):
        assert "lipping since" not in words_of(say(world, line))


def test_without_a_fit_all_is_as_it_was(tmp_path):
    world = tell(World(tmp_path))
    before = words_of(say(world, "suppliers"))
    assert "lipping" not in before
    keep(world, version=MODEL.version + 1)
    assert words_of(say(world, "suppliers")) == before
