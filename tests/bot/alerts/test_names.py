"""What people are called, and what they did, in words."""

from bot.alerts.names import acts_of, keep_name, names_of
from storage.models import Deed
from tests.bot.clockwork import NOON
from tests.storage.world import World


def test_a_name_is_kept_and_changes_with_the_person(tmp_path):
    with World(tmp_path).store.writer() as session:
        keep_name(session, "U1", "Ada", NOON)
        keep_name(session, "U1", "Ada L.", NOON)
        assert names_of(session, ["U1", "U9", None]) == {"U1": "Ada L."}
        assert names_of(session, [None]) == {}


def test_each_deed_is_a_sentence_and_acknowledging_one_only_at_the_end(tmp_path):
    deeds = [
        ("acknowledged", "", "Acknowledged by Ada."),
        ("assigned", "U2", "Assigned to Noor by Ada."),
        ("assigned", "U9", "Assigned to someone by Ada."),
        ("assigned", "U1", "Ada takes care of it."),
        ("snoozed", "until it is over", "Snoozed by Ada until it is over."),
        ("muted", "until someone ends it", "Muted by Ada until someone ends it."),
        ("expedite", "", "Expedited it (Ada)"),
        ("other", "asked the port", "Something else (Ada): asked the port"),
    ]
    with World(tmp_path).store.writer() as session:
        for user, called in (("U1", "Ada"), ("U2", "Noor")):
            keep_name(session, user, called, NOON)
        for what, note, _ in deeds:
            session.add(Deed(message="m", owner="U1", what=what, note=note, at=NOON))
        session.add(Deed(message="another", owner="U1", what="call", at=NOON))
        session.flush()
        at_the_end = acts_of(session, "m", "U2", is_over=True)
        before = acts_of(session, "m", "", is_over=False)
    assert list(at_the_end.done) == [words for _, _, words in deeds]
    assert before.done == at_the_end.done[1:]
    assert at_the_end.name("U2") == "Noor"
    assert at_the_end.name(None) == "someone"
