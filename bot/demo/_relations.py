"""The sample company's customers in its CRM: who they are, and what is agreed and on offer."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from bot.demo._agenda import Deed
from bot.demo._cast import CONTRACTS, QUIET, SELLERS, Contract, Customer
from bot.demo._works import Works
from bot.demo.hubspot import Crm, iso

YEAR = timedelta(days=365)
OFFERED_BEFORE = timedelta(days=120)
WITH_CONTRACT, CONTRACT_SHARE = 0.45, 0.6
PROSPECTS = ("Lumen Clinics", "Sorrel Cafes", "Tarn University", "Vega Robotics")
CURRENCY = "EUR"


class Relations:
    """Keeps companies, contacts, contracts and deals. `companies` and `contacts`: ids by name."""

    def __init__(self, works: Works, crm: Crm) -> None:
        self.works, self.crm = works, crm
        self.companies: dict[str, int] = {}
        self.contacts: dict[str, int] = {}
        self.owners = {
            person.name: crm.employ(person.email, *person.name.split()) for person in SELLERS
        }
        for number, name in enumerate(PROSPECTS):
            self._court(name, SELLERS[number % 3].name)

    def meet(self, customer: Customer) -> None:
        """The company and a person there, its contract if it has one, and what is offered to it."""
        at, rng = self.works.begin, self.works.rng
        company = self.crm.create(
            "companies",
            {"name": customer.crm_name, "domain": customer.domain, "country": customer.country,
             "industry": customer.segment,
             "hubspot_owner_id": str(self.owners[customer.seller.name]),
             "annualrevenue": str(round(_yearly(customer) * rng.uniform(15, 60), -3))},
            at,
        )  # fmt: skip
        self.companies[customer.name] = company
        self.contacts[customer.name] = self.crm.create(
            "contacts", {"email": f"purchasing@{customer.domain}", "hs_email_optout": "false"},
            at, company,
        )  # fmt: skip
        contract = CONTRACTS.get(customer.name)
        if contract is None and rng.random() < WITH_CONTRACT:
            contract = Contract(rng.randrange(95, 360), rng.choice((30, 60, 90)))
        if contract is not None:
            self._agree(customer, contract, company)
        self._at(self.works.after(at, 150 * rng.random() + 5, 0.3), partial(
            self._upsell, customer, company))  # fmt: skip

    def _agree(self, customer: Customer, contract: Contract, company: int) -> None:
        """A contract of a year that is renewed until the customer leaves."""
        works = self.works
        ends = works.opened_at + timedelta(days=contract.renews_in)
        while ends - YEAR > works.begin:
            ends -= YEAR
        record = self.crm.create(
            "subscriptions",
            {"hs_name": f"Frame contract {customer.crm_name}", "hs_status": "active",
             "hs_start_date": _day(ends - works.rng.choice((1, 2, 3)) * YEAR),
             "hs_end_date": _day(ends), "hs_renewal_date": _day(ends),
             "hs_mrr": str(round(_yearly(customer) / 12 * CONTRACT_SHARE, -1)),
             "hs_currency_code": CURRENCY, "notice_days": str(contract.notice),
             "auto_renew": "true" if contract.is_automatic else "false"},
            works.begin, company,
        )  # fmt: skip
        self._at(ends, partial(self._renew, customer, record, ends))
        self._offer(customer, company, ends)
        if customer.quiet_for is not None and customer.name != QUIET:
            given_up = works.days_ago(customer.quiet_for - 45)
            self._at(given_up, partial(self._end, customer, record, given_up))

    def _renew(self, customer: Customer, record: int, ended: datetime, at: datetime) -> None:
        held = self.crm.of("subscriptions")[record].properties
        if held["hs_status"] != "active":
            return
        ends = ended + YEAR
        self.crm.change(
            "subscriptions", record, {"hs_end_date": _day(ends), "hs_renewal_date": _day(ends)}, at
        )
        self._at(ends, partial(self._renew, customer, record, ends))
        self._offer(customer, self.companies[customer.name], ends)

    def _end(self, customer: Customer, record: int, ended: datetime, at: datetime) -> None:
        ended_on = {"hs_status": "canceled", "hs_end_date": _day(ended), "hs_renewal_date": None}
        self.crm.change("subscriptions", record, ended_on, at)

    # deals

    def _offer(self, customer: Customer, company: int, renews: datetime) -> None:
        """The deal that renews a contract; it is won unless they have left by then."""
        title, amount = f"{customer.crm_name} {renews.year}", _yearly(customer) * CONTRACT_SHARE
        begins = max(self.works.begin, renews - OFFERED_BEFORE)

        def is_won(when: datetime) -> bool:
            return not customer.has_left(when, self.works.opened_at)

        def offer(at: datetime) -> None:
            self._deal(title, "renewal", amount, customer.seller.name, company, renews, is_won, at)

        self._at(begins, offer)

    def _upsell(self, customer: Customer, company: int, at: datetime) -> None:
        """Now and then something more is offered."""
        works, rng = self.works, self.works.rng
        if customer.has_left(at, works.opened_at):
            return
        won = rng.random() < 0.45
        self._deal(
            f"{customer.crm_name}: more {customer.segment.lower()}", "existingbusiness",
            customer.basket * rng.uniform(1.5, 5), customer.seller.name, company,
            works.after(at, 45, 0.4), lambda when: won, at,
        )  # fmt: skip
        self._at(works.after(at, 160, 0.4), partial(self._upsell, customer, company))

    def _court(self, name: str, seller: str) -> None:
        """A company that buys nothing yet."""
        works = self.works
        met = works.days_ago(works.rng.uniform(20, 120))

        def meet(at: datetime) -> None:
            company = self.crm.create(
                "companies",
                {"name": name, "domain": f"{name.split()[0].lower()}.example", "country": "DE",
                 "industry": "Prospect", "hubspot_owner_id": str(self.owners[seller])},
                at,
            )  # fmt: skip
            closes = at + timedelta(days=works.rng.uniform(130, 220))
            self._deal(f"{name}: first order", "newbusiness", works.rng.uniform(8e3, 4e4), seller,
                       company, closes, lambda when: False, at)  # fmt: skip

        self._at(met, meet)

    def _deal(
        self, title: str, kind: str, amount: float, seller: str, company: int, closes: datetime,
        is_won: Callable[[datetime], bool], at: datetime,
    ) -> None:  # fmt: skip
        deal = self.crm.create(
            "deals",
            {"dealname": title, "dealtype": kind, "dealstage": "contractsent",
             "deal_currency_code": CURRENCY, "closedate": iso(closes),
             "amount": str(round(amount)), "hubspot_owner_id": str(self.owners[seller]),
             "hs_is_closed": "false", "hs_is_closed_won": "false"},
            at,
            company,
        )  # fmt: skip

        def close(when: datetime) -> None:
            won = is_won(when)
            self.crm.change(
                "deals", deal,
                {"hs_is_closed": "true", "hs_is_closed_won": "true" if won else "false",
                 "dealstage": "closedwon" if won else "closedlost"},
                when,
            )  # fmt: skip

        self._at(max(at, closes), close)

    def _at(self, when: datetime, deed: Deed) -> None:
        self.works.agenda.at(max(when, self.works.begin), "deal", deed)


def _yearly(customer: Customer) -> float:
    return customer.basket * 365 / customer.every


def _day(at: datetime) -> str:
    found: date = at.date()
    return found.isoformat()
