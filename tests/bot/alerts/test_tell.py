from zoneinfo import ZoneInfo

import pytest

from bot.alerts.look import look
from bot.alerts.rule import Rule
from bot.alerts.tell import said
from commands import Grant
from storage.watch import read_watch
from tests.bot.clockwork import NOON, Figure, Office

RULE = Rule("steel", "steel", "C1", "above 40")


@pytest.mark.parametrize(
    ("news", "title", "words"),
    [("blind", "⚪ Can't tell: steel", "There is no alert."),
     ("sighted", "⚪ Can tell again: steel", "43 days")],
)  # fmt: skip
def test_of_data_it_is_said_whether_an_alert_stands(tmp_path, news, title, words):
    office = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure(value=43.0))
    found = look(office.desk, RULE, Grant.everything(), NOON, ZoneInfo("UTC"))
    told = said(RULE, read_watch(RULE.when), found, None, news, NOON, ZoneInfo("UTC"))
    assert told.title == title
    assert words in told.summary.text
    office.store.close()
