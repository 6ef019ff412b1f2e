"""What a try makes of a row, and who hears of it."""

from datetime import timedelta

import pytest

from bot.claims import Claim, Message
from bot.outcome import GIVE_UP, MANY_TRIES, MAYBE_TWICE, changes, is_news, trouble
from bot.post import Again, Doubt, Later, Posted, Refused, Unsure
from storage.delivery import DELETED
from tests.bot.sending import NOON

SOON = timedelta(seconds=30)


def claim(kind="post", attempts=1, resent=0):
    message = Message("k", "C1", "text", [], (), kind, None if kind == "post" else "a")
    return Claim(1, 1, NOON, "t", message, NOON, attempts, "", None, NOON, resent, "before")


@pytest.mark.parametrize(
    ("outcome", "state", "error"),
    [(Posted("1.2"), "sent", None), (Posted("1.2", "invalid_blocks"), "sent", "invalid_blocks"),
     (Refused("is_archived"), "failed", "is_archived"), (Doubt("no"), "doubt", "no"),
     (Later(SOON, "locked"), "pending", "locked"), (Unsure("500"), "unsure", "500"),
     (Again("before"), "pending", "before")],
)  # fmt: skip
def test_each_outcome_has_its_state(outcome, state, error):
    made = changes(claim(), outcome, NOON)
    assert (made["state"], made["error"]) == (state, error)


def test_after_a_day_it_is_given_up():
    late = NOON + GIVE_UP + SOON
    assert changes(claim(), Later(SOON, "locked"), late)["state"] == "failed"
    assert changes(claim(), Unsure("500"), late)["state"] == "doubt"


def test_a_pause_of_the_method_is_no_failure_of_the_message():
    made = changes(claim(attempts=3), Later(SOON, "pause", "chat.postMessage"), NOON)
    assert made == {"state": "pending", "attempts": 2}
    assert not is_news(claim(), made)
    assert trouble(claim(attempts=99), made, others_arrive=True) is None


def test_what_is_sent_again_without_knowing_is_marked_and_logged():
    made = changes(claim(), Again("nobody knows", is_repeat=True), NOON)
    assert (made["state"], made["resent"]) == ("pending", 1)
    assert is_news(claim(), made)
    made = changes(claim(resent=1), Posted("1.2"), NOON)
    assert made["error"] == MAYBE_TWICE
    assert is_news(claim(resent=1), made)
    assert trouble(claim(resent=1), made, others_arrive=True) is None


def test_what_is_sent_in_good_order_is_no_news():
    assert not is_news(claim(), changes(claim(), Posted("1.2"), NOON))


@pytest.mark.parametrize(("outcome", "state"), [(Refused("gone"), "failed"), (Doubt("?"), "doubt")])
def test_the_owner_hears_of_what_is_lost_or_unknown(outcome, state):
    made = changes(claim(), outcome, NOON)
    assert trouble(claim(), made, others_arrive=False) == state
    assert is_news(claim(), made)


def test_the_owner_hears_of_many_tries_only_while_others_arrive():
    made = changes(claim(), Unsure("500"), NOON)
    assert trouble(claim(attempts=MANY_TRIES - 1), made, others_arrive=True) is None
    assert trouble(claim(attempts=MANY_TRIES), made, others_arrive=True) == "waiting"
    assert trouble(claim(attempts=MANY_TRIES), made, others_arrive=False) is None


def test_nobody_hears_of_an_edit_of_what_was_deleted():
    made = changes(claim("edit"), Refused(DELETED), NOON)
    assert not is_news(claim("edit"), made)
    assert trouble(claim("edit"), made, others_arrive=True) is None
    other = changes(claim("edit"), Refused("cant_update_message"), NOON)
    assert trouble(claim("edit"), other, others_arrive=True) == "failed"


def test_the_waits_grow_to_a_minute_and_longer_ones_stay():
    def waits(after):
        tries = [
            changes(claim(attempts=n), Unsure("500", after), NOON) for n in (1, 4, 5, 6, 7, 99)
        ]
        return [(one["retry_at"] - NOON).total_seconds() for one in tries]

    assert waits(timedelta(seconds=10)) == [10, 10, 20, 40, 60, 60]
    assert waits(timedelta(minutes=5)) == [300] * 6
