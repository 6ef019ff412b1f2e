"""Who hears of a message that could not be delivered: its owner, else the operators, once."""

import pytest

from bot.alerts.rule import Rule
from bot.claims import Message
from bot.digests.plan import Digest
from bot.settings import Access as Entry
from bot.trouble import Owners, operators
from commands import Grant
from storage.models import AlertRule, DigestPlan
from tests.bot.sending import NOON
from tests.storage.conftest import fresh

RULES = (
    Rule("late", "otif", "C1", "above 1", title="Late <!channel>", owner="U0NOOR"),
    Rule("late:east", "otif", "C1", "above 1"),
)
DIGESTS = (Digest("monday", "C1", "0 9 * * 1", "UTC", ("churn",)),)


def grant_of(person):
    """All may see all but one, of whom nobody knows."""
    if person == "U0LOST":
        raise TimeoutError
    return Grant() if person == "U0OUT" else Grant.everything()


@pytest.fixture
def owners(tmp_path):
    store = fresh(tmp_path / "x.db")
    with store.writer() as session:
        for kind, field in ((AlertRule, "rule"), (DigestPlan, "plan")):
            session.add(
                kind(id=7, owner="U0ADA", channel="C1", created_at=NOON, changed_at=NOON,
                     **{field: {"title": "Steel"}})
            )  # fmt: skip
    yield Owners(store, RULES, DIGESTS, lambda: ["U0OPS", "U0MIO"], grant_of)
    store.close()


def told(owners, key, state="failed", why="is_archived", channel="C1"):
    found = owners(Message(key, channel, "text", [], ("supply",)), state, why)
    return {one.channel: one.text for one in found}


@pytest.mark.parametrize(
    ("key", "people", "name"),
    [("alert:own:7:acme:3:fired", {"U0ADA"}, "The alert “Steel”"),
     ("digest:own:7:2026-11-24T09:00:1", {"U0ADA"}, "The digest “Steel”"),
     ("alert:late:acme:3:fired", {"U0NOOR"}, "The alert “Late &lt;!channel&gt;”"),
     ("alert:late:east:acme:3:fired", {"U0OPS", "U0MIO"}, "The alert “late:east”"),
     ("digest:monday:2026-11-24T09:00:1", {"U0OPS", "U0MIO"}, "The digest “monday”"),
     ("alert:own:8:acme:3:fired", {"U0OPS", "U0MIO"}, "The alert own:8"),
     ("alert:gone:1", {"U0OPS", "U0MIO"}, "An alert that is not in leadline.toml any more"),
     ("share:1.2", {"U0OPS", "U0MIO"}, "An answer that was shared"),
     ("other:1", {"U0OPS", "U0MIO"}, "A message")],
)  # fmt: skip
def test_a_message_is_its_owners_or_else_the_operators(owners, key, people, name):
    found = told(owners, key)
    assert found.keys() == people
    for text in found.values():
        assert text == (
            f"{name} could not be posted in <#C1>: the channel is archived. It is not sent again."
        )


@pytest.mark.parametrize("person", ["U0OUT", "U0LOST"])
def test_a_title_is_not_told_to_who_may_not_see_what_it_is_about(owners, person):
    owners.operators = lambda: [person]
    for key, name in (("alert:late:acme:3", "late"), ("digest:monday:1", "monday")):
        found = told(owners, key, channel="U0NOOR")[person]
        assert "that you may not see could not be posted" in found
        assert name not in found.lower()


def test_who_is_told_and_of_what_makes_one_key(owners):
    [one] = owners(Message("alert:own:7:a", "C1", "text", [], ()), "failed", "x")
    assert (one.key, one.topics) == ("trouble:alert:own:7:a:U0ADA", ())


def test_what_is_unknown_or_still_tried_is_said_as_that(owners):
    assert "may have been posted in <#C1> or not; look there" in told(
        owners, "alert:own:7:a", "doubt", "Slack won't let us look"
    )["U0ADA"]  # fmt: skip
    assert "could not be posted in <#C1> yet" in told(owners, "alert:own:7:a", "waiting")["U0ADA"]


def test_a_notice_that_fails_makes_no_other(owners):
    assert told(owners, "trouble:alert:own:7:a:U0ADA", channel="U0ADA") == {}


def test_of_a_reminder_the_operators_are_told_whom_it_was_for(owners):
    found = told(owners, "reminder:U0ADA:crm c1 2026-12-01", why="user_disabled", channel="U0ADA")
    assert found.keys() == {"U0OPS", "U0MIO"}
    assert found["U0OPS"] == (
        "A reminder of a notice deadline for <@U0ADA> could not be posted to a person:"
        " user_disabled. It is not sent again."
    )
    assert told(owners, "reminder:U0OPS:crm c1", channel="U0OPS").keys() == {"U0MIO"}


def test_who_can_not_be_written_to_is_not_written_to_about_it(owners):
    found = told(owners, "alert:own:7:a", channel="U0ADA")
    assert found.keys() == {"U0OPS", "U0MIO"}
    assert "posted to a person" in found["U0OPS"]
    assert told(owners, "share:1", channel="U0OPS").keys() == {"U0MIO"}


class Groups:
    """A directory that knows one group and can't read another."""

    def group(self, name):
        if name == "S2":
            raise TimeoutError
        return frozenset({"U0MIO"})


def test_the_operators_are_those_of_the_settings_with_their_groups():
    access = {"operators": Entry(("U0OPS", "S1", "S2")), "supply": Entry(("U0ADA",))}
    assert operators(access, Groups()) == {"U0OPS", "U0MIO"}
    assert operators({}, Groups()) == frozenset()
