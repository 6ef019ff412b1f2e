"""A rule from its figure to its message: no flapping, and never a false all-clear."""

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bot.alerts.look import look
from bot.alerts.rule import Rule
from bot.alerts.sweep import evaluate, record
from commands import Grant, Notice, Sentence
from storage.models import Episode
from tests.bot.alerts.stage import labels, lines
from tests.bot.clockwork import NOON, Figure, Office

STEEL = Rule("steel", "steel", "C1", "above 40", "below 34")
EVERY = STEEL.every
ZONE = ZoneInfo("Europe/Berlin")


class Shop(Office):
    """An office with one rule; each `see` is one evaluation, and gives the news of it."""

    def __init__(self, url, rule=STEEL):
        self.figure, self.rule, self.now = Figure(), rule, NOON
        super().__init__(url, self.figure)

    def see(self, value=None, **more):
        self.figure.value = value
        self.figure.stale, self.figure.n, self.figure.notice, self.figure.fault = (
            more.get("stale", False), more.get("n", 9), more.get("notice"), more.get("fault"),
        )  # fmt: skip
        news = evaluate(self.desk, self.rule, self.now, ZONE)
        self.now += EVERY
        return list(news)


@pytest.fixture
def shop(tmp_path):
    made = Shop(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.store.close()


def test_an_alert_says_what_since_when_and_lets_one_drill_down(shop):
    assert shop.see(30.0) == []
    assert shop.see(43.0) == ["fired"]
    (row,) = shop.rows()
    assert row.text == "Firing · Lead time of steel, median: 43 days, above 40 days."
    assert (row.channel, row.topics, row.key) == ("C1", ["supply"], "alert:steel::1")
    assert lines(row).split("\n")[1] == "Since 24 Nov 13:10 CET · clears below 34 days."
    assert labels(row)[-1] == "Show"


def test_the_end_of_an_alert_says_how_long_it_was_and_what_it_began_with(shop):
    shop.see(43.0)
    for _ in range(20):
        assert shop.see(39.0) == []
    assert shop.see(33.0) == ["resolved"]
    assert shop.rows()[-1].text == (
        "Over · Lead time of steel, median: 33 days, below 34 days: over after 3 hours;"
        " 43 days when it fired."
    )


@pytest.mark.slow
def test_between_the_two_values_nothing_changes(shop):
    shop.see(43.0)
    random = Random(1)
    assert [shop.see(random.uniform(34.0, 46.0)) for _ in range(200)] == [[]] * 200


def test_it_can_fire_again_after_it_was_over(shop):
    assert [shop.see(value) for value in (43.0, 33.0, 43.0)] == [["fired"], ["resolved"], ["fired"]]
    assert [row.kind for row in shop.rows()] == ["post", "edit", "reply", "post"]


BAD = [
    {"value": 50.0, "stale": True},
    {"value": 10.0, "stale": True},
    {"value": None},
    {"value": 50.0, "n": 0},
    {"value": float("nan")},
    {"notice": Notice("No purchases", "Nothing.")},
    {"notice": Notice("I can't read that", "Eh?", error=True)},
    {"fault": ZeroDivisionError()},
]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("was", [30.0, 43.0])
def test_data_that_can_not_be_trusted_changes_nothing_and_is_told_once(shop, bad, was):
    shop.see(was)
    shop.see(was)
    before = len(shop.rows())
    assert [shop.see(**bad) for _ in range(3)] == [["blind"], [], []]
    told, *edits = shop.rows()[before:]
    assert [row.kind for row in edits] == (["edit"] if was > 40 else [])
    assert "can't be judged" in told.text
    assert ("stands" in told.text) == (was > 40)
    assert [one.phase for one in shop.rows(Episode)] == (["firing"] if was > 40 else [])
    assert shop.see(was) == ["sighted"]


def test_an_alert_whose_data_comes_back_clear_is_over_only_then(shop):
    shop.see(43.0)
    assert shop.see(10.0, stale=True) == ["blind"]
    assert shop.see(10.0) == ["sighted", "resolved"]


def test_a_channel_that_may_not_see_the_figure_is_told_nothing_of_it(shop):
    shop.grants["C1"] = Grant({"revenue": "full"})
    assert shop.see(43.0) == ["blind"]
    (row,) = shop.rows()
    assert "may not see" in row.text
    assert "43" not in row.text
    assert row.topics == []


def test_a_grant_that_can_not_be_found_out_leaves_the_rule_as_it_is(shop):
    shop.see(43.0)
    shop.grants["C1"] = TimeoutError()
    with pytest.raises(TimeoutError):
        shop.see(30.0)
    assert shop.rows(Episode)[-1].phase == "firing"
    shop.grants["C1"] = Grant.everything()
    assert shop.see(30.0) == ["resolved"]


def test_a_rule_is_looked_at_only_when_its_interval_is_over(shop):
    shop.see(30.0)
    shop.now -= timedelta(seconds=1)
    shop.figure.value = 43.0
    assert evaluate(shop.desk, STEEL, shop.now, ZONE) == ()
    assert len(shop.figure.asked) == 1


def test_two_that_look_at_the_same_time_tell_it_once(shop):
    shop.figure.value = 43.0
    looks = [look(shop.desk, STEEL, Grant.everything(), NOON, ZONE) for _ in range(2)]
    told = [record(shop.desk, STEEL, one, NOON, ZONE) for one in looks]
    assert told == [("fired",), ()]
    assert len(shop.rows()) == 1


def test_a_share_reads_as_percent(tmp_path):
    shop = Shop(f"sqlite:///{tmp_path / 'y.db'}", Rule("late", "steel", "C1", "above 10 %"))
    shop.figure.unit = "share"
    assert shop.see(0.125) == ["fired"]
    assert "median: 12.5 %, above 10 %." in shop.texts()[0].replace("\u00a0", " ")
    shop.store.close()


@pytest.mark.parametrize("notice", [None, Notice("Eh?", "Try it.", error=True)])
@pytest.mark.parametrize(("topic", "is_asked"), [("supply", True), ("revenue", False)])
def test_no_button_asks_what_the_channel_may_not_see(shop, topic, is_asked, notice):
    shop.figure.value, shop.figure.notice = 43.0, notice
    found = look(shop.desk, STEEL, Grant({topic: "full"}), shop.now, ZONE)
    assert ("steel" in [up.line for up in found.ups]) == is_asked


def test_a_note_on_a_figure_that_the_channel_may_not_see_is_left_out(shop):
    shop.figure.notes = (Sentence("dear", ("revenue",)), Sentence("slow", ("supply",)))
    shop.grants["C1"] = Grant({"supply": "full"})
    assert shop.see(43.0) == ["fired"]
    (row,) = shop.rows()
    assert row.topics == ["supply"]
    found = look(shop.desk, STEEL, shop.grants["C1"], shop.now, ZONE)
    assert [one.text for one in found.answer.basis[0].notes] == ["slow"]


def test_a_title_that_the_channel_may_not_see_is_not_told_with_a_figure_that_it_may(shop):
    shop.rule = msgspec.structs.replace(STEEL, title="Lead time for Acme")
    shop.figure.also = ("customers",)
    shop.grants["C1"] = Grant({"supply": "full"})
    assert shop.see(43.0) == ["blind"]
    (row,) = shop.rows()
    assert "may not see" in row.text
    assert "Acme" not in row.text
    assert "Lead time" not in row.text


def test_what_its_title_speaks_of_is_asked_again_before_an_alert_is_sent(shop):
    shop.figure.also = ("customers",)
    shop.grants["C1"] = Grant({"supply": "full", "customers": "full"})
    assert shop.see(43.0) == ["fired"]
    assert shop.rows()[0].topics == ["customers", "supply"]


def test_a_figure_in_another_currency_is_not_held_against_the_threshold(shop):
    shop.rule = msgspec.structs.replace(STEEL, unit="EUR")
    shop.figure.unit = "EUR"
    assert shop.see(43.0) == ["fired"]
    shop.figure.unit = "JPY"
    assert shop.see(10.0) == ["blind"]
    assert "can't be judged: its figure is in JPY now" in shop.texts()[1]
    assert shop.see(90.0) == []
    shop.figure.unit = "EUR"
    assert shop.see(43.0) == ["sighted"]
