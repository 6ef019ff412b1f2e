"""Which party is which account."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from storage import sync
from storage.links import decide, pairs
from storage.models import PartyLink
from storage.sources import Page, StreamSpec
from tests.storage.conftest import fresh
from tests.storage.scripted import Scripted
from tests.storage.world import World

AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def world(url):
    made = World(url=url)
    yield made
    made.store.close()


def found(world):
    with world.reader() as session:
        return {account[1]: party[1] for account, party in pairs(session).items()}


def test_a_decided_link_stands_against_any_mark(world):
    left, right = world.customer("Acme"), world.customer("Other")
    acme = world.account("Acme")
    world.link(right, acme, decided_by="U1")
    assert found(world) == {acme: right}
    assert left not in found(world).values()


def test_the_same_vat_number_is_surer_than_the_same_name(world):
    world.customer("Acme")
    by_vat = world.customer("Acme Holding", vat="DE 123")
    account = world.account("Acme", vat="de123")
    assert found(world) == {account: by_vat}


def test_a_customer_number_that_the_crm_keeps_is_the_surest_mark(world):
    world.customer("Acme", vat="DE1")
    by_number = world.customer("Quite another", number="C-1001")
    account = world.account("Acme", number="c1001")
    assert found(world) == {account: by_number}


@pytest.mark.parametrize("mark", [{"vat": "DE2"}, {"domain": "acme.example"}])
def test_a_number_pairs_none_whose_other_marks_differ(world, mark):
    """A CRM may number its accounts by itself, from 1 on as the ERP does."""
    world.customer("Borg", number="1001", vat="DE1", domain="borg.example")
    world.account("Acme", number="1001", **mark)
    assert found(world) == {}


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de"])
def test_where_anyone_may_have_an_address_is_no_mark_of_a_company(world, domain):
    world.customer("Borg", domain=domain)
    world.account("Acme", domain=domain)
    assert found(world) == {}


def test_names_are_compared_without_spacing_case_and_marks(world):
    party, account = world.customer("ACME  Foods, Ltd."), world.account("Acme Foods Ltd")
    assert found(world) == {account: party}


def test_a_name_borne_twice_pairs_nobody(world):
    world.customer("Acme")
    world.customer("Acme")
    world.account("Acme")
    assert found(world) == {}


def test_a_rejected_pair_is_never_made_again(world):
    party, account = world.customer("Acme"), world.account("Acme")
    world.link(party, account, is_rejected=True)
    assert found(world) == {}


def test_suppliers_and_branches_pair_with_no_account(world):
    whole = world.customer("Whole")
    world.customer("Branch", parent_ref=whole)
    world.supplier("Steel")
    world.account("Branch")
    world.account("Steel")
    assert found(world) == {}


def test_nothing_in_common_but_an_empty_mark_pairs_nobody(world):
    world.customer("One", vat="", domain=None)
    world.account("Two", vat="", domain=None)
    assert found(world) == {}


def test_a_word_survives_what_later_syncs_bring(tmp_path):
    """Names and marks change, a record goes and comes back: decided is decided."""
    store = fresh(tmp_path / "x.db")

    def sync_(key, table, *rows):
        source = Scripted(Page({table: rows}, {}, received=len(rows)))
        source.streams = [StreamSpec("all", (table,))]
        with store.bulk() as connection:
            connection.exec_driver_sql("DELETE FROM syncstate")
        [result] = sync.run(key, source, store, AT, owner="me", clock=lambda: AT)
        assert result.error is None

    def row(source_id, **more):
        return {"source_id": source_id, "name": "Acme", "kind": "customer", **more}

    def account(source_id, **more):
        return {"source_id": source_id, "name": "Acme", **more}

    sync_("erp", "party", row("p1", vat="DE1"), row("p2", name="Other"))
    sync_("crm", "account", account("a1", vat="DE1"), account("a2", name="Bcme"))
    with store.writer() as session:
        assert pairs(session) == {("crm", "a1"): ("erp", "p1")}
        decide(session, ("crm", "a1"), ("erp", "p1"), "U1", AT, is_rejected=True)
        decide(session, ("crm", "a2"), ("erp", "p2"), "U1", AT, is_rejected=False)
    sync_("erp", "party", row("p1", vat="DE1", number="7"), row("p2", name="Zcme", vat="DE9"))
    sync_("crm", "account", account("a1", vat="DE1", number="7"), account("a2", vat="DE8"))
    with store.bulk() as connection:
        connection.exec_driver_sql("UPDATE account SET deleted_at = 1 WHERE source_id = 'a2'")
    sync_("crm", "account", account("a2", name="Back again"))
    with store.reader() as session:
        assert pairs(session) == {("crm", "a2"): ("erp", "p2")}
    store.close()


def test_the_last_word_stands_and_a_new_party_takes_the_place_of_the_old(tmp_path):
    world = World(tmp_path)
    one, other = ((world.erp, world.customer(name)) for name in ("Acme", "Acne"))
    account, second = ((world.crm, world.account(name)) for name in ("Akme", "Akne"))
    now = datetime(2026, 3, 20, tzinfo=UTC)
    with world.store.writer() as session:
        decide(session, account, one, "U1", now, is_rejected=False)
        decide(session, second, one, "U1", now, is_rejected=False)
        assert pairs(session) == {account: one, second: one}
        decide(session, account, other, "U2", now, is_rejected=False)
        assert pairs(session) == {account: other, second: one}
        decide(session, account, other, "U3", now, is_rejected=True)
        assert pairs(session) == {second: one}
    with world.reader() as session:
        words = session.exec(select(PartyLink).order_by(PartyLink.id)).all()
    assert [(word.party_ref, word.is_rejected, word.decided_by) for word in words] == [
        (one[1], True, "U2"), (one[1], False, "U1"), (other[1], True, "U3"),
    ]  # fmt: skip
