"""Mine and my team's: only what the data says that these people look after."""

from dataclasses import replace

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.look import look
from bot.alerts.sweep import evaluate
from commands import Grant
from storage.models import Episode, OwnerLink, Party
from tests.bot.alerts.board import BERLIN, EACH, TOTAL, Board, office
from tests.bot.clockwork import NOON

ROWS = [
    ("customer:odoo:erp/1", "Harbour", 43.0, None), ("customer:odoo:erp/2", "Nord", 50.0, None),
    ("customer:odoo:erp/3", "Ost", 60.0, None), ("customer:odoo:erp/4", "West", 70.0, None),
]  # fmt: skip
OWNERS = {"1": "Ann  Bo", "2": "CY@x.example", "3": "Dora"}


@pytest.fixture
def shop(tmp_path):
    made = office(tmp_path, Board(lambda now: ROWS))
    with made.store.writer() as session:
        for number, (ref, owner) in enumerate({**OWNERS, "4": None}.items()):
            session.add(
                Party(source="odoo:erp", source_id=ref, name=ref, kind="customer", owner=owner,
                      row_hash=number, first_seen_at=NOON)
            )  # fmt: skip
        for name, user in (("ann bo", "U1"), ("cy@x.example", "U2"), ("dora", "")):
            session.add(OwnerLink(name=name, slack_user=user, at=NOON))
    yield made
    made.store.close()


def labels(shop, desk=None, **more):
    rule = msgspec.structs.replace(EACH, **more)
    found = look(desk or shop.desk, rule, Grant.everything(), NOON, BERLIN)
    return sorted(found.sight.labels[one] for one in found.sight.there), found


def test_all_is_everything(shop):
    assert labels(shop)[0] == ["Harbour", "Nord", "Ost", "West"]


def test_mine_is_what_the_data_says_i_look_after(shop):
    mine, found = labels(shop, scope="mine", owner="U1")
    assert mine == ["Harbour"]
    assert [one.text for one in found.notes] == [
        "1 has no owner in the data and is in nobody's scope."
    ]


def test_my_teams_is_what_any_member_of_the_group_looks_after(shop):
    desk = replace(shop.desk, members=lambda group: {"S1": ("U1", "U2", "U9")}[group])
    assert labels(shop, desk, scope="team", team="S1")[0] == ["Harbour", "Nord"]


def test_nobody_owns_what_is_linked_to_nobody(shop):
    for scope in ({"scope": "mine", "owner": ""}, {"scope": "team", "team": "S1"}):
        mine, found = labels(shop, **scope)
        assert mine == []
        assert found.sight.data == "no-data"
        assert found.why == "nobody of its scope is known as an owner in the data"


def test_what_changes_hands_is_not_over(shop):
    shop.desk.registry["board"].answer.__self__.is_fleeting = True
    rule = msgspec.structs.replace(EACH, scope="mine", owner="U1")
    evaluate(shop.desk, rule, NOON, BERLIN)
    with shop.store.writer() as session:
        for one in session.exec(select(Party).where(Party.source_id.in_(["1", "2"]))):
            one.owner = {"1": OWNERS["2"], "2": OWNERS["1"]}[one.source_id]
            session.add(one)
    evaluate(shop.desk, rule, NOON + rule.every, BERLIN)
    stands = {one.label: (one.phase, one.data) for one in shop.rows(Episode)}
    assert stands == {"Harbour": ("firing", "no-data"), "Nord": ("firing", "ok")}
    assert not [one.text for one in shop.rows() if "Over" in one.text]


def test_a_group_that_slack_can_not_tell_of_now_is_no_empty_group(shop):
    def fails(group):
        raise OSError("no answer")

    with pytest.raises(OSError, match="no answer"):
        labels(shop, replace(shop.desk, members=fails), scope="team", team="S1")


def test_a_total_has_no_scope(shop):
    rule = msgspec.structs.replace(TOTAL, scope="mine", owner="U1")
    found = look(shop.desk, rule, Grant.everything(), NOON, BERLIN)
    assert (found.sight.data, found.why) == ("error", "its scope needs figures row by row")
