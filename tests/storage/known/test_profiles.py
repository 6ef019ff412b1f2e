"""Who a company is, over all its records."""

from storage.known.customers import identities
from storage.known.profiles import mails, profiles
from tests.storage.world import World


def test_the_company_itself_speaks_first_then_its_branches_and_accounts(tmp_path):
    world = World(tmp_path)
    acme = world.customer("Acme Foods", number="C-7", owner="Ines")
    world.customer("Acme Kiel", parent_ref=acme, number="C-8", country="DE", owner="Jonas Berg")
    account = world.account("Acme Inc", owner="jonas.berg@x.example", segment="Food", country="AT")
    world.link(acme, account)
    other = world.account("Prospect")
    with world.reader() as session:
        found = profiles(session, identities(session))
    one = found[world.erp, acme]
    assert (one.name, one.number, one.country, one.segment) == ("Acme Foods", "C-7", "DE", "Food")
    assert one.owners == ("Ines", "Jonas Berg")
    assert (one.is_in_erp, one.is_in_crm, one.label) == (True, True, "no. C-7, DE")
    assert found[world.crm, other].label == f"hubspot:crm/{other}"


def test_only_those_who_agreed_may_be_written_to(tmp_path):
    world = World(tmp_path)
    account = world.account("Acme")
    world.contact(account, "yes@acme.example", may_contact=True)
    world.contact(account, "no@acme.example", may_contact=False)
    world.contact(account, "unasked@acme.example")
    with world.reader() as session:
        assert mails(session, identities(session)) == {(world.crm, account): ["yes@acme.example"]}
