from datetime import UTC, datetime

import pytest
from sqlmodel import select

from storage.erase import NotErasable, erase
from storage.models import FACTS, Account, Audit, Contact, FieldChange, Outbox, Quarantine
from tests.storage.scripted import rows

MARK = "ann.marker@acme.example"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def fact(table, source_id, **more):
    return FACTS[table](source="crm", source_id=source_id, row_hash=1, first_seen_at=NOW, **more)


@pytest.fixture
def planted(store):
    """A store in which one person stands everywhere."""
    with store.writer() as session:
        session.add(fact("contact", "1", email=MARK))
        session.add(fact("contact", "2", email="other@acme.example"))
        session.add(fact("account", "3", name="Acme", owner=MARK))
        session.add(fact("contract", "4", attributes={"who": [MARK, 7]}))
        session.add(FieldChange(entity="contract", source="crm", source_id="4", field="status",
                                old=None, new=MARK, seen_at=NOW))  # fmt: skip
        session.add(Quarantine(
            source="crm", stream="x", source_id="9", payload_hash="0",
            error=f"bad {MARK} row", first_seen_at=NOW, last_seen_at=NOW,
        ))  # fmt: skip
        session.add(Outbox(key="k", token="t", channel="C1", text=f"ask {MARK}", topics=[],
                           blocks=[{"text": {"text": f"*{MARK}*"}}], created_at=NOW))  # fmt: skip
        session.add(Audit(at=NOW, who="U1", what=f"owner {MARK}", action="set"))
    return store


def test_nothing_of_a_person_is_left(planted):
    found = erase(planted, MARK)
    assert found == {"contact": 1, "account": 1, "contract": 1, "fieldchange": 1, "outbox": 1,
                     "quarantine": 1, "audit": 1}  # fmt: skip
    with planted.reader() as session:
        assert [one.source_id for one in session.exec(select(Contact))] == ["2"]
        assert session.exec(select(Account)).one().owner.startswith("erased-")
        assert "erased-" in str(session.exec(select(Outbox)).one().blocks)
    if planted.path:
        for file in planted.path.parent.glob("*"):
            assert MARK.encode() not in file.read_bytes(), file


def test_the_same_person_has_the_same_pseudonym_everywhere(planted):
    erase(planted, MARK)
    [owner] = rows(planted, "owner", "account")
    [new] = rows(planted, "new", "fieldchange", "1=1")
    assert owner == new


def test_who_is_not_there_changes_nothing(planted):
    assert erase(planted, "nobody@acme.example") == {}
    assert rows(planted, "email", "contact") == [MARK, "other@acme.example"]


@pytest.mark.parametrize("person", ["", "  ", "ann"])
def test_what_is_too_short_to_be_one_person_is_refused(planted, person):
    with pytest.raises(NotErasable):
        erase(planted, person)
