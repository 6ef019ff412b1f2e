from datetime import date, timedelta

import pytest

from bot.demo._cast import CONTRACTS, customers
from bot.demo._relations import PROSPECTS, Relations
from bot.demo.hubspot import Crm
from tests.bot.demo.small_works import DAY, T0, small_works

OPENED = T0 + 730 * DAY


@pytest.fixture(scope="module")
def crm():
    works, crm = small_works(opened_at=OPENED), Crm()
    relations = Relations(works, crm)
    for customer in customers():
        relations.meet(customer)
    works.agenda.run_to(OPENED)
    return crm


def properties(crm, kind):
    return [held.properties for held in crm.of(kind).values()]


def names_of(crm, kind):
    companies = crm.of("companies")
    return {companies[held.company].properties["name"]: held.properties
            for held in crm.of(kind).values()}  # fmt: skip


def test_every_company_has_an_owner_and_every_customer_someone_to_talk_to(crm):
    owners = {owner["id"] for owner in crm.owners}
    assert len(crm.of("companies")) == 40 + len(PROSPECTS)
    assert {one["hubspot_owner_id"] for one in properties(crm, "companies")} == owners
    assert len({held.company for held in crm.of("contacts").values()}) == 40


def test_about_half_of_the_customers_have_a_contract(crm):
    assert 14 <= len(crm.of("subscriptions")) <= 27


def test_a_contract_ends_next_when_it_should(crm):
    found = names_of(crm, "subscriptions")
    for customer in customers():
        agreed = CONTRACTS.get(customer.name)
        if agreed is None:
            continue
        contract = found[customer.crm_name]
        if customer.quiet_for is None:
            renews = (OPENED + timedelta(days=agreed.renews_in)).date()
            assert contract["hs_renewal_date"] == contract["hs_end_date"] == renews.isoformat()
        assert (contract["notice_days"], contract["hs_status"]) == (str(agreed.notice), "active")


def test_of_the_contracts_that_go_on_none_ends_in_the_past(crm):
    for contract in properties(crm, "subscriptions"):
        is_over = date.fromisoformat(contract["hs_end_date"]) < OPENED.date()
        assert is_over == (contract["hs_status"] == "canceled")
        assert (contract["hs_renewal_date"] is None) == is_over
        assert contract["hs_start_date"] < contract["hs_end_date"]
        assert float(contract["hs_mrr"]) > 0


def test_deals_of_every_kind_are_won_lost_and_open(crm):
    deals = properties(crm, "deals")
    assert {one["dealtype"] for one in deals} == {"renewal", "existingbusiness", "newbusiness"}
    assert {one["dealstage"] for one in deals} == {"contractsent", "closedwon", "closedlost"}
    for one in deals:
        assert (one["hs_is_closed"] == "true") == (one["dealstage"] != "contractsent")


def test_the_renewal_of_who_left_is_lost(crm):
    gone = {one.crm_name for one in customers() if one.quiet_for and one.quiet_for > 100}
    companies = crm.of("companies")
    lost = {companies[held.company].properties["name"] for held in crm.of("deals").values()
            if held.properties["dealtype"] == "renewal"
            and held.properties["dealstage"] == "closedlost"}  # fmt: skip
    assert lost <= gone
