"""Customers: accounts, contracts, opportunities, tickets, contacts and what they said."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Index

from storage.models._base import (
    At,
    Day,
    Fact,
    MaybeAt,
    MaybeDay,
    MaybeMoney,
    MaybeQty,
    fact_key,
)


class Account(Fact, table=True):
    """A company as the CRM knows it; linked to an ERP party by `PartyLink`.

    `address`: street, postcode and town in one line.
    """

    __table_args__ = fact_key("account")
    name: str
    number: str | None = None
    domain: str | None = None
    vat: str | None = None
    country: str | None = None
    segment: str | None = None
    owner: str | None = None
    annual_revenue: MaybeMoney = None
    currency: str | None = None
    merged_into: str | None = None
    address: str | None = None


class Contact(Fact, table=True):
    """A person at an account: no more than is needed to know whom to ask."""

    __table_args__ = fact_key("contact")
    account_ref: str | None = None
    email: str | None = None
    may_contact: bool | None = None


class Contract(Fact, table=True):
    """A contract or subscription. `mrr` is revenue a month; `attributes` can be features."""

    __table_args__ = fact_key("contract", Index("ix_contract_account", "source", "account_ref"))
    account_ref: str | None = None
    number: str | None = None
    starts_on: MaybeDay = None
    ends_on: MaybeDay = None
    renewal_on: MaybeDay = None
    notice_days: int | None = None
    auto_renew: bool | None = None
    mrr: MaybeMoney = None
    currency: str | None = None
    status: str | None = None
    churned_at: MaybeAt = None
    churned_on: MaybeDay = None
    reason: str | None = None
    attributes: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class Opportunity(Fact, table=True):
    """A deal. kind: new, renewal or upsell."""

    __table_args__ = fact_key("opportunity")
    account_ref: str | None = None
    name: str | None = None
    kind: str | None = None
    stage: str | None = None
    amount: MaybeMoney = None
    currency: str | None = None
    closes_on: MaybeDay = None
    is_closed: bool | None = None
    is_won: bool | None = None
    closed_at: MaybeAt = None
    owner: str | None = None


class Ticket(Fact, table=True):
    """A customer's call for help."""

    __table_args__ = fact_key("ticket", Index("ix_ticket_account", "source", "account_ref"))
    account_ref: str | None = None
    number: str | None = None
    subject: str | None = None
    status: str | None = None
    priority: str | None = None
    opened_at: At
    opened_on: Day
    first_response_at: MaybeAt = None
    closed_at: MaybeAt = None
    closed_on: MaybeDay = None


class Activity(Fact, table=True):
    """A touch with a customer: a call, a mail, a meeting."""

    __table_args__ = fact_key("activity", Index("ix_activity_account", "source", "account_ref"))
    account_ref: str | None = None
    kind: str
    channel: str | None = None
    direction: str | None = None
    happened_at: At
    happened_on: Day


class SurveyResponse(Fact, table=True):
    """An answer to a survey. kind: nps, csat or ces; `scale` is its highest score."""

    __table_args__ = fact_key("surveyresponse")
    account_ref: str | None = None
    kind: str
    score: MaybeQty = None
    scale: int | None = None
    responded_at: At
    responded_on: Day
    comment: str | None = None


class Invoice(Fact, table=True):
    """A bill to a customer or from a supplier. direction: out or in; a credit note is negative.

    `amount` is without tax.
    """

    __table_args__ = fact_key("invoice", Index("ix_invoice_party", "source", "party_ref"))
    number: str | None = None
    party_ref: str | None = None
    direction: str = "out"
    amount: MaybeMoney = None
    currency: str | None = None
    issued_on: Day
    issued_at: At
    due_on: MaybeDay = None
    paid_on: MaybeDay = None
    paid_at: MaybeAt = None


class UsageDay(Fact, table=True):
    """How much of a product a customer used on a day."""

    __table_args__ = fact_key("usageday")
    account_ref: str
    measure: str
    used_on: Day
    value: MaybeQty = None


class FxRate(Fact, table=True):
    """Units of the company's currency for one unit of `currency` on a day."""

    __table_args__ = fact_key("fxrate")
    currency: str
    rate_on: Day
    rate: MaybeQty = None
