from zoneinfo import ZoneInfo

from bot.alerts.look import look
from bot.alerts.rule import Rule
from commands import Grant
from tests.bot.clockwork import NOON, Figure, Office

RULE = Rule("steel", "steel", "C1", "above 40")


def test_what_is_seen_is_the_first_figure_and_what_it_rests_on(tmp_path):
    office = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure(value=43.0))
    found = look(office.desk, RULE, Grant.everything(), NOON, ZoneInfo("UTC"))
    assert (found.sight.data, found.sight.values, found.sight.n) == ("ok", {"": 43.0}, 9)
    office.store.close()


def test_data_that_can_not_be_trusted_has_no_values(tmp_path):
    figure = Figure(value=43.0)
    figure.stale = True
    office = Office(f"sqlite:///{tmp_path / 'x.db'}", figure)
    found = look(office.desk, RULE, Grant.everything(), NOON, ZoneInfo("UTC"))
    assert (found.sight.data, found.sight.values) == ("stale", {})
    office.store.close()
